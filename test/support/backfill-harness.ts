import { BackfillError } from '../../src/historical/errors.ts';
import type { LoaderClient } from '../../src/historical/loader-link.ts';
import type { BarReading, FlatSource, RestSource, Sources } from '../../src/historical/sources.ts';
import type { MergedDate, WaitingPart } from '../../src/kdb/loader/answers.ts';
import { type FlatDataset, flatFileKey } from '../../src/massive/flat/datasets.ts';
import type { ListedFile } from '../../src/massive/flat/store.ts';
import { AGGREGATE_TABLES } from '../../src/tables/definitions.ts';
import { type DateDays, dateDaysOf } from '../../src/tables/epoch.ts';
import { SymbolTable } from '../../src/tables/symbol-table.ts';
import { TableRows } from '../../src/tables/table-rows.ts';

/** A loader that keeps what it is given in memory. */
export class FakeLoader implements LoaderClient {
  facts = { protocol: 1, market: 'stocks', root: '/hdb', identity: 'one' };
  readonly staged = new Map<string, number>();
  readonly merged: string[] = [];
  /** Thrown by the calls to come, one after the other; undefined lets one pass. */
  readonly failures: unknown[] = [];

  async stage(unit: string, blocks: AsyncIterable<TableRows>, onRows: (rows: number) => void = () => {}) {
    this.staged.delete(unit);
    let rows = 0;
    for await (const block of blocks) {
      rows += block.rowCount;
      onRows(rows);
    }
    this.#failIfTold();
    this.staged.set(unit, rows);
    return rows;
  }

  async merge(table: string, dates: readonly DateDays[] = []): Promise<MergedDate[]> {
    this.#failIfTold();
    this.merged.push(...this.staged.keys());
    const rows = [...this.staged.values()].reduce((sum, count) => sum + count, 0);
    this.staged.clear();
    return dates.map(date => ({
      date: table === 'agg1d' ? undefined : date,
      staged: rows,
      rows,
      superseded: 0,
    }));
  }

  async waiting(): Promise<WaitingPart[]> {
    return [...this.staged.keys()].map(unit => ({ unit, table: 'agg1m', date: 9770 }));
  }

  close(): void {}

  #failIfTold(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

/** Files of three rows each on the dates that it is given. */
export class FakeFlatSource implements FlatSource {
  readonly fetched: string[] = [];
  readonly removed: string[] = [];
  readonly etags = new Map<string, string>();
  /** What reading a file comes to, by key. */
  readonly damage = new Map<string, () => unknown>();
  readonly #dates: readonly DateDays[];

  constructor(isoDates: readonly string[]) {
    this.#dates = isoDates.map(dateDaysOf);
  }

  async *list(dataset: FlatDataset, date: DateDays): AsyncGenerator<ListedFile> {
    const month = flatFileKey(dataset, date).slice(0, -'DD.csv.gz'.length);
    for (const key of this.#dates.map(each => flatFileKey(dataset, each))) {
      if (key.startsWith(month)) yield { key, ...this.#identity(key) };
    }
  }

  async fetch(key: string) {
    this.fetched.push(key);
    return { path: key, identity: this.#identity(key) };
  }

  async remove(key: string): Promise<void> {
    this.removed.push(key);
  }

  read(_file: unknown, key: string): BarReading {
    return reading(3, this.damage.get(key)?.());
  }

  #identity(key: string) {
    return { etag: this.etags.get(key) ?? '"one"', sizeBytes: 100, lastModifiedMs: 0 };
  }
}

export class FakeRestSource implements RestSource {
  readonly asked: string[] = [];
  readonly requestsPerMinute = 5;
  completeUntilMs: number | undefined;
  readonly #symbols: readonly string[];

  constructor(symbols: readonly string[] = ['AAPL', 'MSFT']) {
    this.#symbols = symbols;
  }

  bars(_table: string, sym: string): BarReading {
    this.asked.push(sym);
    return { ...reading(5, undefined), completeUntilMs: this.completeUntilMs };
  }

  groupedDays(date: DateDays): BarReading {
    this.asked.push(`all ${date}`);
    return reading(2, undefined);
  }

  async *activeSymbols(): AsyncGenerator<string> {
    yield* this.#symbols;
  }
}

export function sourcesOf(flat: FlatSource | undefined, rest: RestSource | undefined): Sources {
  return { flat, rest };
}

/** An error that costs one unit, and one that ends everything. */
export const UNIT_ERROR = new BackfillError('TEST_UNIT', 1, { what: 'this unit is bad', remedy: 'Skip it.' });
export const FATAL_ERROR = new BackfillError('TEST_FATAL', 74, {
  what: 'the disk is full',
  remedy: 'Free space.',
});

function reading(rowCount: number, failure: unknown): BarReading {
  async function* blocks() {
    const rows = new TableRows(AGGREGATE_TABLES.agg1m, new SymbolTable());
    rows.rowCount = rowCount;
    yield rows;
    if (failure !== undefined) throw failure;
  }
  return { blocks: blocks(), rejectedCount: 0, completeUntilMs: undefined };
}
