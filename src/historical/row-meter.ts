import type { Clock } from '../base/clock.ts';
import type { Unit } from './unit.ts';

/** Rows of all units so far, how many come in a second, and what time is left. */
export class RowMeter {
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #byUnit = new Map<string, number>();
  rows = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
  }

  /** Takes how many rows of a unit there are by now, and returns how many of them are new. */
  take(unit: Unit, rows: number): number {
    const added = rows - (this.#byUnit.get(unit.id) ?? 0);
    this.rows += added;
    this.#byUnit.set(unit.id, rows);
    return added;
  }

  rate(): number {
    const elapsedMs = this.#clock.monotonicMs() - this.#startMs;
    return elapsedMs > 0 ? Math.round((this.rows * 1000) / elapsedMs) : 0;
  }

  /** What is left of `total` when so many are done; undefined while none is. */
  remainingMs(done: number, total: number): number | undefined {
    if (done === 0) return undefined;
    const elapsedMs = this.#clock.monotonicMs() - this.#startMs;
    return (elapsedMs * (total - done)) / done;
  }
}
