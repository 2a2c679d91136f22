import type { FlatDataset } from '../massive/flat/datasets.ts';
import type { LocalFile } from '../massive/flat/download.ts';
import type { ListedFile } from '../massive/flat/store.ts';
import type { AggregateTableName } from '../tables/definitions.ts';
import type { DateDays } from '../tables/epoch.ts';
import type { TableRows } from '../tables/table-rows.ts';

/** Bars while they are read; what is known of them grows with the reading. */
export interface BarReading {
  /** A block is done with when the next is asked for. Throws where not all of it can be had: nothing of it may be kept. */
  readonly blocks: AsyncIterable<TableRows>;
  /** Rows that could not be used so far; they are in the quarantine. */
  readonly rejectedCount: number;
  /** Only windows that were closed by then (ms since 1970) are in it; undefined where nothing was left out. */
  readonly completeUntilMs: number | undefined;
}

/** One market's flat files. */
export interface FlatSource {
  /** The files of a dataset in the month of `date`. */
  list(dataset: FlatDataset, date: DateDays, signal: AbortSignal): AsyncIterable<ListedFile>;
  /** Brings a file to this machine; undefined where the store has none. */
  fetch(key: string, signal: AbortSignal): Promise<LocalFile | undefined>;
  /** Deletes what was brought. */
  remove(key: string): Promise<void>;
  read(
    file: LocalFile,
    key: string,
    dataset: FlatDataset,
    wants: ((sym: string) => boolean) | undefined,
    signal: AbortSignal,
  ): BarReading;
}

/** One market's bars over REST. */
export interface RestSource {
  /** The bars of one symbol, trading dates included on both ends. */
  bars(
    table: AggregateTableName,
    sym: string,
    fromDate: DateDays,
    untilDate: DateDays,
    signal: AbortSignal,
  ): BarReading;
  /** The day bars of all symbols of one date. */
  groupedDays(date: DateDays, signal: AbortSignal): BarReading;
  /** The symbols that were active on a date, in their canonical form. */
  activeSymbols(date: DateDays, signal: AbortSignal): AsyncIterable<string>;
  /** What the plan's tier allows, for estimates. */
  readonly requestsPerMinute: number;
}

/** What a backfill can draw on. */
export interface Sources {
  readonly flat: FlatSource | undefined;
  readonly rest: RestSource | undefined;
}
