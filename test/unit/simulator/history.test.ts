import { expect } from 'chai';
import { type Bar, emptyBar } from '../../../src/simulator/bars.ts';
import { BarBlock } from '../../../src/simulator/history/bar-block.ts';
import type { Listing } from '../../../src/simulator/history/listings.ts';
import type { MarketHistory } from '../../../src/simulator/history/market-history.ts';
import { SIMULATED_MARKETS } from '../../../src/simulator/markets.ts';
import { PathWalker, pathAt } from '../../../src/simulator/price-path.ts';
import { AT_MS, MarketTape, type WireEvent } from './market-tape.ts';

const SETTLED_AFTER_SECONDS = 15 * 60;
const RUN_SECONDS = SETTLED_AFTER_SECONDS + 140;
const SECOND_CHANNELS = ['A', 'CAS', 'XAS'];

/** Last versions on the stream of windows that began after the start and are settled at the end of the run. */
function settled(events: readonly WireEvent[], seconds: boolean): WireEvent[] {
  const endMs = AT_MS + RUN_SECONDS * 1000;
  const last = new Map<string, WireEvent>();
  for (const event of events) {
    if (SECOND_CHANNELS.includes(event['ev'] as string) !== seconds) continue;
    if (Number(event['s']) <= AT_MS || Number(event['e']) > endMs - SETTLED_AFTER_SECONDS * 1000 - 5000)
      continue;
    last.set(`${event['sym'] ?? event['pair']} ${event['s']}`, event);
  }
  return [...last.values()];
}

function blockOf(history: MarketHistory, listing: Listing, seconds: boolean): BarBlock {
  const block = new BarBlock(90_000);
  const session = history.calendar.session('2026-10-02')!;
  if (seconds) history.seconds(listing, session, Number.POSITIVE_INFINITY, block);
  else history.minutes(listing, session, Number.POSITIVE_INFINITY, block);
  return block;
}

function barAt(block: BarBlock, second: number): Bar {
  const bar = emptyBar();
  const at = block.starts.subarray(0, block.count).indexOf(second);
  expect(at).to.be.at.least(0);
  block.read(at, bar);
  return bar;
}

describe('simulator history', () => {
  for (const market of SIMULATED_MARKETS) {
    it(`${market} - settled windows are what the stream sent last, and no others`, () => {
      const tape = new MarketTape({ market, symbols: 6, barsPerSecond: 4, lateShare: 0.2 });
      const events = tape.runTo(RUN_SECONDS);
      const { history, universe } = tape.market;
      const { unitsPerPrice, unitsPerVolume } = universe;
      for (const seconds of [true, false]) {
        const bars = settled(events, seconds);
        expect(bars.length).to.be.above(seconds ? 100 : 5);
        const starts = new Set(bars.map(({ s }) => Number(s) / 1000));
        const [first, last] = [Math.min(...starts), Math.max(...starts)];
        for (const listing of history.listings.filter(({ delisted }) => delisted === undefined)) {
          const block = blockOf(history, listing, seconds);
          const sent = bars.filter(bar => (bar['sym'] ?? bar['pair']) === listing.ticker);
          const within = block.starts
            .subarray(0, block.count)
            .filter(start => start >= first && start <= last);
          expect(within.length, listing.ticker).to.equal(sent.length);
          for (const event of sent) {
            const bar = barAt(block, Number(event['s']) / 1000);
            const told = JSON.stringify(event);
            expect(
              [bar.open, bar.high, bar.low, bar.close].map(price => price / unitsPerPrice),
              told,
            ).to.deep.equal([event['o'], event['h'], event['l'], event['c']]);
            const exact = market === 'stocks' || market === 'options' ? event['dv'] : event['v'];
            if (exact !== undefined) expect(bar.volume / unitsPerVolume, told).to.equal(Number(exact));
            if ('vw' in event)
              expect(Math.round(bar.notional / bar.volume) / unitsPerPrice, told).to.equal(event['vw']);
            if ('n' in event) expect(bar.trades, told).to.equal(event['n']);
          }
        }
      }
    });
  }

  it('late trades - a window is told as it was known then', () => {
    const { history } = new MarketTape({ symbols: 1, barsPerSecond: 0.9, lateShare: 1 }).market;
    const session = history.calendar.session('2026-10-01')!;
    const [listing] = history.listings.filter(({ delisted }) => delisted === undefined);
    const [early, late] = [new BarBlock(90_000), new BarBlock(90_000)];
    const known = session.from + 600;
    history.seconds(listing!, session, known, early);
    history.seconds(listing!, session, Number.POSITIVE_INFINITY, late);
    expect(early.starts[early.count - 1]).to.be.at.most(known);
    const trades = (block: BarBlock): number =>
      block.trades.subarray(0, early.count).reduce((sum, count) => sum + count, 0);
    expect(trades(late)).to.be.above(trades(early));
  });

  it('splits - earlier prices are those of the shares of that time', () => {
    const { history } = new MarketTape({ symbols: 20 }).market;
    const nvidia = history.listing('NVDA')!;
    const bar = emptyBar();
    const openOn = (date: string): number => {
      const session = history.calendar.session(date)!;
      expect(history.day(nvidia, session, Number.POSITIVE_INFINITY, bar, new BarBlock(1500))).to.equal(true);
      return bar.open / nvidia.universe.unitsPerPrice;
    };
    expect(openOn('2024-06-07') / openOn('2024-06-10')).to.be.within(9, 11);
    expect(openOn('2021-07-19') / openOn('2021-07-20')).to.be.within(3.6, 4.4);
  });

  it('stocks before fractional volumes - have whole shares', () => {
    const { history } = new MarketTape({ symbols: 5 }).market;
    const volumes = (date: string): number[] => {
      const block = new BarBlock(1500);
      history.minutes(
        history.listing('AAPL')!,
        history.calendar.session(date)!,
        Number.POSITIVE_INFINITY,
        block,
      );
      return [...block.volume.subarray(0, block.count)];
    };
    expect(volumes('2026-02-20').every(volume => volume % 1_000_000 === 0)).to.equal(true);
    expect(volumes('2026-02-23').some(volume => volume % 1_000_000 !== 0)).to.equal(true);
  });

  it('delisted stocks - have bars until then, and none after', () => {
    const { history } = new MarketTape({ symbols: 50, barsPerSecond: 40 }).market;
    const gone = history.listings.find(({ delisted }) => delisted !== undefined)!;
    const traded = (after: boolean): boolean => {
      const bar = emptyBar();
      return [...history.calendar.sessions('2025-06-01', '2026-10-01')]
        .filter(({ date }) => date >= gone.delisted! === after)
        .slice(after ? 0 : -3)
        .some(session => history.day(gone, session, Number.POSITIVE_INFINITY, bar, new BarBlock(1500)));
    };
    expect(traded(false)).to.equal(true);
    expect(traded(true)).to.equal(false);
  });

  it('path - walked second by second it is the same', () => {
    const walker = new PathWalker();
    for (const [seed, from] of [
      [7, 1_790_000_000],
      [-9, 1_790_000_001],
      [7, 1_790_000_003],
    ] as const) {
      for (let second = from; second < from + 5000; second += 1 + (second % 3)) {
        expect(walker.at(seed, second)).to.equal(pathAt(seed, second));
      }
    }
  });
});
