import { expect } from 'chai';
import type { FlatTable } from '../../../../src/massive/flat/datasets.ts';
import type { Market } from '../../../../src/tables/markets.ts';
import { readText } from './bars-harness.ts';

const NS_PER_HOUR = 3_600_000_000_000n;
const EQUITY = 'ticker,volume,open,close,high,low,window_start,transactions';
const FUTURES =
  'ticker,exchange,session_end_date,window_start,open,high,low,close,volume,dollar_volume,transactions,settlement_price';

const ns = (utc: string) => BigInt(Date.parse(utc)) * 1_000_000n;

async function oneBar(market: Market, table: FlatTable, header: string, row: string) {
  const { bars, rejected, error } = await readText(`${header}\n${row}\n`, { market, table });
  expect(error, row).to.equal(undefined);
  expect(rejected, row).to.deep.equal([]);
  return { date: bars[0]!.date, ...bars[0]!.values };
}

describe('flat bars - markets', () => {
  it('are spelt and dated each in its own way', async () => {
    const cases: readonly (readonly [
      Market,
      ticker: string,
      sym: string,
      utc: string,
      date: string,
      hour: bigint,
    ])[] = [
      ['stocks', 'BRK.B', 'BRK.B', '2026-01-02T14:30:00Z', '2026-01-02', 9n],
      ['options', 'O:A260618C00100000', 'O:A260618C00100000', '2026-07-02T13:30:00Z', '2026-07-02', 9n],
      ['forex', 'C:EUR-USD', 'EUR/USD', '2026-07-02T23:30:00Z', '2026-07-02', 23n],
      ['crypto', 'X:BTC-USD', 'BTC-USD', '2026-07-02T00:30:00Z', '2026-07-02', 0n],
    ];
    for (const [market, ticker, sym, utc, date, hour] of cases) {
      const bar = await oneBar(market, 'agg1m', EQUITY, `${ticker},1,1,1,1,1,${ns(utc)},1`);
      expect(bar, market).to.include({ sym, date, mkt: market, start: ns(utc) });
      expect(bar, market).to.include({ time: hour * NS_PER_HOUR + NS_PER_HOUR / 2n });
    }
  });

  it('of indices have neither volume nor trades', async () => {
    const row = `I:SPX,1,2,3,0.5,${ns('2026-07-02T13:30:00Z')}`;
    const bar = await oneBar('indices', 'agg1m', 'ticker,open,close,high,low,window_start', row);
    expect(bar).to.include({
      sym: 'I:SPX',
      open: 1,
      close: 2,
      high: 3,
      low: 0.5,
      volume: null,
      trades: null,
    });
  });

  it('have day bars from midnight of the trading date in the session zone, whatever the file says', async () => {
    const cases: readonly (readonly [Market, ticker: string, said: string, date: string, start: string])[] = [
      ['stocks', 'A', '2026-10-02T04:00:00Z', '2026-10-02', '2026-10-02T04:00:00Z'],
      ['stocks', 'A', '2026-11-02T05:00:00Z', '2026-11-02', '2026-11-02T05:00:00Z'],
      // The days on which clocks change.
      ['stocks', 'A', '2026-03-08T05:00:00Z', '2026-03-08', '2026-03-08T05:00:00Z'],
      ['stocks', 'A', '2026-11-01T04:00:00Z', '2026-11-01', '2026-11-01T04:00:00Z'],
      ['indices', 'I:SPX', '2023-12-05T06:00:00Z', '2023-12-05', '2023-12-05T05:00:00Z'],
      ['options', 'O:A250718C00120000', '2025-07-11T04:00:00Z', '2025-07-11', '2025-07-11T04:00:00Z'],
      ['crypto', 'X:BTC-USD', '2026-07-02T00:00:00Z', '2026-07-02', '2026-07-02T00:00:00Z'],
      ['forex', 'C:EUR-USD', '2026-07-02T00:00:00Z', '2026-07-02', '2026-07-02T00:00:00Z'],
    ];
    for (const [market, ticker, said, date, start] of cases) {
      const bar = await oneBar(market, 'agg1d', EQUITY, `${ticker},1,1,1,1,1,${ns(said)},1`);
      expect(bar, `${market} ${said}`).to.include({ date, start: ns(start), time: 0n });
    }
  });
});

describe('flat bars - futures', () => {
  const row = (sessionDate: string, start: string | bigint) =>
    `ESZ5,XCME,${sessionDate},${start},6500.25,6501,6500,6500.5,120,39003000.5,87,6499.75`;

  it('belong to the date on which their session ends, counted from its midnight in Chicago', async () => {
    const bar = await oneBar('futures', 'agg1m', FUTURES, row('2025-10-02', ns('2025-10-01T22:30:00Z')));
    expect(bar).to.include({
      sym: 'ESZ5',
      date: '2025-10-02',
      open: 6500.25,
      close: 6500.5,
      volume: 120,
      trades: 87n,
    });
    expect(bar).to.include({ time: -6n * NS_PER_HOUR - NS_PER_HOUR / 2n });
  });

  it('follow the file where a session spans a holiday, not the calendar', async () => {
    const bar = await oneBar('futures', 'agg1m', FUTURES, row('2025-11-28', ns('2025-11-26T23:00:00Z')));
    expect(bar).to.include({ date: '2025-11-28', time: -31n * NS_PER_HOUR });
  });

  it('have day bars from midnight of the session, which the file dates a day earlier', async () => {
    const bar = await oneBar('futures', 'agg1d', FUTURES, row('2025-10-02', ns('2025-10-01T22:00:00Z')));
    expect(bar).to.include({ date: '2025-10-02', start: ns('2025-10-02T05:00:00Z'), time: 0n });
  });

  it('may give their start in milliseconds with a fraction, or in microseconds', async () => {
    const starts = {
      '1754843586948.6707': 1754843586948670700n,
      '1754843586948': 1754843586948000000n,
      '1754843586948670': 1754843586948670000n,
      '1754843586948670.7': 1754843586948670700n,
      '1754843586948670701': 1754843586948670701n,
    };
    for (const [text, start] of Object.entries(starts)) {
      expect(await oneBar('futures', 'agg1m', FUTURES, row('2025-08-11', text)), text).to.include({ start });
    }
  });

  it('are rejected without a session date, and their file without that column', async () => {
    for (const date of ['', '2025-02-30', '20251002', '2025-10-02T00:00:00Z']) {
      const { rejected } = await readText(`${FUTURES}\n${row(date, 1754843586948n)}\n`, {
        market: 'futures',
      });
      expect(
        rejected.map(({ reason }) => reason),
        date,
      ).to.deep.equal(['date-invalid']);
    }
    const header = FUTURES.replace('session_end_date', 'date');
    const { error } = await readText(`${header}\n`, { market: 'futures' });
    expect(error?.message).to.contain('lacks the column session_end_date');
  });
});
