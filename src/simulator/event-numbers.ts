import type { BarEvent } from './event.ts';
import type { Universe } from './universe.ts';

const MISSING = Number.NaN;

/**
 * Fills the eleven numbers of a checksum (CHECKSUM_NUMBERS) from an event that has not been written yet: what a table
 * must hold once the event has arrived.
 */
export function eventNumbers(event: BarEvent, universe: Universe, numbers: Float64Array): void {
  const { unitsPerPrice: perPrice, unitsPerVolume: perVolume } = universe;
  const { fields } = universe.traits;
  const equity = fields === 'equity';
  const sized = equity || fields === 'crypto';
  numbers[0] = event.open / perPrice;
  numbers[1] = event.high / perPrice;
  numbers[2] = event.low / perPrice;
  numbers[3] = event.close / perPrice;
  numbers[4] = fields === 'index' ? MISSING : volumeOf(event.volume, perVolume, equity, event);
  numbers[5] = sized ? event.vwap / perPrice : MISSING;
  numbers[6] = fields === 'futures' ? event.trades : MISSING;
  numbers[7] = sized ? event.averageSize / 100 : MISSING;
  numbers[8] = equity ? volumeOf(event.dayVolume, perVolume, equity, event) : MISSING;
  numbers[9] = equity ? event.dayVwap / perPrice : MISSING;
  numbers[10] = equity || fields === 'index' ? event.dayOpen / perPrice : MISSING;
}

/** Without its exact form, the volume of stocks and options is known in whole units only. */
function volumeOf(volume: number, perVolume: number, equity: boolean, event: BarEvent): number {
  return equity && !event.exactVolumes ? Math.floor(volume / perVolume) : volume / perVolume;
}
