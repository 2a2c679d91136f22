/** Which examples of a page have input that the page does not give. */
import type { MemoryHost } from '../../test/support/q-engine-host.ts';
import { namesOf } from './names.ts';

/** What an engine asks its host for when a value comes from outside of the page. */
const OUTSIDE = new Set([
  'readLine',
  'random',
  'nowNs',
  'localOffsetNs',
  'environment',
  'dotz',
  'open',
  'applyHandle',
]);
/** Commands and internal functions that answer from the machine: its memory, its shell, the names of hosts. */
const OUTSIDE_COMMANDS = new Set(['w']);
const OUTSIDE_INTERNALS = new Set([12, 13, 20]);
const WRITING = new Set(['writeFile', 'writeFileAt', 'appendFile']);

export class PageInput {
  readonly #code: string;
  /** What the page's code reads. */
  readonly usedNames: ReadonlySet<string>;
  /** Variables that the code evaluated so far has set. */
  readonly #written = new Set<string>();
  /** Variables whose values depend on what the page does not give. */
  readonly #unknown = new Set<string>();
  #outside = false;
  #missedFile = false;
  #wroteFile = false;
  #loadedDatabase = false;
  readonly #handles = new Set<number>();
  /** A number that was the handle of a file in the page's session was written to, and is none here. */
  #lostWrites = false;

  /** `texts` are what of the page is q; code may stand in its strings. */
  constructor(texts: readonly string[]) {
    this.#code = texts.join('\n');
    this.usedNames = new Set(texts.flatMap(text => [...namesOf(text, true).used]));
  }

  /** The page begins: what the engine asked for at its own start is none of the page's input. */
  begin(): void {
    this.#outside = false;
  }

  /** Text of the page that is not evaluated; the variables that it sets are unknown. */
  skip(text: string): void {
    for (const [, name] of text.matchAll(/(?<![\w.`])([A-Za-z]\w*)(?:\[[^\]]*\])?:/g))
      this.#unknown.add(name!);
  }

  /** The host, noticing what is taken from outside; `checkTime` may end a long series of random numbers. */
  watch(host: MemoryHost, checkTime: () => void): MemoryHost {
    return new Proxy(host, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (isOutside(String(property), args)) {
            this.#outside = true;
            checkTime();
          }
          try {
            const answer: unknown = Reflect.apply(member, target, args);
            this.#note(String(property), args, answer);
            return answer;
          } catch (error) {
            if (property === 'applyHandle') this.#lostWrites = true;
            if (property === 'readFile') this.#outside = true;
            throw error;
          }
        };
      },
    });
  }

  #note(property: string, [first]: readonly unknown[], answer: unknown): void {
    if (property === 'open') this.#handles.add(Number(answer));
    if (property === 'applyHandle' && !this.#handles.has(Math.abs(Number(first)))) this.#lostWrites = true;
    if (this.#lostWrites && property === 'readFile') this.#outside = true;
    if (property === 'inspectPath' && answer === undefined) this.#missedFile = true;
    if (WRITING.has(property)) this.#wroteFile = true;
    if (property === 'system' && first === 'l' && answer !== undefined) this.#loadedDatabase = true;
  }

  /**
   * Whether the text just evaluated had input from outside of the page. `before` is the page's code blocks up to
   * it, `failed` whether it gave something else than documented and `error` what it signalled.
   */
  lacks(text: string, before: string, failed: boolean, error: string | undefined): boolean {
    const { used, written } = namesOf(text);
    const lacking =
      this.#outside ||
      // What a script prints is in the script.
      /^\\l\s+\S+\.q\b/.test(text) ||
      (failed && error?.endsWith('OS reports: No such file or directory') === true && !this.#wroteFile) ||
      (failed && this.#missedFile && !this.#wroteFile) ||
      [...used].some(name => this.#unknown.has(name)) ||
      (error !== undefined && this.#isUndefined(error, before));
    for (const name of written) {
      this.#written.add(name);
      if (lacking) this.#unknown.add(name);
      else this.#unknown.delete(name);
    }
    this.#outside = false;
    this.#missedFile = false;
    this.#wroteFile = false;
    return lacking;
  }

  /**
   * A name that the page's code uses as a variable, and that nothing up to there sets: no assignment in whatever
   * block, no column or key of a table or dictionary, and no file or directory of a database that was loaded.
   */
  #isUndefined(name: string, before: string): boolean {
    if (!this.usedNames.has(name) || this.#written.has(name)) return false;
    if (/^\.[A-Za-z](\.|$)/.test(name)) return false;
    const literal = name.replaceAll('.', '\\.');
    const assigned = `(?<![\\w.\`])${literal}(\\[[^\\]\\n]*\\])?[ ]*:`;
    const listed = `\`${literal}(\`[\\w.]*)*[\\]; ),]*(!| +x?cols?\\b)`;
    if (new RegExp(`${assigned}|${listed}`).test(before)) return false;
    const stored = `(/|\\b(r?save|dsave|\\.Q\\.h?dpfts?)\\b.*\`)${literal}(?![\\w.])`;
    return !this.#loadedDatabase || !new RegExp(stored).test(this.#code);
  }
}

function isOutside(property: string, [first]: readonly unknown[]): boolean {
  // Asked for by every write of a file.
  if (property === 'dotz' && first === '.z.zd') return false;
  if (property === 'system') return OUTSIDE_COMMANDS.has(String(first));
  if (property === 'internal') return OUTSIDE_INTERNALS.has(Math.abs(Number(first)));
  return OUTSIDE.has(property);
}
