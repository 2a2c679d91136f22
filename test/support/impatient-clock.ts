import { type Clock, systemClock, type Timer } from '../../src/base/clock.ts';

/** A clock on which no timer takes any time; what was asked for is kept. */
export class ImpatientClock implements Clock {
  readonly delaysMs: number[] = [];
  readonly #wallMs: number;

  constructor(wallMs = systemClock.wallMs()) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(delayMs: number, action: () => void): Timer {
    this.delaysMs.push(delayMs);
    const handle = setImmediate(action);
    return { cancel: () => clearImmediate(handle) };
  }
}
