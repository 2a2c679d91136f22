import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { findChannel } from '../../massive/channels.ts';
import { RestNotFoundError } from '../../massive/rest/errors.ts';
import type { RestRequests } from '../../massive/rest/requests.ts';
import { RestBars } from '../../massive/rest/rest-bars.ts';
import { barFieldsOf, windowBars } from '../../massive/rest/window-bars.ts';
import type { QuarantineSink } from '../../massive/scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../../massive/scanner/receive-clock.ts';
import { ALL_TICKERS, type Subscription } from '../../massive/subscription.ts';
import { appendRows } from '../../tables/append-rows.ts';
import type { Int64Column } from '../../tables/columns.ts';
import { AGGREGATE_TABLES, type StreamTableName, WINDOW_MS } from '../../tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { SymbolTable } from '../../tables/symbol-table.ts';
import { TableRows } from '../../tables/table-rows.ts';
import type { Gap } from './gap.ts';
import type { StreamedBars } from './streamed-bars.ts';

/** Rows are handed on when there are so many, and at the end. */
const HANDED_ON_ROWS = 8_192;

const NS_PER_MS = 1_000_000n;

/** Bars of one page of REST. */
const PAGE_BARS = 50_000;

export interface FetchParts {
  readonly requests: RestRequests;
  readonly calendar: () => SessionCalendar;
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  readonly logger: Logger;
  /** What the stream has sent of the gap since this began. */
  readonly streamed: StreamedBars;
  /** Takes rows into the feed; they are the caller's again when it resolves. */
  readonly inject: (rows: TableRows) => Promise<boolean>;
}

export interface EndedGap extends Gap {
  readonly endMs: number;
}

/** What was brought. */
export interface Fetched {
  readonly rows: number;
  /** End of the latest window of the rows, ms since 1970; undefined without rows. */
  readonly windowEndMs: number | undefined;
}

/** The bars of one symbol that are asked for. */
interface Wanted {
  readonly table: StreamTableName;
  readonly sym: string;
}

/** What has to be asked for to fill a gap; undefined where the whole market would have to be. */
export function wantedOf(gap: Gap, subscriptions: readonly Subscription[]): readonly Wanted[] | undefined {
  const wanted: Wanted[] = [];
  for (const { channel, ticker } of subscriptions) {
    if (!gap.channels.includes(channel)) continue;
    if (gap.symbols && !gap.symbols.includes(ticker)) continue;
    if (ticker === ALL_TICKERS) return undefined;
    wanted.push({ table: findChannel(gap.market, channel)!.table, sym: ticker });
  }
  return wanted;
}

/** How many requests it takes at most. */
export function requestsFor(wanted: readonly Wanted[], { beginMs, endMs }: EndedGap): number {
  return wanted.reduce(
    (sum, { table }) => sum + Math.ceil((endMs - beginMs) / WINDOW_MS[table] / PAGE_BARS),
    0,
  );
}

/**
 * Brings what REST has of a gap into the feed: bars of windows that end until `settledMs`. A symbol that REST does not
 * know is told and left out.
 *
 * @throws RestError, the signal's reason
 */
export async function fetchGap(
  gap: EndedGap,
  wanted: readonly Wanted[],
  settledMs: number,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<Fetched> {
  const collected = new Map<StreamTableName, TableRows>();
  let rows = 0;
  let windowEndMs: number | undefined;
  const handOn = async (table: TableRows) => {
    const superseded = parts.streamed.remove(table);
    if (superseded > 0)
      parts.logger.info(`gap ${gap.id}: of ${superseded} bars the stream has sent newer versions meanwhile`);
    if (table.rowCount === 0) return;
    await parts.inject(table);
    signal.throwIfAborted();
    table.truncate(0);
  };
  for (const one of wanted) {
    const table = collected.get(one.table) ?? new TableRows(AGGREGATE_TABLES[one.table], new SymbolTable());
    collected.set(one.table, table);
    try {
      for await (const block of barsOf(gap, one, settledMs, parts, signal)) {
        rows += block.rowCount;
        windowEndMs = Math.max(lastWindowEndMs(block, one.table), windowEndMs ?? 0);
        appendRows(block, table);
        if (table.rowCount >= HANDED_ON_ROWS) await handOn(table);
      }
    } catch (error) {
      if (!(error instanceof RestNotFoundError)) throw error;
      parts.logger.warn(`gap ${gap.id}: ${one.sym} is left out: ${messageOf(error)}`);
    }
  }
  for (const table of collected.values()) await handOn(table);
  return { rows, windowEndMs };
}

function barsOf(
  { market, beginMs, endMs }: EndedGap,
  { table, sym }: Wanted,
  settledMs: number,
  parts: FetchParts,
  signal: AbortSignal,
): RestBars {
  const { requests, receiveClock, quarantine } = parts;
  const calendar = parts.calendar();
  const query = { market, table, sym, fromMs: beginMs, untilMs: endMs };
  return new RestBars(windowBars(requests, query, signal), {
    table,
    fields: barFieldsOf(market),
    sym,
    fromDate: calendar.tradingDate(beginMs),
    untilDate: calendar.tradingDate(endMs - 1),
    settledMs,
    calendar,
    receiveClock,
    quarantine,
    counters: requests.counters,
  });
}

/** REST answers in the order of time. */
function lastWindowEndMs(rows: TableRows, table: StreamTableName): number {
  const { values } = rows.column('start') as Int64Column;
  return Number(values[rows.rowCount - 1]! / NS_PER_MS) + TABLE_EPOCH_MS + WINDOW_MS[table];
}
