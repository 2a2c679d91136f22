import { expect } from 'chai';
import { FeedObservation } from '../../../../src/realtime/observation/feed-observation.ts';
import { isoDateOf } from '../../../../src/tables/epoch.ts';
import type { Market } from '../../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { BarRowsMaker, type TestBar } from '../../../support/bar-rows.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

/** The stocks' session of Friday 2026-10-02 begins at 04:00 in New York. */
const OPEN = Date.UTC(2026, 9, 2, 8);
const MINUTE = 60_000;

function covered(market: Market = 'stocks', mostSymbols = 10_000) {
  const calendar = new SessionCalendar(market);
  const maker = new BarRowsMaker(calendar);
  const parts = { tables: ['agg1s' as const], calendar: () => calendar, logger: new RecordingLogger() };
  const observation = new FeedObservation(parts, mostSymbols);
  const receive = (...bars: TestBar[]) => observation.received(maker.make('agg1s', bars));
  return { coverage: observation.coverage, receive };
}

const bar = (sym: string, startMs: number): TestBar => ({ sym, startMs, close: 1 });

describe('observation - coverage', () => {
  it('counts each symbol once in a minute, late bars in their own', () => {
    const { coverage, receive } = covered();
    receive(bar('AAPL', OPEN), bar('AAPL', OPEN + 1_000), bar('AAPL', OPEN + 59_000));
    receive(bar('AAPL', OPEN + 2 * MINUTE), bar('MSFT', OPEN + 2 * MINUTE), bar('MSFT', OPEN + MINUTE));
    receive(bar('AAPL', OPEN + 5_000), bar('MSFT', OPEN + MINUTE + 1_000));
    const found = coverage.read(OPEN + 3.5 * MINUTE)!;
    expect(isoDateOf(found.date)).to.equal('2026-10-02');
    expect(found).to.include({ beginMs: OPEN, minutes: 4 });
    expect(found.groups).to.deep.equal([
      { name: 'AAPL', symbols: 1, seen: [1, 0, 1, 0] },
      { name: 'MSFT', symbols: 1, seen: [0, 1, 1, 0] },
    ]);
  });

  it('puts neighbouring beginnings together where symbols are many, and loses none', () => {
    const { coverage, receive } = covered();
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    const symbols = letters.flatMap(one => letters.map(two => `${one}${two}X`));
    receive(...symbols.map(sym => bar(sym, OPEN)));
    receive(...symbols.slice(0, 100).map(sym => bar(sym, OPEN + MINUTE)));
    const { groups } = coverage.read(OPEN + MINUTE)!;
    expect(groups.length).to.be.within(20, 33);
    const sum = (minute: number) => groups.reduce((total, { seen }) => total + seen[minute]!, 0);
    expect([sum(0), sum(1)]).to.deep.equal([676, 100]);
    expect(groups.reduce((total, group) => total + group.symbols, 0)).to.equal(676);
    expect(groups[0]).to.deep.include({ name: 'AAX-AVX', symbols: 22, seen: [22, 22] });
  });

  it('begins anew with the first drain of a later date, and not for one wrong row', () => {
    const { coverage, receive } = covered();
    const monday = OPEN + 3 * 24 * 60 * MINUTE;
    receive(bar('A', OPEN));
    receive(bar('A', OPEN + MINUTE), bar('B', monday), bar('C', OPEN + MINUTE));
    expect(isoDateOf(coverage.date!)).to.equal('2026-10-02');
    receive(bar('A', monday), bar('B', monday), bar('C', OPEN + MINUTE));
    expect(isoDateOf(coverage.date!)).to.equal('2026-10-05');
    expect(coverage.read(monday)!.groups.map(({ name, seen }) => [name, seen])).to.deep.equal([
      ['A', [1]],
      ['B', [1]],
      ['C', [0]],
    ]);
    receive(bar('A', OPEN + 2 * MINUTE), bar('B', OPEN + 2 * MINUTE));
    expect(isoDateOf(coverage.date!)).to.equal('2026-10-05');
  });

  it('begins the futures of a Monday on Sunday evening, and ends with the session', () => {
    const { coverage, receive } = covered('futures');
    const sunday = Date.UTC(2026, 9, 4, 22);
    receive(bar('ESZ6', sunday));
    expect(coverage.read(sunday)).to.include({ beginMs: sunday, minutes: 1 });
    expect(isoDateOf(coverage.date!)).to.equal('2026-10-05');
    expect(coverage.read(sunday + 22.99 * 60 * MINUTE)!.minutes).to.equal(23 * 60);
  });

  it('shows the minutes that had bars where the clock is of another date', () => {
    const { coverage, receive } = covered();
    expect(coverage.read(OPEN)).to.equal(undefined);
    receive(bar('A', OPEN + 5 * MINUTE));
    expect(coverage.read(OPEN + 400 * 24 * 60 * MINUTE)!.minutes).to.equal(6);
  });
});
