import type { FeedSummary } from '../../realtime/summary.ts';
import type { SimulatorTruth } from './simulator-control.ts';
import type { TableContent } from './tables.ts';

/** The summary that `start --json` prints at its end, as far as the demo needs it. */
export interface FeedExit {
  readonly feeds: readonly FeedSummary[];
}

interface BothSides<Value> {
  readonly simulator: Value;
  readonly rdb: Value;
}

/** What came of a demo. Counts are rows, of all tables together unless by table. */
export interface DemoSummary {
  /** Nothing was lost, and both sides hold the same bars with the same values. */
  readonly complete: boolean;
  /** Handed to the socket by the simulator. */
  readonly sent: number;
  /** Read from the socket by the feed. */
  readonly received: number;
  /** Acknowledged by the tickerplant. */
  readonly delivered: number;
  /** Sent and not delivered. */
  readonly lost: number;
  /** Different bars, by table. */
  readonly distinct: Readonly<Record<string, BothSides<number>>>;
  /** Over the last version of each bar, by table. */
  readonly checksum: Readonly<Record<string, BothSides<string>>>;
  /** From the end of a window to the acknowledgement of its row; null when nothing was acknowledged. */
  readonly lagMs: { readonly p50: number | null; readonly p99: number | null };
  /** Rows as the RDB counts them, by table. */
  readonly tables: Readonly<Record<string, number>>;
}

export function summarize(
  truth: SimulatorTruth,
  { feeds: [feed] }: FeedExit,
  content: Readonly<Record<string, TableContent>>,
): DemoSummary {
  const target = feed?.targets[0];
  const sent = total(truth, table => table.sent);
  const received = total(feed?.receivedRows ?? {}, rows => rows);
  // Bars only: the feed reports on itself in tables of its own.
  const delivered = Object.keys(truth).reduce((sum, table) => sum + (target?.deliveredRows[table] ?? 0), 0);
  const distinct = bothSides(truth, content, side => side.distinct);
  const checksum = bothSides(truth, content, side => side.checksum);
  const tables = Object.fromEntries(Object.entries(content).map(([table, { rows }]) => [table, rows]));
  const equal = [...Object.values(distinct), ...Object.values(checksum)].every(
    ({ simulator, rdb }) => simulator === rdb,
  );
  return {
    complete: sent === received && sent === delivered && sent === total(tables, rows => rows) && equal,
    sent,
    received,
    delivered,
    lost: Math.max(0, sent - delivered),
    distinct,
    checksum,
    lagMs: { p50: target?.lagMs.p50 ?? null, p99: target?.lagMs.p99 ?? null },
    tables,
  };
}

export function summaryText(summary: DemoSummary): string {
  const { sent, received, delivered, lost, lagMs, tables, distinct, checksum, complete } = summary;
  const rows = Object.keys(tables).map(
    table =>
      `  ${table}: ${tables[table]} rows, different bars ${sides(distinct[table])}, checksum ${sides(checksum[table])}`,
  );
  return [
    '',
    `Sent ${sent}, received ${received}, delivered ${delivered}, lost ${lost}.`,
    `From the end of a window to the tickerplant's answer: p50 ${lagMs.p50 ?? '-'} ms, p99 ${lagMs.p99 ?? '-'} ms.`,
    'In the RDB, which has all that the tickerplant passed on:',
    ...rows,
    complete
      ? 'Nothing was lost: what the simulator sent is what the RDB holds.'
      : 'NOT THE SAME on both sides.',
    '',
  ].join('\n');
}

/** The sum of a figure over all tables. */
export function total<Value>(
  tables: Readonly<Record<string, Value>>,
  figure: (table: Value) => number,
): number {
  return Object.values(tables).reduce((sum, table) => sum + figure(table), 0);
}

function bothSides<Value>(
  truth: SimulatorTruth,
  content: Readonly<Record<string, TableContent>>,
  figure: (side: { readonly distinct: number; readonly checksum: string }) => Value,
): Readonly<Record<string, BothSides<Value>>> {
  return Object.fromEntries(
    Object.entries(content).map(([table, rdb]) => [
      table,
      { simulator: figure(truth[table] ?? { distinct: 0, checksum: '' }), rdb: figure(rdb) },
    ]),
  );
}

function sides<Value>(both: BothSides<Value> | undefined): string {
  if (!both) return '-';
  return both.simulator === both.rdb ? `${both.rdb}` : `${both.simulator} sent but ${both.rdb} there`;
}
