import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { type QTable, rowCountOf } from '../kdb/ipc/values.ts';
import type { Loader } from '../kdb/loader/loader.ts';
import {
  type DividendRow,
  dividendTable,
  type SplitRow,
  splitTable,
} from '../kdb/loader/reference-tables.ts';
import {
  type DateRange,
  type Dividend,
  dividends,
  type Split,
  splits,
} from '../massive/rest/corporate-actions.ts';
import type { RestRequests } from '../massive/rest/requests.ts';
import { TABLE_EPOCH_MS } from '../tables/epoch.ts';

/** Tables of what is known of symbols. */
export const REFERENCE_TABLES = ['split', 'dividend'] as const;

export type ReferenceTable = (typeof REFERENCE_TABLES)[number];

/** Rows that are sent at once: each call publishes the table anew. */
const MOST_ROWS = 100_000;

export interface ReferenceParts {
  readonly requests: RestRequests;
  readonly loader: Pick<Loader, 'reference'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of loading a table. */
export interface ReferenceOutcome {
  readonly fetched: number;
  readonly unusable: number;
  /** Rows of the table now. */
  readonly rows: number;
}

/**
 * Brings the splits or dividends of all stocks whose date is in a range into the database; a row that is there already
 * is replaced by what the service says of it now.
 *
 * Rejects with RestError, LoaderError, and the signal's reason.
 */
export async function loadReference(
  table: ReferenceTable,
  range: DateRange,
  { requests, loader, clock, logger }: ReferenceParts,
  signal: AbortSignal,
): Promise<ReferenceOutcome> {
  let unusable = 0;
  const onUnusable = (row: unknown) => {
    if (unusable++ === 0)
      logger.warn(`a row of ${table} cannot be used: ${JSON.stringify(row).slice(0, 200)}`);
  };
  const recvNs = BigInt(Math.floor(clock.wallMs() - TABLE_EPOCH_MS)) * 1_000_000n;
  const pages =
    table === 'split'
      ? tables(splits(requests, range, signal, onUnusable), rows => splitTable(rows.map(splitRow), recvNs))
      : tables(dividends(requests, range, signal, onUnusable), rows =>
          dividendTable(rows.map(dividendRow), recvNs),
        );
  let fetched = 0;
  let rows = 0;
  for await (const page of pages) {
    fetched += rowCountOf(page);
    rows = (await loader.reference(table, page)).rows;
  }
  return { fetched, unusable, rows };
}

/** Gathers rows into tables. */
async function* tables<Row>(
  rows: AsyncIterable<Row>,
  tableOf: (rows: readonly Row[]) => QTable,
): AsyncGenerator<QTable> {
  let gathered: Row[] = [];
  for await (const row of rows) {
    gathered.push(row);
    if (gathered.length < MOST_ROWS) continue;
    yield tableOf(gathered);
    gathered = [];
  }
  if (gathered.length > 0) yield tableOf(gathered);
}

function splitRow({ id, sym, date, kind, sharesBefore, sharesAfter }: Split): SplitRow {
  return { id, sym, day: date, kind: kind ?? '', before: sharesBefore, after: sharesAfter };
}

function dividendRow(dividend: Dividend): DividendRow {
  const { id, sym, exDate, kind, cash, currency, frequency } = dividend;
  return {
    id,
    sym,
    day: exDate,
    kind: kind ?? '',
    cash,
    currency: currency ?? '',
    frequency,
    declared: dividend.declarationDate,
    recorded: dividend.recordDate,
    paid: dividend.payDate,
  };
}
