/** Which examples of a page have input that the page does not give. */
import type { MemoryHost } from '../../test/support/q-engine-host.ts';
import { type Names, namesOf } from './names.ts';

/** What an engine asks its host for when a value comes from outside of the page. */
const OUTSIDE = new Set(['random', 'nowNs', 'localOffsetNs', 'environment', 'dotz', 'open', 'applyHandle']);

export class PageInput {
  readonly #blocks: string;
  readonly #namesOfPage: Names;
  /** Variables whose values depend on what the page does not give. */
  readonly #unknown = new Set<string>();
  #outside = false;

  /** `blocks` is the text of the page's code blocks, `code` what of it is q. */
  constructor(blocks: string, code: string) {
    this.#blocks = blocks;
    this.#namesOfPage = namesOf(code);
  }

  /** The host, noticing what is taken from outside; `checkTime` may end a long series of random numbers. */
  watch(host: MemoryHost, checkTime: () => void): MemoryHost {
    return new Proxy(host, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (OUTSIDE.has(String(property))) {
            this.#outside = true;
            checkTime();
          }
          try {
            return Reflect.apply(member, target, args);
          } catch (error) {
            if (property === 'readFile') this.#outside = true;
            throw error;
          }
        };
      },
    });
  }

  /** Whether the text just evaluated had input from outside of the page; `error` is what it signalled. */
  lacks(text: string, error: string | undefined): boolean {
    const { used, written } = namesOf(text);
    const lacking =
      this.#outside ||
      [...used].some(name => this.#unknown.has(name)) ||
      (error !== undefined && this.#isUndefined(error));
    for (const name of written) {
      if (lacking) this.#unknown.add(name);
      else this.#unknown.delete(name);
    }
    this.#outside = false;
    return lacking;
  }

  /** A name that the page's code uses, and that in none of its code blocks is assigned, a symbol or a parameter. */
  #isUndefined(name: string): boolean {
    if (!this.#namesOfPage.used.has(name) || this.#namesOfPage.written.has(name)) return false;
    if (/^\.[A-Za-z](\.|$)/.test(name)) return false;
    const literal = name.replaceAll('.', '\\.');
    const given = new RegExp(
      `(?<![\\w.\`])${literal}(\\[[^\\]\\n]*\\])?[ ]*:|\`${literal}(?![\\w.])|[[;] *${literal} *[\\];]`,
    );
    return !given.test(this.#blocks);
  }
}
