import { expect } from 'chai';
import type { BarReading } from '../../../../src/historical/sources.ts';
import { CUSTOM_BAR_FIELDS } from '../../../../src/massive/rest/bar-fields.ts';
import { RestBars } from '../../../../src/massive/rest/rest-bars.ts';
import { ReceiveClock } from '../../../../src/massive/scanner/receive-clock.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { HttpServer } from '../../../support/http-server.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { RestHarness } from '../../../support/rest-harness.ts';
import type { PlainBar } from '../../../unit/massive/flat/bars-harness.ts';
import { barsOf } from './history-rows.ts';

const MINUTE_MS = 60_000;
const DATE = dateDaysOf('2026-10-02');
/** 09:30 in New York on DATE. */
const OPEN_MS = Date.UTC(2026, 9, 2, 13, 30);
const NULLS = { avgsize: null, dayvol: null, dayvwap: null, dayopen: null };

const minute = (index: number) => ({
  v: 100.5 + index,
  vw: 10.01,
  o: 10,
  c: 10.02,
  h: 10.03,
  l: 9.99,
  t: OPEN_MS + index * MINUTE_MS,
  n: 7,
});

describe('REST bars', () => {
  let server: HttpServer;
  let rest: RestHarness;
  let clock: ManualClock;

  beforeEach(async () => {
    server = await HttpServer.start();
    // Noon of the next day in New York: everything of DATE is settled.
    clock = new ManualClock(Date.UTC(2026, 9, 3, 16));
    rest = new RestHarness({ address: server.address, clock });
  });

  afterEach(async () => {
    await rest.close();
    await server.stop();
  });

  const minutes = (from = DATE, until = DATE): BarReading =>
    rest.source('stocks').bars('agg1m', 'AAPL', from, until, rest.signal);
  const starts = (bars: readonly PlainBar[]) =>
    bars.map(({ values }) => Number((values['start'] as bigint) / 1_000_000n));

  it('minutes - fill every column that REST has, unadjusted, with exact bounds of the trading dates', async () => {
    server.scripts.push({ body: { ticker: 'AAPL', status: 'DELAYED', results: [minute(0)] }, gzip: true });
    const reading = minutes();
    const [bar, ...others] = await barsOf(reading);
    expect(others).to.have.length(0);
    const { recv, ...values } = bar!.values;
    expect(values).to.deep.equal({
      time: BigInt(9.5 * 3600) * 1_000_000_000n,
      sym: 'AAPL',
      start: BigInt(OPEN_MS) * 1_000_000n,
      open: 10,
      high: 10.03,
      low: 9.99,
      close: 10.02,
      volume: 100.5,
      vwap: 10.01,
      trades: 7n,
      ...NULLS,
      mkt: 'stocks',
      src: 'rest',
    });
    expect(recv).to.equal(BigInt(clock.wallMs()) * 1_000_000n);
    expect(bar!.date).to.equal('2026-10-02');
    const [{ path, query } = server.seen[0]!] = server.seen;
    const from = Date.UTC(2026, 9, 2, 4);
    expect(path).to.equal(`/v2/aggs/ticker/AAPL/range/1/minute/${from}/${from + 24 * 60 * MINUTE_MS - 1}`);
    expect(Object.fromEntries(query)).to.deep.equal({ adjusted: 'false', sort: 'asc', limit: '50000' });
    expect(reading.completeUntilMs).to.equal(undefined);
  });

  it('a bar that cannot be used - costs only itself, and goes to the quarantine with its place', async () => {
    const bad: readonly (readonly [unknown, string, RegExp])[] = [
      [7, 'event-not-object', /number in place of a bar/],
      [{ ...minute(1), t: 'yesterday' }, 'start-invalid', /'yesterday'/],
      [{ ...minute(1), t: undefined }, 'start-invalid', /13, 16 or 19 digits/],
      [{ ...minute(1), t: 1577941200 }, 'start-invalid', /'1577941200'/],
      [{ ...minute(1), o: 'ten' }, 'field-not-number', /o 'ten'/],
      [{ ...minute(1), v: true }, 'field-not-number', /v 'true'/],
      [{ ...minute(1), n: 1.5 }, 'field-not-number', /n '1.5' is not a whole number/],
      [{ ...minute(1), n: 2 ** 60 }, 'field-out-of-range', /beyond 2\^53/],
    ];
    const results = [minute(0), ...bad.map(([bar]) => bar), minute(2)];
    const body = JSON.stringify({ status: 'OK', results }).replace('"t":1577941200,', '"t":1577941200,');
    server.scripts.push({ body: Buffer.from(body) });
    const reading = minutes();
    expect(starts(await barsOf(reading))).to.deep.equal([OPEN_MS, OPEN_MS + 2 * MINUTE_MS]);
    expect(reading.rejectedCount).to.equal(bad.length);
    expect(rest.rejected.map(({ reason }) => reason)).to.deep.equal(bad.map(([, reason]) => reason));
    for (const [index, [bar, , detail]] of bad.entries()) {
      const rejected = rest.rejected[index]!;
      expect(rejected.detail).to.match(detail);
      expect(rejected.origin?.line).to.equal(index + 2);
      expect(rejected.origin?.file).to.match(/^\/v2\/aggs\/ticker\/AAPL\//);
      if (index !== 7) expect(JSON.parse(rejected.raw)).to.deep.equal(JSON.parse(JSON.stringify(bar)));
    }
  });

  it('numbers - may be missing, null, texts, or beyond what a double holds', async () => {
    const body = `{"results":[{"t":${OPEN_MS},"o":"10.5","h":null,"c":1e999,"n":"12"},{"t":${OPEN_MS},"o":"10.5","h":null,"n":12.0}]}`;
    server.scripts.push({ body: Buffer.from(body) });
    const bars = await barsOf(minutes());
    expect(rest.rejected.map(({ reason, detail }) => [reason, detail])).to.deep.equal([
      ['field-out-of-range', 'c is beyond a double'],
    ]);
    expect(bars).to.have.length(1);
    expect(bars[0]!.values).to.include({
      open: 10.5,
      high: null,
      low: null,
      close: null,
      vwap: null,
      trades: 12n,
    });
  });

  it('bars that a page repeats of the one before - are handed on once', async () => {
    server.scripts.push(
      { body: { results: [minute(0), minute(1)], next_url: `${server.address}/next?cursor=a` } },
      { body: { results: [minute(1), minute(2), minute(0)] } },
    );
    const expected = [0, 1, 2].map(index => OPEN_MS + index * MINUTE_MS);
    expect(starts(await barsOf(minutes()))).to.deep.equal(expected);
    expect(rest.counted('rest_bars_left_out{market="stocks",why="repeated"}')).to.equal(2);
  });

  it('what is not settled - is neither asked for nor handed on, and the reading says until when it is complete', async () => {
    clock.stepWall(OPEN_MS + 60 * MINUTE_MS - clock.wallMs());
    const settledMs = OPEN_MS + 40 * MINUTE_MS;
    server.scripts.push({ body: { results: [minute(39), minute(40)] } });
    const reading = minutes(DATE - 1, DATE);
    expect(starts(await barsOf(reading))).to.deep.equal([OPEN_MS + 39 * MINUTE_MS]);
    expect(reading.completeUntilMs).to.equal(settledMs);
    expect(server.seen[0]!.path.split('/').at(-1)).to.equal(String(settledMs - 1));
    expect(rest.counted('rest_bars_left_out{market="stocks",why="unsettled"}')).to.equal(1);
    const tomorrow = minutes(DATE + 1, DATE + 1);
    expect(await barsOf(tomorrow)).to.deep.equal([]);
    expect(tomorrow.completeUntilMs).to.equal(settledMs);
    expect(server.seen).to.have.length(1);
  });

  it('day bars - begin at midnight of their date, whatever the answer says', async () => {
    const day = { ...minute(0), t: Date.UTC(2026, 9, 2, 5) };
    server.scripts.push({ body: { results: [day] } });
    const reading = rest.source('indices').bars('agg1d', 'I:SPX', DATE, DATE, rest.signal);
    const [bar] = await barsOf(reading);
    expect(bar!.values).to.include({ time: 0n, start: BigInt(Date.UTC(2026, 9, 2, 4)) * 1_000_000n });
    expect(server.seen[0]!.path).to.equal('/v2/aggs/ticker/I:SPX/range/1/day/2026-10-02/2026-10-02');
  });

  it('days of a market in another zone - are asked for with a day to spare, which is left out', async () => {
    const bars = [1, 2, 3].map(day => ({ ...minute(0), t: Date.UTC(2026, 9, day) }));
    server.scripts.push({ body: { results: bars } });
    const read = await barsOf(rest.source('crypto').bars('agg1d', 'BTC-USD', DATE, DATE, rest.signal));
    expect(read.map(({ date, values }) => [date, values['sym']])).to.deep.equal([['2026-10-02', 'BTC-USD']]);
    expect(server.seen[0]!.path).to.equal('/v2/aggs/ticker/X:BTCUSD/range/1/day/2026-10-01/2026-10-03');
  });

  it('grouped days - are of the date that was asked for, though t is the end of the window', async () => {
    // Midnight in UTC of the next date, as where a market never closes.
    const end = Date.UTC(2026, 9, 3) - 1;
    const bar = { ...minute(0), t: end };
    server.scripts.push({
      body: { results: [{ ...bar, T: 'X:BTCUSD' }, { ...bar, T: 'X:1INCHUSD' }, { ...bar, T: '' }, bar] },
    });
    const reading = rest.source('crypto').groupedDays(DATE, rest.signal);
    const bars = await barsOf(reading);
    expect(bars.map(({ date, values }) => [date, values['sym'], values['start']])).to.deep.equal([
      ['2026-10-02', 'BTC-USD', BigInt(Date.UTC(2026, 9, 2)) * 1_000_000n],
      ['2026-10-02', '1INCH-USD', BigInt(Date.UTC(2026, 9, 2)) * 1_000_000n],
    ]);
    expect(rest.rejected.map(({ reason }) => reason)).to.deep.equal(['ticker-invalid', 'ticker-invalid']);
    expect(server.seen[0]!.path).to.equal('/v2/aggs/grouped/locale/global/market/crypto/2026-10-02');
    expect(server.seen[0]!.query.get('adjusted')).to.equal('false');
    const today = rest.source('crypto').groupedDays(DATE + 1, rest.signal);
    expect(await barsOf(today)).to.deep.equal([]);
    expect(today.completeUntilMs).to.equal(clock.wallMs() - 20 * MINUTE_MS);
    expect(server.seen).to.have.length(1);
  });

  it('futures - have nanoseconds exact, and the date on which their session ends', async () => {
    const bar = {
      ticker: 'ESZ6',
      open: 6000.25,
      high: 6001,
      low: 5999.5,
      close: 6000,
      volume: 12,
      dollar_volume: 3_600_000,
      transactions: 5,
      session_end_date: '2026-10-02',
    };
    const body = JSON.stringify({
      results: [
        { ...bar, window_start: 'FIRST' },
        { ...bar, window_start: 'SECOND', session_end_date: '2026-10-05' },
        { ...bar, window_start: 'FIRST', session_end_date: '2026-13-05' },
      ],
    })
      .replaceAll('"FIRST"', '1790892000000000001')
      .replace('"SECOND"', '1790978400000000000');
    server.scripts.push({ body: Buffer.from(body) });
    const bars = await barsOf(rest.source('futures').bars('agg1m', 'ESZ6', DATE, DATE, rest.signal));
    expect(bars).to.have.length(1);
    expect(bars[0]!.date).to.equal('2026-10-02');
    expect(bars[0]!.values).to.include({
      start: 1790892000000000001n,
      vwap: null,
      volume: 12,
      trades: 5n,
      sym: 'ESZ6',
    });
    expect(rest.rejected.map(({ reason }) => reason)).to.deep.equal(['date-invalid']);
    const { path, query } = server.seen[0]!;
    expect(path).to.equal('/futures/v1/aggs/ESZ6');
    expect(Object.fromEntries(query)).to.deep.equal({
      resolution: '1min',
      // From 17:00 in Chicago on the day before.
      'window_start.gte': '1790892000000000000',
      'window_start.lt': '1790978400000000000',
      sort: 'window_start.asc',
      limit: '50000',
    });
  });

  it('blocks - are handed on when they are full, and with each answer', async () => {
    const pages = (async function* () {
      yield { path: '/a', results: Array.from({ length: 250 }, (_, i) => minute(i)) };
      yield { path: '/b', results: [minute(250)] };
    })();
    const bars = new RestBars(
      pages,
      {
        table: 'agg1m',
        fields: CUSTOM_BAR_FIELDS,
        sym: 'AAPL',
        fromDate: DATE,
        untilDate: DATE,
        settledMs: clock.wallMs(),
        calendar: new SessionCalendar('stocks'),
        receiveClock: new ReceiveClock(clock),
        quarantine: { put: () => {} },
        counters: rest.counters,
      },
      100,
    );
    const sizes: number[] = [];
    for await (const { rowCount } of bars) sizes.push(rowCount);
    expect(sizes).to.deep.equal([100, 100, 50, 1]);
  });

  it('markets without such lists - say what to do instead', () => {
    expect(() => rest.source('futures').activeSymbols(DATE, rest.signal)).to.throw(/Name the symbols/);
    expect(() => rest.source('options').groupedDays(DATE, rest.signal)).to.throw(/--source flat/);
  });
});
