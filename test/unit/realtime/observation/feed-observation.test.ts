import { expect } from 'chai';
import { FeedObservation } from '../../../../src/realtime/observation/feed-observation.ts';
import type { StreamTableName } from '../../../../src/tables/definitions.ts';
import type { Market } from '../../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { BarRowsMaker, type TestBar } from '../../../support/bar-rows.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

/** Friday 2026-10-02, 10:00 in New York. */
const TEN = Date.UTC(2026, 9, 2, 14);
const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

function observed(
  market: Market = 'stocks',
  mostSymbols = 100,
  tables: readonly StreamTableName[] = ['agg1s'],
) {
  const calendar = new SessionCalendar(market);
  const logger = new RecordingLogger();
  const observation = new FeedObservation({ tables, calendar: () => calendar, logger }, mostSymbols);
  // A scanner fills two sets of rows in turn, each with symbols of its own.
  const makers = [new BarRowsMaker(calendar), new BarRowsMaker(calendar)] as const;
  let drains = 0;
  const receive = (table: 'agg1s' | 'agg1m', ...bars: TestBar[]) =>
    observation.received(makers[drains++ % 2]!.make(table, bars));
  return { observation, receive, makers, logger };
}

describe('observation - newest bars', () => {
  it('is the latest version of the latest window, exact, whatever comes late', () => {
    const { observation, receive } = observed();
    receive('agg1s', { sym: 'AAPL', startMs: TEN, close: 123.456789, trades: 3 });
    receive(
      'agg1s',
      { sym: 'MSFT', startMs: TEN, close: 50 },
      { sym: 'AAPL', startMs: TEN + SECOND, close: 124 },
    );
    receive('agg1s', { sym: 'AAPL', startMs: TEN, close: 1 });
    receive('agg1s', { sym: 'AAPL', startMs: TEN + SECOND, close: 712_345.678901, trades: 5 });
    expect(observation.search('', 10)).to.deep.equal([
      {
        ...{ sym: 'AAPL', table: 'agg1s', startMs: TEN + SECOND },
        ...{ open: 712_345.678901, high: 712_345.678901, low: 712_345.678901, close: 712_345.678901 },
        ...{ volume: 100, vwap: 712_345.678901, trades: 5 },
      },
      {
        ...{ sym: 'MSFT', table: 'agg1s', startMs: TEN, open: 50, high: 50, low: 50, close: 50 },
        ...{ volume: 100, vwap: null, trades: null },
      },
    ]);
  });

  it('finds what begins with a text before what contains it, in any case, and no more than asked for', () => {
    const { observation, receive } = observed('indices');
    const bars = ['I:SPX', 'I:NDX', 'I:XSP', 'I:SP500'].map(sym => ({ sym, startMs: TEN, close: 1 }));
    receive('agg1m', ...bars);
    const symbols = (text: string, limit = 10) => observation.search(text, limit).map(({ sym }) => sym);
    expect(symbols('sp')).to.deep.equal(['I:SP500', 'I:SPX', 'I:XSP']);
    expect(symbols('I:N')).to.deep.equal(['I:NDX']);
    expect(symbols('', 2)).to.have.length(2);
    expect(symbols('AAPL')).to.deep.equal([]);
  });

  it('keeps no more symbols than it may, says so once, and makes room at a new date', () => {
    const { observation, receive, logger } = observed('stocks', 3);
    const day = (dayMs: number, ...symbols: string[]) =>
      receive('agg1m', ...symbols.map(sym => ({ sym, startMs: dayMs, close: 1 })));
    day(TEN, 'A', 'B', 'C', 'D', 'E');
    day(TEN + MINUTE, 'F', 'A');
    expect(observation.symbolCount).to.equal(3);
    expect(logger.lines.filter(({ message }) => message.includes('first 3 symbols'))).to.have.length(1);
    day(TEN + 3 * DAY, 'X', 'A');
    expect(observation.search('', 9).map(({ sym }) => sym)).to.deep.equal(['A', 'X']);
  });

  it('knows symbols again when a scanner gives its ids anew', () => {
    const { observation, receive, makers } = observed();
    receive('agg1s', { sym: 'AAPL', startMs: TEN, close: 1 });
    receive('agg1s', { sym: 'MSFT', startMs: TEN, close: 2 });
    makers[0].symbols.clear();
    receive(
      'agg1s',
      { sym: 'MSFT', startMs: TEN + SECOND, close: 3 },
      { sym: 'IBM', startMs: TEN, close: 4 },
    );
    expect(observation.search('', 9).map(({ sym, close }) => [sym, close])).to.deep.equal([
      ['AAPL', 1],
      ['IBM', 4],
      ['MSFT', 3],
    ]);
  });
});

