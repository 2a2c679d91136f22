import type { Clock, Timer } from '../../src/base/clock.ts';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly action: () => void;
}

/** A clock that only moves when the test says so. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #order = 0;
  readonly #entries = new Set<Entry>();

  /** Starts on a trading day: Friday 2026-10-02, 10:00 in New York. */
  constructor(wallMs = Date.UTC(2026, 9, 2, 14)) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, action: () => void): Timer {
    const entry = { dueMs: this.#monotonicMs + Math.max(0, delayMs), order: this.#order++, action };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Milliseconds until the next timer is due; undefined without one. */
  get nextInMs(): number | undefined {
    const next = this.#next();
    return next && next.dueMs - this.#monotonicMs;
  }

  /**
   * Moves time on by `ms`. Timers run in the order in which they are due, each at its own moment, and all promises
   * that a timer settles have run before the next one.
   */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await settled();
    for (let next = this.#next(); next && next.dueMs <= endMs; next = this.#next()) {
      this.#moveTo(Math.max(next.dueMs, this.#monotonicMs));
      this.#entries.delete(next);
      next.action();
      await settled();
    }
    this.#moveTo(endMs);
  }

  /** Time passes without a timer running, as when the process is busy; those that fell due run at the next advance. */
  skip(ms: number): void {
    this.#moveTo(this.#monotonicMs + ms);
  }

  /** Steps the wall clock, as a time server would; durations do not notice. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  #next(): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of this.#entries) {
      if (!next || entry.dueMs < next.dueMs || (entry.dueMs === next.dueMs && entry.order < next.order)) {
        next = entry;
      }
    }
    return next;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Resolves when every promise that could be settled now has run its continuations. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
