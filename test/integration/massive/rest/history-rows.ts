import type { BarReading } from '../../../../src/historical/sources.ts';
import { isoDateOf } from '../../../../src/tables/epoch.ts';
import type { HistoryRow } from '../../../support/history-truth.ts';
import { type PlainBar, plainBars } from '../../../unit/massive/flat/bars-harness.ts';

/** All rows of a reading, in its order. */
export async function barsOf({ blocks }: Pick<BarReading, 'blocks'>): Promise<PlainBar[]> {
  const bars: PlainBar[] = [];
  for await (const rows of blocks) bars.push(...plainBars(rows));
  return bars;
}

/** As the simulator's truth counts them. */
export function historyRow({ values }: PlainBar): HistoryRow {
  const optional = (name: string) => (values[name] === null ? undefined : Number(values[name]));
  return {
    sym: String(values['sym']),
    startMs: Number((values['start'] as bigint) / 1_000_000n),
    open: Number(values['open']),
    high: Number(values['high']),
    low: Number(values['low']),
    close: Number(values['close']),
    volume: optional('volume'),
    vwap: optional('vwap'),
    trades: optional('trades'),
  };
}

export function isoDates(fromDate: number, untilDate: number): string[] {
  return Array.from({ length: untilDate - fromDate + 1 }, (_, i) => isoDateOf(fromDate + i));
}