describe('observation - candles', () => {
  it('are the newest sixty-one bars, oldest first, with corrections of those that are still kept', () => {
    const { observation, receive } = observed();
    for (let second = 0; second < 200; second++) {
      receive('agg1s', { sym: 'AAPL', startMs: TEN + second * SECOND, close: 100 + second / 100 });
    }
    receive(
      'agg1s',
      { sym: 'AAPL', startMs: TEN + 150 * SECOND, close: 99.25, volume: 7 },
      { sym: 'AAPL', startMs: TEN + 10 * SECOND, close: 5 },
    );
    const candles = observation.candles('AAPL');
    expect(candles.map(({ startMs }) => (startMs - TEN) / SECOND)).to.deep.equal(
      Array.from({ length: 61 }, (_, i) => 139 + i),
    );
    expect(candles.map(({ close }) => close)).to.deep.equal(
      Array.from({ length: 61 }, (_, i) => (i === 11 ? 99.25 : Math.round(10_000 + (139 + i)) / 100)),
    );
    expect(candles[11]!.volume).to.equal(7);
  });

  it('are those of minutes once there are some, and of any table that is asked for', () => {
    const { observation, receive } = observed();
    receive('agg1s', { sym: 'A', startMs: TEN, close: 1 }, { sym: 'A', startMs: TEN + SECOND, close: 2 });
    expect(observation.candles('A').map(({ table }) => table)).to.deep.equal(['agg1s', 'agg1s']);
    receive('agg1m', { sym: 'A', startMs: TEN, close: 3 });
    expect(observation.candles('A').map(({ table }) => table)).to.deep.equal(['agg1s', 'agg1s']);
    receive('agg1m', { sym: 'A', startMs: TEN + MINUTE, close: 4 });
    expect(observation.candles('A').map(({ close }) => close)).to.deep.equal([3, 4]);
    expect(observation.candles('A', 'agg1s').map(({ close }) => close)).to.deep.equal([1, 2]);
    expect(observation.candles('B')).to.deep.equal([]);
  });

  it('of shorter windows are kept once somebody has looked at the symbol', () => {
    const { observation, receive } = observed('stocks', 100, ['agg1s', 'agg1m']);
    const closes = (sym: string) => observation.candles(sym, 'agg1s').map(({ close }) => close);
    const second = (at: number) => {
      for (const sym of ['A', 'B']) receive('agg1s', { sym, startMs: TEN + at * SECOND, close: at });
    };
    second(1);
    second(2);
    expect(closes('A')).to.deep.equal([2]);
    second(3);
    second(4);
    expect(closes('A')).to.deep.equal([2, 3, 4]);
    expect(closes('B')).to.deep.equal([4]);
  });

  it('keep symbols apart, however many there are', () => {
    const { observation, receive } = observed('stocks', 2_000);
    const symbols = Array.from({ length: 1_000 }, (_, i) => `S${i}`);
    for (const minute of [0, 1, 2]) {
      const bars = symbols.map((sym, i) => ({ sym, startMs: TEN + minute * MINUTE, close: i * 10 + minute }));
      receive('agg1m', ...bars);
    }
    for (const i of [0, 255, 256, 257, 999]) {
      expect(observation.candles(`S${i}`).map(({ close }) => close)).to.deep.equal([
        i * 10,
        i * 10 + 1,
        i * 10 + 2,
      ]);
    }
  });
});
