/**
 * Tells systemd how a daemon is (sd_notify(3)), so that it can wait for its start, show its state and end it where it
 * hangs.
 *
 * - `READY=1` when every feed has completed a drain and its session streams, or waits as it is meant to: for the next
 *   attempt, or because it closed itself. So a key that Massive refuses at once fails the start, and a tickerplant or a
 *   Massive that is away does not: waiting for them is the daemon's own work, and a restart would not mend them.
 * - `WATCHDOG=1` only when every feed has completed a drain since the last one. There is no timer behind it: a feed whose
 *   drains stop lets the watchdog end the process, however lively the rest of it is. Rows on disk are sent after it.
 * - `STATUS=` with what a person should know, when it changes; `RELOADING=1` and `STOPPING=1` as they happen.
 */
import type { Clock } from '../base/clock.ts';
import type { SessionState } from '../massive/session-state.ts';

/** Takes assignments such as `READY=1`; settled when the service manager has them, or cannot be told. */
export type Notify = (assignments: readonly string[]) => Promise<void>;

export interface ServiceManagerOptions {
  /** Names of the feeds, all of which must be well. */
  readonly feeds: readonly string[];
  /** Without a sign of life for this long the service manager ends the process; undefined where it keeps no watch. */
  readonly watchdogMs: number | undefined;
}

export interface ServiceManagerParts {
  readonly clock: Clock;
  readonly notify: Notify;
  /** One line about all feeds. */
  readonly statusText: () => string;
}

/** What it wants to hear of a feed. */
export interface FeedSigns {
  sessionChanged(state: SessionState): void;
  drained(): void;
}

const ANNOUNCEMENT = {
  ready: 'READY=1',
  reloading: 'RELOADING=1',
  stopping: 'STOPPING=1',
} as const;

type Announced = keyof typeof ANNOUNCEMENT;

interface FeedLife {
  everDrained: boolean;
  drainedSinceKept: boolean;
  /** Whether its first attempt to connect has had an outcome. */
  settled: boolean;
}

/** A status that changes with every drain is told this often at most. */
const STATUS_INTERVAL_MS = 5_000;
/** In the time that the watchdog waits, so many signs of life are sent: one that is late or lost does not end the process. */
const SIGNS_PER_WATCH = 4;

export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  readonly #parts: ServiceManagerParts;
  readonly #feeds: ReadonlyMap<string, FeedLife>;
  #phase: 'starting' | Announced = 'starting';
  /** To be told, each with a message of its own: two reloads that follow each other are one. */
  readonly #untold: Announced[] = [];
  #keepDue = false;
  #keptMs: number;
  #toldStatus = '';
  #statusMs = Number.NEGATIVE_INFINITY;
  /** The message that is on its way, and those that follow it. */
  #telling: Promise<void> | undefined;

  constructor(options: ServiceManagerOptions, parts: ServiceManagerParts) {
    this.#options = options;
    this.#parts = parts;
    this.#feeds = new Map(
      options.feeds.map(name => [name, { everDrained: false, drainedSinceKept: false, settled: false }]),
    );
    this.#keptMs = parts.clock.monotonicMs();
  }

  /** A listener for one of the feeds. */
  listenTo(name: string): FeedSigns {
    const life = this.#feeds.get(name)!;
    return {
      sessionChanged: ({ name: state }) => {
        life.settled ||= state === 'streaming' || state === 'backing-off' || state === 'suspended';
        this.#look();
      },
      drained: () => {
        life.everDrained = true;
        life.drainedSinceKept = true;
        this.#look();
      },
    };
  }

  /** The configuration is read anew. */
  reloading(): void {
    if (this.#phase !== 'ready') return;
    this.#enter('reloading');
    this.#tell();
  }

  /** What was asked for has been done, or refused. */
  reloaded(): void {
    if (this.#phase !== 'reloading') return;
    this.#enter('ready');
    this.#tell();
  }

  /** The daemon ends, on whoever's wish. From now on the service manager's limit for a stop counts, not the watchdog. */
  stopping(): void {
    if (this.#phase === 'stopping') return;
    this.#enter('stopping');
    this.#tell();
  }

  /** Resolves when everything that was to be told has been. */
  async told(): Promise<void> {
    await this.#telling;
  }

  #look(): void {
    const lives = [...this.#feeds.values()];
    if (this.#phase === 'starting' && lives.every(life => life.everDrained && life.settled)) {
      this.#enter('ready');
    }
    this.#keep(lives);
    this.#tell();
  }

  #keep(lives: readonly FeedLife[]): void {
    const { watchdogMs } = this.#options;
    const nowMs = this.#parts.clock.monotonicMs();
    if (watchdogMs === undefined || nowMs - this.#keptMs < watchdogMs / SIGNS_PER_WATCH) return;
    if (!lives.every(life => life.drainedSinceKept)) return;
    this.#keepDue = true;
    this.#keptMs = nowMs;
    for (const life of lives) life.drainedSinceKept = false;
  }

  #enter(phase: Announced): void {
    this.#phase = phase;
    const again = phase === 'reloading' && this.#untold.at(-2) === 'reloading';
    if (again) this.#untold.pop();
    else this.#untold.push(phase);
  }

  /** One message at a time: what comes meanwhile is told with the next one, as it is by then. */
  #tell(): void {
    if (this.#telling) return;
    const due = this.#due();
    if (due.length > 0) this.#telling = this.#tellAll(due);
  }

  async #tellAll(first: readonly string[]): Promise<void> {
    for (let due = first; due.length > 0; due = this.#due()) await this.#parts.notify(due);
    this.#telling = undefined;
  }

  /** What the service manager does not know yet. */
  #due(): string[] {
    const { clock, statusText } = this.#parts;
    const due: string[] = [];
    const announced = this.#untold.shift();
    if (announced) due.push(ANNOUNCEMENT[announced]);
    if (this.#keepDue) due.push('WATCHDOG=1');
    this.#keepDue = false;
    const nowMs = clock.monotonicMs();
    if (announced || nowMs - this.#statusMs >= STATUS_INTERVAL_MS) {
      const status = announced === 'stopping' ? 'stopping' : oneLine(statusText());
      if (status !== this.#toldStatus) due.push(`STATUS=${status}`);
      this.#toldStatus = status;
      this.#statusMs = nowMs;
    }
    return due;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ');
}
