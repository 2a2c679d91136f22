import { BarRecord, rememberedWindows, type TableTruth } from './bar-record.ts';
import type { Bar } from './bars.ts';
import type { DayTotals } from './day-totals.ts';
import { type BarKind, describeBar, emptyEvent, MINUTE_BAR, SECOND_BAR } from './event.ts';
import { EventBatch, KIND_BITS } from './event-batch.ts';
import { EventLayout } from './event-layouts.ts';
import { eventNumbers } from './event-numbers.ts';
import { wholeSharesAt } from './history/market-history.ts';
import type { BarSink } from './market-feed.ts';
import { BarHasher } from './truth.ts';
import type { TruthFile } from './truth-file.ts';
import type { Universe } from './universe.ts';

/** Windows after the correction window in which a bar of it may still be on its way. */
const SPARE_WINDOWS = 16;
const MINUTE_WINDOWS = 32;

/** Somebody who takes bars of one market. */
export interface Subscriber {
  /** A byte for each symbol; see KIND_BITS. */
  readonly wanted: Uint8Array;
  /** Takes what it wants of a batch, and counts in `taken` what it hands to its socket. */
  take(batch: EventBatch): void;
}

/** A record of both kinds of bars. */
export class MarketRecord {
  readonly tables: readonly [BarRecord, BarRecord];

  constructor(symbols: number, correctionSeconds: number) {
    this.tables = [
      new BarRecord(symbols, correctionSeconds + SPARE_WINDOWS),
      new BarRecord(symbols, MINUTE_WINDOWS),
    ];
  }

  /** @param times how often it was sent */
  add(batch: EventBatch, index: number, times = 1): void {
    this.tables[batch.kinds[index] as BarKind].add(
      times,
      batch.symbols[index]!,
      batch.windows[index]!,
      batch.firstHashes[index]!,
      batch.secondHashes[index]!,
    );
  }

  get truth(): { agg1s: TableTruth; agg1m: TableTruth } {
    return { agg1s: this.tables[SECOND_BAR].truth, agg1m: this.tables[MINUTE_BAR].truth };
  }

  close(): void {
    for (const table of this.tables) table.close();
  }
}

/** How far back bars of `symbols` symbols can be corrected without forgetting what was sent. */
export function correctionSecondsFor(symbols: number, wanted: number): number {
  return Math.min(wanted, rememberedWindows(symbols, wanted + SPARE_WINDOWS) - SPARE_WINDOWS);
}

/**
 * Gives the bars of one market to its subscribers. Each bar is described, hashed for the truth, and only then
 * written; and only if somebody wants it.
 */
export class BarPublisher implements BarSink {
  readonly record: MarketRecord;
  readonly #universe: Universe;
  readonly #layout: EventLayout;
  readonly #days: DayTotals;
  readonly #truthFile: TruthFile | undefined;
  readonly #subscribers = new Set<Subscriber>();
  /** What any of them wants. */
  readonly #wanted: Uint8Array;
  readonly #batch = new EventBatch();
  readonly #event = emptyEvent();
  readonly #hasher = new BarHasher();

  constructor(universe: Universe, days: DayTotals, record: MarketRecord, truthFile: TruthFile | undefined) {
    this.#universe = universe;
    this.#layout = new EventLayout(universe);
    this.#days = days;
    this.#truthFile = truthFile;
    this.#wanted = new Uint8Array(universe.count);
    this.record = record;
  }

  join(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    this.interestChanged();
  }

  leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    this.interestChanged();
  }

  /** To be called after the `wanted` of a subscriber has changed. */
  interestChanged(): void {
    this.#wanted.fill(0);
    for (const { wanted } of this.#subscribers) {
      for (let symbol = 0; symbol < wanted.length; symbol++) this.#wanted[symbol]! |= wanted[symbol]!;
    }
  }

  wanted(kind: BarKind, symbol: number): boolean {
    return (this.#wanted[symbol]! & KIND_BITS[kind]) !== 0;
  }

  bar(kind: BarKind, symbol: number, second: number, bar: Bar, dayVolume: number, dayNotional: number): void {
    const event = this.#event;
    const { unitsPerVolume, seeds, nameHashes } = this.#universe;
    event.kind = kind;
    event.symbol = symbol;
    event.startMs = second * 1000;
    describeBar(event, bar, dayVolume, dayNotional, unitsPerVolume, seeds[symbol]!);
    if (wholeSharesAt(this.#universe, second)) event.exactVolumes = false;
    event.dayOpen = this.#days.officialOpen(symbol, second);
    eventNumbers(event, this.#universe, this.#hasher.numbers);
    this.#hasher.hash(event.startMs, nameHashes[symbol]!);
    this.#batch.add(event, this.#hasher, this.#layout);
    if (this.#batch.full) this.flush();
  }

  flush(): void {
    const batch = this.#batch;
    if (batch.count === 0) return;
    for (const subscriber of this.#subscribers) subscriber.take(batch);
    for (let index = 0; index < batch.count; index++) {
      const taken = batch.taken[index]!;
      if (taken > 0) this.record.add(batch, index, taken);
    }
    this.#truthFile?.write(batch, this.#universe);
    batch.clear();
  }
}
