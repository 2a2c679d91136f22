import { correctBar } from './flat/corrections.ts';
import { DATASETS, type Dataset } from './flat/datasets.ts';
import type { FileStore } from './flat/file-store.ts';
import {
  HISTORY_SOURCES,
  HISTORY_TABLES,
  HistoryChecksums,
  type HistorySource,
  type HistoryTable,
  type HistoryTruth,
  historyTruth,
} from './history/history-truth.ts';
import type { Listing } from './history/listings.ts';
import type { MarketHistory } from './history/market-history.ts';
import { SIMULATED_MARKETS, type SimulatedMarket } from './markets.ts';
import { SimulatorOptionError } from './options-error.ts';

/** Whose truth is asked for. */
export interface HistoryTruthQuery {
  readonly market: SimulatedMarket;
  readonly table: HistoryTable;
  /** ISO trading date. */
  readonly date: string;
  /** As the stream spells them; undefined: all. */
  readonly symbols?: readonly string[];
  /** Which decides whether there is a vwap, and whether replaced files count; files if not given. */
  readonly source?: HistorySource;
}

/** The truth about history, and what can be done to files. */
export class HistoryControl {
  readonly #histories: ReadonlyMap<SimulatedMarket, MarketHistory>;
  readonly #store: FileStore;
  readonly #nowMs: () => number;

  constructor(histories: ReadonlyMap<SimulatedMarket, MarketHistory>, store: FileStore, nowMs: () => number) {
    this.#histories = histories;
    this.#store = store;
    this.#nowMs = nowMs;
  }

  /**
   * Rows and checksums of one table and date; none on a date without trading.
   *
   * @throws SimulatorOptionError when the market is not simulated
   */
  async truth({ market, table, date, symbols, source = 'flat' }: HistoryTruthQuery): Promise<HistoryTruth> {
    const history = this.#histories.get(market);
    if (!history)
      throw new SimulatorOptionError(
        'the market is not simulated',
        [...this.#histories.keys()].join(', '),
        market,
      );
    const wanted = symbols && new Set(symbols);
    const known = Math.floor(this.#nowMs() / 1000) - 1;
    const session = history.calendar.session(date);
    if (!session) return new HistoryChecksums(source).truth;
    return historyTruth({
      history,
      table,
      source,
      session,
      known,
      wanted: ({ ticker }) => wanted?.has(ticker) ?? true,
      correct: (listing, second, bar) => {
        if (source === 'flat') correctBar(listing, second, bar, this.#revision(listing, table, date));
      },
    });
  }

  /** The same from a query in text. */
  async truthOfQuery(query: URLSearchParams): Promise<HistoryTruth> {
    const symbols = query.get('symbols')?.split(',');
    return this.truth({
      market: oneOf(query, 'market', SIMULATED_MARKETS),
      table: oneOf(query, 'table', HISTORY_TABLES),
      date: query.get('date') ?? '',
      ...(symbols ? { symbols } : {}),
      source: query.has('source') ? oneOf(query, 'source', HISTORY_SOURCES) : 'flat',
    });
  }

  /** @throws SimulatorOptionError when there is no such file */
  async replaceFile(key: string): Promise<{ key: string; revision: number; etag: string; bytes: number }> {
    const file = this.#store.replace(key);
    const { md5, bytes } = await this.#store.describe(file);
    return { key, revision: file.revision, etag: `"${md5}"`, bytes };
  }

  #revision({ universe, instrument }: Listing, table: HistoryTable, date: string): number {
    const dataset = DATASETS.find(
      ({ market, exchange, ...other }: Dataset) =>
        market === universe.traits.market && other.table === table && exchange === instrument.exchange,
    );
    return dataset ? this.#store.revisionOf(dataset, date) : 0;
  }
}

function oneOf<T extends string>(query: URLSearchParams, name: string, choices: readonly T[]): T {
  const text = query.get(name);
  const choice = choices.find(known => known === text);
  if (choice !== undefined) return choice;
  throw new SimulatorOptionError(`${name} is not known`, `one of ${choices.join(', ')}`, `'${text ?? ''}'`);
}
