import { closeSync, openSync, writeFileSync } from 'node:fs';
import { MINUTE_BAR } from './event.ts';
import type { EventBatch } from './event-batch.ts';
import { CHECKSUM_NUMBERS } from './truth.ts';
import type { Universe } from './universe.ts';

/**
 * Every version of every bar that was sent, one JSON object a line, from the numbers and not from what was written
 * on the wire. Written at once, so that it never waits in memory.
 */
export class TruthFile {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o644);
  }

  write(batch: EventBatch, universe: Universe): void {
    let lines = '';
    for (let index = 0; index < batch.count; index++) {
      if (batch.taken[index]! > 0) lines += `${line(batch, index, universe)}\n`;
    }
    // A single write may take a part only.
    if (lines !== '') writeFileSync(this.#file, lines);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function line(batch: EventBatch, index: number, universe: Universe): string {
  const minute = batch.kinds[index] === MINUTE_BAR;
  const numbers = batch.numbersOf(index);
  return JSON.stringify({
    table: minute ? 'agg1m' : 'agg1s',
    mkt: universe.traits.market,
    sym: universe.tickers[batch.symbols[index]!],
    startMs: batch.windows[index]! * (minute ? 60_000 : 1000),
    // JSON has no NaN: a missing number is null.
    ...Object.fromEntries(CHECKSUM_NUMBERS.map((name, at) => [name, numbers[at]])),
    sent: batch.taken[index],
  });
}
