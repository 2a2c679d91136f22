import { hash3 } from './hash.ts';

const OCTAVES = 4;
const OCTAVE_BITS = 5;
const SCALE = 2 ** -31;

/** Share of each octave: as in a random walk, the square root of its period. The slowest takes 18 hours. */
const AMPLITUDES = Float64Array.from(
  { length: OCTAVES },
  (_, octave) => 2 ** ((-OCTAVE_BITS * (OCTAVES - 1 - octave)) / 2),
);

/**
 * A symbol's price path at a second (since 1970), between about -1.5 and 1.5. A random walk that can be entered
 * anywhere: sums of straight lines between random points 2, 64, 2048 and 65,536 seconds apart.
 */
export function pathAt(symbolSeed: number, second: number): number {
  let sum = 0;
  for (let octave = 0, bits = 1; octave < OCTAVES; octave++, bits += OCTAVE_BITS) {
    const point = second >> bits;
    const part = (second & ((1 << bits) - 1)) / (1 << bits);
    const from = hash3(symbolSeed, point, octave);
    const to = hash3(symbolSeed, point + 1, octave);
    sum += AMPLITUDES[octave]! * (from + (to - from) * part);
  }
  return sum * SCALE;
}

/** Gives what `pathAt` gives, faster where seconds of one symbol are asked for one after the other. */
export class PathWalker {
  readonly #points = new Int32Array(OCTAVES).fill(-1);
  readonly #from = new Float64Array(OCTAVES);
  readonly #to = new Float64Array(OCTAVES);
  #seed = 0;

  at(symbolSeed: number, second: number): number {
    if (symbolSeed !== this.#seed) {
      this.#seed = symbolSeed;
      this.#points.fill(-1);
    }
    let sum = 0;
    for (let octave = 0, bits = 1; octave < OCTAVES; octave++, bits += OCTAVE_BITS) {
      const point = second >> bits;
      if (this.#points[octave] !== point) this.#enter(octave, point);
      const part = (second & ((1 << bits) - 1)) / (1 << bits);
      const from = this.#from[octave]!;
      sum += AMPLITUDES[octave]! * (from + (this.#to[octave]! - from) * part);
    }
    return sum * SCALE;
  }

  #enter(octave: number, point: number): void {
    this.#points[octave] = point;
    this.#from[octave] = hash3(this.#seed, point, octave);
    this.#to[octave] = hash3(this.#seed, point + 1, octave);
  }
}
