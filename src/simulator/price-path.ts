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
