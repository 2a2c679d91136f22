import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { DEFAULT_MAX_ANSWER_BYTES, QueryConnection } from '../../src/kdb/connection/query-connection.ts';
import type { QValue } from '../../src/kdb/ipc/values.ts';
import { textOf } from '../../src/kdb/ipc/values.ts';
import { Loader } from '../../src/kdb/loader/loader.ts';
import type { Target } from '../../src/kdb/target.ts';
import { QChild } from './q-process.ts';

const SCRIPTS = fileURLToPath(new URL('../../q/', import.meta.url));
const TIMEOUT_MS = 60_000;

export function script(name: string): string {
  return SCRIPTS + name;
}

/** A q process of a test that can be asked. */
export class AskedProcess extends QChild {
  #connection: QueryConnection | undefined;

  readonly #givenPort: string | undefined;

  constructor(args: readonly string[]) {
    super(args);
    const given = args[args.indexOf('-p') + 1];
    this.#givenPort = given === '0' ? undefined : given;
  }

  /** The port, once the script has run: the console answers no earlier, while a port is announced before. */
  override async port(): Promise<number> {
    this.type('-1"ready";');
    await this.printed(/ready/);
    return this.#givenPort === undefined ? super.port() : Number(this.#givenPort);
  }

  async target(): Promise<Target> {
    return { host: '127.0.0.1', port: await this.port(), user: '', password: '' };
  }

  /** Rejects with what the process printed where it cannot be reached. */
  async ask(text: string): Promise<QValue> {
    const target = await this.target();
    this.#connection ??= await this.orPrinted(
      QueryConnection.open(target, {
        clock: systemClock,
        connectTimeoutMs: TIMEOUT_MS,
        answerTimeoutMs: TIMEOUT_MS,
        maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES,
      }),
    );
    return this.#connection.query(text);
  }

  /** An error says what the process has printed. */
  protected async orPrinted<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new Error(`no answer from q, which printed: ${this.stdout}${this.stderr}`, { cause: error });
    }
  }

  /** An answer on one line, as -3! writes it. */
  async literal(text: string): Promise<string> {
    return textOf(await this.ask(`-3!${text}`))!;
  }

  override async stop(signal?: NodeJS.Signals): Promise<void> {
    this.#connection?.close();
    await super.stop(signal);
  }
}

/** q/feed.q of a test, on a port that the kernel chooses. */
export class LoaderProcess extends AskedProcess {
  readonly #market: string;

  constructor(root: string, args: readonly string[] = [], market = 'stocks') {
    const port = args.includes('-p') ? [] : ['-p', '0'];
    super([script('feed.q'), '-root', root, '-market', market, ...port, ...args]);
    this.#market = market;
  }

  /** Connects as the feed does. */
  async client(): Promise<Loader> {
    return this.orPrinted(
      Loader.open(await this.target(), {
        clock: systemClock,
        connectTimeoutMs: TIMEOUT_MS,
        answerTimeoutMs: TIMEOUT_MS,
        market: this.#market,
      }),
    );
  }
}

/** q/hdb.q of a test. */
export class ReaderProcess extends AskedProcess {
  constructor(root: string, args: readonly string[] = []) {
    super([script('hdb.q'), '-root', root, '-p', '0', ...args]);
  }
}
