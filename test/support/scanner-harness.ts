import { memoryCounters } from '../../src/base/counters.ts';
import { FrameScanner } from '../../src/massive/scanner/frame-scanner.ts';
import type { RejectReason } from '../../src/massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import type { RowBufferLimits } from '../../src/massive/scanner/row-buffers.ts';
import type { Market } from '../../src/tables/markets.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import type { TableRows } from '../../src/tables/table-rows.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';

export type Cell = number | bigint | string;

/** A row by column name, with its table; symbols as text, 64-bit integers as bigint. */
export type Row = Readonly<Record<string, Cell>>;

export interface Quarantined {
  readonly reason: RejectReason;
  readonly raw: string;
}

/** A scanner with everything that it reports kept in memory. */
export function scannerHarness(
  market: Market,
  limits: Partial<RowBufferLimits> = {},
  counters = memoryCounters(),
) {
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const quarantined: Quarantined[] = [];
  const scanner = new FrameScanner({
    market,
    calendar: new SessionCalendar(market),
    receiveClock: new ReceiveClock(clock),
    quarantine: {
      put: ({ reason, raw }) => void quarantined.push({ reason, raw: Buffer.from(raw).toString('latin1') }),
    },
    logger,
    counters,
    limits,
  });
  return {
    clock,
    logger,
    counters,
    quarantined,
    scanner,
    scan: (frame: string | Uint8Array) =>
      scanner.scan(typeof frame === 'string' ? Buffer.from(frame) : frame),
    /** The rows since the last drain. */
    rows(): Row[] {
      const drained = scanner.drain();
      const rows = drained.flatMap(rowsOf);
      scanner.recycle(drained);
      return rows;
    },
  };
}

export function rowsOf(rows: TableRows): Row[] {
  return Array.from({ length: rows.rowCount }, (_, row) => ({
    table: rows.definition.name,
    tradingDate: rows.tradingDates[row]!,
    ...Object.fromEntries(
      rows.definition.columns.map(({ name }, index) => [name, cellOf(rows, index, row)] as const),
    ),
  }));
}

function cellOf(rows: TableRows, index: number, row: number): Cell {
  const column = rows.columns[index]!;
  return column.type === 'symbol' ? rows.symbols.nameOf(column.ids[row]!) : column.values[row]!;
}
