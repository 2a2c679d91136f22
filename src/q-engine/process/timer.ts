/** The timer of \t: one period, and .z.ts at each tick. */
export class Timer {
  readonly #tick: () => void;
  #periodMs = 0;
  #running: NodeJS.Timeout | undefined;

  constructor(tick: () => void) {
    this.#tick = tick;
  }

  get periodMs(): number {
    return this.#periodMs;
  }

  /** 0 stops it. A timer alone does not keep the process from ending. */
  set periodMs(period: number) {
    clearInterval(this.#running);
    this.#periodMs = period;
    this.#running = period > 0 ? setInterval(this.#tick, period).unref() : undefined;
  }
}
