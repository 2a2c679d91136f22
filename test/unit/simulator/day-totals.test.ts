import { expect } from 'chai';
import { marketDayOf } from '../../../src/simulator/day-totals.ts';
import { MARKET_TRAITS, type SimulatedMarket } from '../../../src/simulator/markets.ts';
import { MarketTape } from './market-tape.ts';

function dayOf(
  market: SimulatedMarket,
  at: string,
): { start: string; end: string; open: string | undefined } {
  const { start, end, officialOpen } = marketDayOf(MARKET_TRAITS[market], Date.parse(at) / 1000);
  const text = (second: number): string => new Date(second * 1000).toISOString().slice(0, 16);
  return {
    start: text(start),
    end: text(end),
    open: officialOpen === undefined ? undefined : text(officialOpen),
  };
}

describe('simulator days', () => {
  it('stocks - begin at midnight in New York, summer or winter, and on the days between', () => {
    expect(dayOf('stocks', '2026-10-02T03:59:59Z')).to.deep.equal({
      start: '2026-10-01T04:00',
      end: '2026-10-02T04:00',
      open: '2026-10-01T13:30',
    });
    expect(dayOf('stocks', '2026-11-01T12:00:00Z')).to.deep.equal({
      start: '2026-11-01T04:00',
      end: '2026-11-02T05:00',
      open: '2026-11-01T14:30',
    });
  });

  it('crypto - begin at midnight UTC', () => {
    expect(dayOf('crypto', '2026-10-02T00:00:00Z')).to.deep.equal({
      start: '2026-10-02T00:00',
      end: '2026-10-03T00:00',
      open: undefined,
    });
  });

  it('futures - begin on the evening before, in Chicago', () => {
    expect(dayOf('futures', '2026-10-02T22:00:00Z').start).to.equal('2026-10-02T22:00');
    expect(dayOf('futures', '2026-10-02T21:59:59Z').start).to.equal('2026-10-01T22:00');
    expect(dayOf('futures', '2026-10-02T04:59:59Z').start).to.equal('2026-10-01T22:00');
  });

  it('midnight - the accumulated volume begins again, and yesterday goes on with its own', () => {
    const midnightMs = Date.UTC(2026, 9, 3, 4);
    const tape = new MarketTape({ atMs: midnightMs - 20_000, lateShare: 0.5 });
    while (tape.market.feed.dueMs < midnightMs + 90_000) tape.market.feed.step();
    const seconds = tape.events.filter(({ ev, dav }) => ev === 'A' && dav !== undefined);
    const first = new Map<unknown, number>();
    for (const { sym, s, dav } of seconds) {
      const today = Number(s) >= midnightMs;
      if (today && !first.has(sym)) first.set(sym, Number(dav));
      if (!today) expect(Number(dav), 'yesterday').to.be.above(100_000);
    }
    expect(first.size).to.be.above(20);
    for (const [sym, volume] of first) expect(volume, String(sym)).to.be.below(100_000);
  });
});
