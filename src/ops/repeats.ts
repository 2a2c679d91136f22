import type { Clock, Timer } from '../base/clock.ts';
import type { LogFields, LogLevel } from '../base/logger.ts';

/** One line of a log, before it is written. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Lines of one message that are shown within a window, as long as their fields differ. */
const SHOWN_PER_WINDOW = 10;

/** Messages that are watched for repeats at a time; beyond, the oldest window ends early. */
const WATCHED = 1000;

interface Watch {
  shown: number;
  /** The latest line that was shown or counted. */
  latest: LogLine;
  latestFields: string;
  repeats: number;
  readonly timer: Timer;
}

/**
 * Keeps a fault that repeats from filling the log. The first line of a message opens a window; in it the same line is
 * counted instead of shown, and lines that differ only in their fields are shown up to a limit and then counted. The
 * window ends with a line that says how many there were. Debug lines all pass.
 */
export class Repeats {
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #write: (line: LogLine) => void;
  readonly #watched = new Map<string, Watch>();

  /** A window of 0 ms lets every line pass. */
  constructor(windowMs: number, clock: Clock, write: (line: LogLine) => void) {
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#write = write;
  }

  log(line: LogLine): void {
    if (this.#windowMs === 0 || line.level === 'debug') {
      this.#write(line);
      return;
    }
    const key = `${line.level} ${line.message}`;
    const fields = textOf(line.fields);
    const watch = this.#watched.get(key);
    if (!watch) {
      this.#watch(key, line, fields);
      this.#write(line);
      return;
    }
    const same = fields === watch.latestFields;
    watch.latest = line;
    watch.latestFields = fields;
    if (!same && watch.shown < SHOWN_PER_WINDOW) {
      watch.shown++;
      this.#write(line);
    } else {
      watch.repeats++;
    }
  }

  /** Ends every window now. */
  flush(): void {
    for (const key of [...this.#watched.keys()]) this.#end(key);
  }

  #watch(key: string, latest: LogLine, latestFields: string): void {
    const [oldest] = this.#watched.keys();
    if (oldest !== undefined && this.#watched.size >= WATCHED) this.#end(oldest);
    const timer = this.#clock.after(this.#windowMs, () => this.#end(key), false);
    this.#watched.set(key, { shown: 1, latest, latestFields, repeats: 0, timer });
  }

  #end(key: string): void {
    const watch = this.#watched.get(key);
    if (!watch) return;
    watch.timer.cancel();
    this.#watched.delete(key);
    if (watch.repeats === 0) return;
    const times = watch.repeats === 1 ? 'once' : `${watch.repeats} times`;
    this.#write({ ...watch.latest, message: `${watch.latest.message} (repeated ${times})` });
  }
}

function textOf(fields: LogFields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
