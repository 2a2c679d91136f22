const BUCKETS_PER_OCTAVE = 16;
const SMALLEST_MS = 1;
const BUCKET_COUNT = 24 * BUCKETS_PER_OCTAVE;
const WIDTH = 2 ** (1 / BUCKETS_PER_OCTAVE);

/**
 * A histogram of milliseconds in logarithmic buckets (each 4.4 % wide, 1 ms to 4.6 hours): constant memory,
 * quantiles within a bucket's width.
 */
export class LagHistogram {
  readonly #counts = new Float64Array(BUCKET_COUNT);
  #total = 0;
  #sumMs = 0;

  get total(): number {
    return this.#total;
  }

  /** Of all that was recorded. */
  get sumMs(): number {
    return this.#sumMs;
  }

  record(lagMs: number, count = 1): void {
    const bucket = Math.floor(Math.log2(Math.max(lagMs, SMALLEST_MS) / SMALLEST_MS) * BUCKETS_PER_OCTAVE);
    const index = Math.min(bucket, BUCKET_COUNT - 1);
    this.#counts[index] = this.#counts[index]! + count;
    this.#total += count;
    this.#sumMs += Math.max(lagMs, 0) * count;
  }

  /** The value below which a share `quantile` (0 to 1) of what was recorded lies; undefined if nothing was. */
  quantileMs(quantile: number): number | undefined {
    if (this.#total === 0) return undefined;
    let remaining = quantile * this.#total;
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      remaining -= this.#counts[bucket]!;
      if (remaining <= 0) return Math.round(SMALLEST_MS * 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE));
    }
    return undefined;
  }

  /** For each of ascending bounds how many of what was recorded were at most so long, within a bucket's width. */
  countsUpTo(boundsMs: readonly number[]): number[] {
    let bucket = 0;
    let count = 0;
    return boundsMs.map(boundMs => {
      for (; bucket < BUCKET_COUNT && upperMs(bucket) <= boundMs * WIDTH; bucket++)
        count += this.#counts[bucket]!;
      return count;
    });
  }

  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
    this.#sumMs = 0;
  }
}

function upperMs(bucket: number): number {
  return SMALLEST_MS * 2 ** ((bucket + 1) / BUCKETS_PER_OCTAVE);
}
