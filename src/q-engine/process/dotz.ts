import { availableParallelism, hostname, userInfo } from 'node:os';
import type { Connections } from '../server/connections.ts';
import * as make from '../values/make.ts';
import { daysFromDate } from '../values/temporal.ts';
import { QError, type Value } from '../values/value.ts';
import type { CommandLine } from './command-line.ts';

/** The version of kdb+ whose language this engine follows. */
const VERSION = 4;
const RELEASE_DAYS = daysFromDate(2020, 5, 20);
const LOOPBACK_ADDRESS = 0x7f000001;

/** Names that only the process sets. */
const READ_ONLY = new Set('aACcefHhiKkloquwWxX'.split('').map(letter => `.z.${letter}`));

/** The environment and the callbacks of .z, the clocks apart. */
export class Dotz {
  readonly #assigned = new Map<string, Value>();
  readonly #line: CommandLine;
  readonly #rawLine: readonly string[];
  readonly #connections: () => Connections | undefined;

  constructor(line: CommandLine, rawLine: readonly string[], connections: () => Connections | undefined) {
    this.#line = line;
    this.#rawLine = rawLine;
    this.#connections = connections;
  }

  /** A callback that q code has set, by its full name. */
  callback(name: string): Value | undefined {
    return this.#assigned.get(name);
  }

  set(name: string, value: Value | undefined): void {
    if (READ_ONLY.has(name)) throw new QError('assign');
    if (value === undefined) this.#assigned.delete(name);
    else this.#assigned.set(name, value);
  }

  get(name: string): Value | undefined {
    const assigned = this.#assigned.get(name);
    if (assigned !== undefined) return assigned;
    const caller = this.#connections()?.caller;
    switch (name) {
      case '.z.a':
        return make.int((caller?.peer.address ?? LOOPBACK_ADDRESS) | 0);
      case '.z.c':
        return make.int(availableParallelism());
      case '.z.f':
        return make.symbol(this.#line.file ?? '');
      case '.z.h':
        return make.symbol(hostname());
      case '.z.H':
        return make.ints(this.#handles(), 6, 's');
      case '.z.i':
        return make.int(process.pid);
      case '.z.K':
        return make.float(VERSION);
      case '.z.k':
        return make.numberAtom(14, RELEASE_DAYS);
      case '.z.o':
        return make.symbol(process.platform === 'darwin' ? 'm64' : 'l64');
      case '.z.q':
        return make.boolean(this.#line.quiet);
      case '.z.u':
        return make.symbol(caller === undefined ? userInfo().username : caller.user);
      case '.z.w':
        return make.int(caller?.handle ?? 0);
      case '.z.W':
        return make.dictionary(make.ints(this.#handles()), make.longs(this.#pendingBytes()));
      case '.z.x':
        return make.list(this.#line.scriptArguments.map(make.string));
      case '.z.X':
        return make.list(this.#rawLine.map(make.string));
      default:
        return undefined;
    }
  }

  #handles(): Int32Array {
    return Int32Array.from(this.#connections()?.open ?? [], ({ handle }) => handle);
  }

  #pendingBytes(): BigInt64Array {
    return BigInt64Array.from(this.#connections()?.open ?? [], ({ traffic }) =>
      BigInt(traffic.outboundBytes),
    );
  }
}
