import { expect } from 'chai';
import type { Market } from '../../../../src/tables/markets.ts';
import { type Row, scannerHarness } from '../../../support/scanner-harness.ts';

const NULL_LONG = -(2n ** 63n);

/** Nanoseconds since 2000 of an ISO time. */
function ns(iso: string): bigint {
  return BigInt(Date.parse(iso) - Date.parse('2000-01-01T00:00:00Z')) * 1_000_000n;
}

/** Nanoseconds of a wall-clock time within a day. */
function wall(hour: number, minute: number, second = 0): bigint {
  return BigInt((hour * 60 + minute) * 60 + second) * 1_000_000_000n;
}

function days(isoDate: string): number {
  return (Date.parse(isoDate) - Date.parse('2000-01-01')) / 86_400_000;
}

/** What a row holds where its event says nothing. */
const NOTHING = {
  open: Number.NaN,
  high: Number.NaN,
  low: Number.NaN,
  close: Number.NaN,
  volume: Number.NaN,
  vwap: Number.NaN,
  trades: NULL_LONG,
  avgsize: Number.NaN,
  dayvol: Number.NaN,
  dayvwap: Number.NaN,
  dayopen: Number.NaN,
  src: 'ws',
  recv: ns('2026-10-02T14:00:00Z'),
};

function rowOf(market: Market, frame: string): Row {
  const { scan, rows, quarantined } = scannerHarness(market);
  scan(frame);
  const found = rows();
  expect(quarantined).deep.equal([]);
  expect(found.length).equal(1);
  return found[0]!;
}

