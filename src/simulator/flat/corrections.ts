import type { Bar } from '../bars.ts';
import { hash3 } from '../hash.ts';
import type { Listing } from '../history/listings.ts';

const CORRECTED_OF = 64;
const CORRECTION = 0xc0de;

/**
 * Changes a bar into that of a file that has been replaced so many times: each time some bars have another close, a
 * larger volume and one more trade.
 */
export function correctBar({ universe, symbol }: Listing, second: number, bar: Bar, revision: number): void {
  for (let number = 1; number <= revision; number++) {
    const dice = hash3(universe.seeds[symbol]!, second, CORRECTION + number) >>> 0;
    if (dice % CORRECTED_OF !== 0) continue;
    bar.close += universe.tickUnits[symbol]!;
    bar.high = Math.max(bar.high, bar.close);
    bar.volume += 100 * universe.unitsPerVolume;
    bar.notional += 100 * universe.unitsPerVolume * bar.close;
    bar.trades += 1;
  }
}
