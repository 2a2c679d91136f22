import { framesOf, frameText } from '../console/backtrace.ts';
import type { Engine } from '../engine.ts';
import type { Connection } from '../server/connection.ts';
import type { ConnectionHandlers } from '../server/connections.ts';
import type { PasswordFile } from '../server/password-file.ts';
import { withTimeLimit } from '../values/limits.ts';
import * as make from '../values/make.ts';
import type { QError, Value } from '../values/value.ts';
import type { Dotz } from './dotz.ts';
import { asQError } from './errors.ts';
import type { Settings } from './settings.ts';

/** What callbacks need of their process. */
export interface CallbackParts {
  readonly engine: () => Engine;
  readonly dotz: Dotz;
  readonly settings: Settings;
  /** -b: a client's message changes no global. */
  readonly blocksWrites: boolean;
  readonly passwords: () => PasswordFile | undefined;
  /** One line on standard error. */
  readonly report: (line: string) => void;
}

/** Evaluates what happens to the process: requests, connections, timer ticks, its end. */
export class Callbacks implements ConnectionHandlers {
  readonly #parts: CallbackParts;
  #answerDeferred = false;

  constructor(parts: CallbackParts) {
    this.#parts = parts;
  }

  authorise(_connection: Connection, user: string, password: string): boolean {
    if (this.#parts.passwords()?.accepts(user, password) === false) return false;
    const answer = this.#call('.z.pw', [make.symbol(user), make.string(password)], make.boolean(true));
    return answer?.kind === 'atom' && answer.type === 1 && answer.value === 1;
  }

  opened({ handle }: Connection): void {
    this.#forClient(() => this.#call('.z.po', [make.int(handle)]));
  }

  closed(handle: number): void {
    this.#call('.z.pc', [make.int(handle)]);
  }

  malformed({ handle }: Connection, bytes: Uint8Array): void {
    this.#call('.z.bm', [make.list([make.int(handle), make.byteVector(4, bytes)])]);
  }

  answer(_connection: Connection, message: Value): Value | undefined {
    this.#answerDeferred = false;
    const value = this.#forClient(() => this.#limited(() => this.#evaluate('.z.pg', message)));
    const isDeferred = this.#answerDeferred;
    this.#answerDeferred = false;
    return isDeferred ? undefined : value;
  }

  perform(_connection: Connection, message: Value): void {
    this.#guarded(() => this.#forClient(() => this.#limited(() => this.#evaluate('.z.ps', message))));
  }

  /** A message of a log: as an asynchronous one, but its errors are the caller's. */
  replay(message: Value): void {
    this.#evaluate('.z.ps', message);
  }

  deferAnswer(): void {
    this.#answerDeferred = true;
  }

  /** .z.ts with the time of the tick. */
  tick(nowNs: bigint): void {
    this.#call('.z.ts', [make.longAtom(12, nowNs)]);
  }

  /** .z.exit with the exit code. */
  exiting(code: number): void {
    this.#call('.z.exit', [make.long(code)]);
  }

  /** Applies a callback if the program has set it; an error is shown, and the answer is then undefined. */
  #call(name: string, args: readonly Value[], otherwise?: Value): Value | undefined {
    const callback = this.#parts.dotz.callback(name);
    if (callback === undefined) return otherwise;
    return this.#guarded(() => this.#parts.engine().apply(callback, args));
  }

  #evaluate(name: string, message: Value): Value {
    const callback = this.#parts.dotz.callback(name);
    const engine = this.#parts.engine();
    try {
      return callback === undefined ? engine.evaluateMessage(message) : engine.apply(callback, [message]);
    } catch (thrown) {
      throw asQError(thrown, this.#parts.report);
    }
  }

  #guarded<T>(evaluate: () => T): T | undefined {
    try {
      return evaluate();
    } catch (thrown) {
      this.#show(asQError(thrown, this.#parts.report));
      return undefined;
    }
  }

  #show(error: QError): void {
    const [innermost] = framesOf(error.calls ?? []);
    const place = innermost === undefined ? '' : `\n${frameText(innermost).trimEnd()}`;
    this.#parts.report(`'${error.message}${place}`);
  }

  #forClient<T>(evaluate: () => T): T {
    const { globals } = this.#parts.engine().interpreter;
    const wasLocked = globals.locked;
    globals.locked ||= this.#parts.blocksWrites;
    try {
      return evaluate();
    } finally {
      globals.locked = wasLocked;
    }
  }

  /** -T: a request that takes longer ends in 'stop. */
  #limited<T>(evaluate: () => T): T {
    const { limitSeconds } = this.#parts.settings;
    return withTimeLimit(limitSeconds * 1000, evaluate);
  }
}