describe('scanner - literal frames', () => {
  it('reads the published stock second of 2026-06-22', () => {
    const frame =
      '[{"ev":"A","sym":"AAPL","v":80,"av":144673,"vw":296.32,"o":296.32,"c":296.32,"h":296.32,"l":296.32,' +
      '"a":296.6776,"z":80,"s":1782124955000,"e":1782124956000,"dv":"80.0","dav":"144673.243177"}]';
    expect(rowOf('stocks', frame)).deep.equal({
      ...NOTHING,
      table: 'agg1s',
      tradingDate: days('2026-06-22'),
      time: wall(6, 42, 35),
      sym: 'AAPL',
      start: ns('2026-06-22T10:42:35Z'),
      open: 296.32,
      high: 296.32,
      low: 296.32,
      close: 296.32,
      volume: 80,
      vwap: 296.32,
      avgsize: 80,
      dayvol: 144673.243177,
      dayvwap: 296.6776,
      mkt: 'stocks',
    });
  });

  it('prefers the decimal strings of stocks to the integers, in whichever order they come', () => {
    const frame = (volumes: string) =>
      `[{"ev":"AM","sym":"BApA",${volumes},"s":1782124920000,"e":1782124980000}]`;
    const decimals = '"dv":"4989.0","dav":"4332125.038360"';
    const integers = '"v":4988,"av":4332124';
    for (const volumes of [`${integers},${decimals}`, `${decimals},${integers}`]) {
      expect(rowOf('stocks', frame(volumes))).include({ volume: 4989, dayvol: 4332125.03836, sym: 'BApA' });
    }
    expect(rowOf('stocks', frame(integers))).include({ volume: 4988, dayvol: 4332124, table: 'agg1m' });
  });

  it('reads all 17 fields of a stock minute, the average size a decimal and the day open in place', () => {
    const frame =
      '[{"ev":"AM","sym":"BRK.B","v":10,"av":20,"op":301.5,"vw":302.25,"o":302,"c":303,"h":304,"l":301,' +
      '"a":302.5,"z":12.5,"s":1735828200000,"e":1735828260000,"otc":true,"dv":"10.5","dav":"20.25"}]';
    expect(rowOf('stocks', frame)).deep.equal({
      ...NOTHING,
      table: 'agg1m',
      tradingDate: days('2025-01-02'),
      time: wall(9, 30),
      sym: 'BRK.B',
      start: ns('2025-01-02T14:30:00Z'),
      open: 302,
      high: 304,
      low: 301,
      close: 303,
      volume: 10.5,
      vwap: 302.25,
      avgsize: 12.5,
      dayvol: 20.25,
      dayvwap: 302.5,
      dayopen: 301.5,
      mkt: 'stocks',
    });
  });

  it('reads an option second', () => {
    const frame =
      '[{"ev":"A","sym":"O:SPY251219C00650000","v":2,"av":8,"op":2.2,"vw":2.05,"o":2.05,"c":2.05,"h":2.05,' +
      '"l":2.05,"a":2.121,"z":1,"s":1765809000000,"e":1765809001000}]';
    expect(rowOf('options', frame)).deep.equal({
      ...NOTHING,
      table: 'agg1s',
      tradingDate: days('2025-12-15'),
      time: wall(9, 30),
      sym: 'O:SPY251219C00650000',
      start: ns('2025-12-15T14:30:00Z'),
      open: 2.05,
      high: 2.05,
      low: 2.05,
      close: 2.05,
      volume: 2,
      vwap: 2.05,
      avgsize: 1,
      dayvol: 8,
      dayvwap: 2.121,
      dayopen: 2.2,
      mkt: 'options',
    });
  });

  it('reads an index minute, which has no volume', () => {
    const frame =
      '[{"ev":"AM","sym":"I:SPX","op":5975.5,"o":5980.25,"c":5981.5,"h":5982,"l":5979.75,' +
      '"s":1735828200000,"e":1735828260000}]';
    expect(rowOf('indices', frame)).deep.equal({
      ...NOTHING,
      table: 'agg1m',
      tradingDate: days('2025-01-02'),
      time: wall(9, 30),
      sym: 'I:SPX',
      start: ns('2025-01-02T14:30:00Z'),
      open: 5980.25,
      high: 5982,
      low: 5979.75,
      close: 5981.5,
      dayopen: 5975.5,
      mkt: 'indices',
    });
  });

  it('reads a forex minute (CA) and second (CAS), the quote count as volume', () => {
    const frame = (ev: string) =>
      `[{"ev":"${ev}","pair":"EUR/USD","o":1.0412,"c":1.0413,"h":1.0415,"l":1.0411,"v":37,` +
      '"s":1735866060000,"e":1735866120000}]';
    expect(rowOf('forex', frame('CA'))).deep.equal({
      ...NOTHING,
      table: 'agg1m',
      tradingDate: days('2025-01-03'),
      time: wall(1, 1),
      sym: 'EUR/USD',
      start: ns('2025-01-03T01:01:00Z'),
      open: 1.0412,
      high: 1.0415,
      low: 1.0411,
      close: 1.0413,
      volume: 37,
      mkt: 'forex',
    });
    expect(rowOf('forex', frame('CAS')).table).equal('agg1s');
  });

  it('reads a crypto minute (XA) and second (XAS) with decimals beyond what is exact in one step', () => {
    const frame = (ev: string) =>
      `[{"ev":"${ev}","pair":"BTC-USD","v":0.123456789012345678,"vw":97250.123456789012,"z":0,"o":97250,` +
      '"c":97251.5,"h":97260,"l":8.12e-06,"s":1735866060000,"e":1735866120000}]';
    expect(rowOf('crypto', frame('XA'))).deep.equal({
      ...NOTHING,
      table: 'agg1m',
      tradingDate: days('2025-01-03'),
      time: wall(1, 1),
      sym: 'BTC-USD',
      start: ns('2025-01-03T01:01:00Z'),
      open: 97250,
      high: 97260,
      low: 0.00000812,
      close: 97251.5,
      volume: 0.12345678901234568,
      vwap: 97250.123456789,
      avgsize: 0,
      mkt: 'crypto',
    });
    expect(rowOf('crypto', frame('XAS')).table).equal('agg1s');
  });

  it('reads a futures minute of a Sunday evening into Monday, dv as no volume, n as trades', () => {
    const frame =
      '[{"ev":"AM","sym":"1OZZ5-1OZG6","v":3,"dv":12345.5,"n":2,"o":-1.25,"c":-1,"h":-1,"l":-1.5,' +
      '"s":1764543660000,"e":1764543720000}]';
    expect(rowOf('futures', frame)).deep.equal({
      ...NOTHING,
      table: 'agg1m',
      tradingDate: days('2025-12-01'),
      time: wall(17, 1) - wall(24, 0),
      sym: '1OZZ5-1OZG6',
      start: ns('2025-11-30T23:01:00Z'),
      open: -1.25,
      high: -1,
      low: -1.5,
      close: -1,
      volume: 3,
      trades: 2n,
      mkt: 'futures',
    });
  });

  it('tells milliseconds, microseconds and nanoseconds by their digits, exactly', () => {
    const startOf = (s: string) => rowOf('stocks', `[{"ev":"A","sym":"A","s":${s}}]`).start;
    expect(startOf('1782124955123')).equal(ns('2026-06-22T10:42:35.123Z'));
    expect(startOf('1782124955123456')).equal(ns('2026-06-22T10:42:35.123Z') + 456_000n);
    expect(startOf('1782124955123456789')).equal(ns('2026-06-22T10:42:35.123Z') + 456_789n);
  });

  it('returns the status events of a frame in order, also where acknowledgements share it with bars', () => {
    const { scan, rows } = scannerHarness('stocks');
    const statuses = scan(
      '[{"ev":"status","status":"success","message":"subscribed to: T.AAPL"},\n' +
        '     {"ev":"A","sym":"AAPL","s":1782124955000},' +
        '{"ev":"status","status":"success","message":"subscribed to: A.AAPL"}]',
    );
    expect(statuses).deep.equal([
      { status: 'success', message: 'subscribed to: T.AAPL' },
      { status: 'success', message: 'subscribed to: A.AAPL' },
    ]);
    expect(rows().map(row => row.sym)).deep.equal(['AAPL']);
  });
});
