import type { Clock, Timer } from '../../base/clock.ts';

const SECOND_MS = 1000;
/** Half an hour. */
export const KEPT_POINTS = 1_800;

/**
 * The newest points of a series, one a second: half an hour of them. The points are made by `makePoint`, shortly after
 * each second of the wall clock.
 */
export class Series<Point> {
  readonly #clock: Clock;
  readonly #makePoint: (nowMs: number) => Point;
  #points: Point[] = [];
  #oldest = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, makePoint: (nowMs: number) => Point) {
    this.#clock = clock;
    this.#makePoint = makePoint;
  }

  start(): void {
    this.#wait(SECOND_MS - (this.#clock.wallMs() % SECOND_MS));
  }

  #wait(delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => this.#tick(), false);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** The newest one; undefined before the first second. */
  get latest(): Point | undefined {
    return this.#points.at(this.#oldest - 1);
  }

  /** The newest ones, at most so many. */
  latestMany(count: number): Point[] {
    const length = Math.min(count, this.#points.length);
    return Array.from({ length }, (_, index) => this.#points.at(this.#oldest - length + index)!);
  }

  /** Oldest first. */
  points(): Point[] {
    return [...this.#points.slice(this.#oldest), ...this.#points.slice(0, this.#oldest)];
  }

  #tick(): void {
    // A timer may be a little early: that is the same second.
    const restMs = SECOND_MS - (this.#clock.wallMs() % SECOND_MS);
    this.#wait(restMs < SECOND_MS / 2 ? restMs + SECOND_MS : restMs);
    const point = this.#makePoint(this.#clock.wallMs());
    if (this.#points.length < KEPT_POINTS) {
      this.#points.push(point);
    } else {
      this.#points[this.#oldest] = point;
      this.#oldest = (this.#oldest + 1) % KEPT_POINTS;
    }
  }
}
