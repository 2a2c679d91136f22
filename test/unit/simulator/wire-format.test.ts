import { expect } from 'chai';
import { SIMULATED_MARKETS } from '../../../src/simulator/markets.ts';
import { MarketTape, type WireEvent } from './market-tape.ts';
import { formProblems, LITERAL_EVENTS, REFERENCE } from './wire-format.ts';

describe('simulator wire format', () => {
  it('reference - accepts what the service really sent', () => {
    for (const [market, text] of LITERAL_EVENTS) {
      expect(formProblems(market, JSON.parse(text) as WireEvent), text).to.deep.equal([]);
    }
  });

  for (const market of SIMULATED_MARKETS) {
    it(`${market} - every field of every event has the name, type and unit of the reference`, () => {
      const events = new MarketTape({ market, symbols: 120, barsPerSecond: 110 }).runTo(20);
      for (const event of events) {
        expect(formProblems(market, event), JSON.stringify(event)).to.deep.equal([]);
        expectConsistent(event);
      }
      const seen = new Set(events.flatMap(event => Object.keys(event)));
      const { always, sometimes } = REFERENCE[market]!;
      expect([...seen].sort()).to.deep.equal(Object.keys({ ...always, ...sometimes }).sort());
    });
  }

  it('channels - seconds and minutes bear the names of their market', () => {
    const channels = Object.fromEntries(
      SIMULATED_MARKETS.map(market => {
        const events = new MarketTape({ market }).runTo(10);
        const lengths = new Map(events.map(({ ev, s, e }) => [Number(e) - Number(s), ev]));
        return [market, [lengths.get(1000), lengths.get(60_000)]];
      }),
    );
    expect(channels).to.deep.equal({
      stocks: ['A', 'AM'],
      options: ['A', 'AM'],
      indices: ['A', 'AM'],
      forex: ['CAS', 'CA'],
      crypto: ['XAS', 'XA'],
      futures: ['A', 'AM'],
    });
  });

  it('numbers - are written as the service writes them', () => {
    const text = new MarketTape({ symbols: 200, barsPerSecond: 190 }, 1);
    text.runTo(40);
    const sample = text.messages.join('\n');
    expect(sample, 'an average size with a fraction').to.match(/"z":\d+\.\d*[1-9]/);
    expect(sample, 'an average size like 12.0').to.match(/"z":\d+\.0,/);
    expect(sample, 'a whole exact volume').to.match(/"dv":"\d+\.0"/);
    expect(sample, 'a fractional exact volume').to.match(/"dv":"\d+\.\d{6}"/);
    expect(sample, 'a price without its trailing zeros').to.match(/"o":\d+\.\d,/);
    expect(sample).not.to.match(/NaN|Infinity|undefined|null/);
  });

  it('official open - is left out before it is made', () => {
    const beforeOpen = new MarketTape({ atMs: Date.UTC(2026, 9, 2, 13, 29, 50) });
    while (beforeOpen.market.feed.dueMs < Date.UTC(2026, 9, 2, 13, 30, 10)) beforeOpen.market.feed.step();
    const openMs = Date.UTC(2026, 9, 2, 13, 30);
    const seconds = beforeOpen.events.filter(({ ev }) => ev === 'A');
    expect(seconds.some(({ s }) => Number(s) >= openMs)).to.equal(true);
    for (const event of seconds) expect('op' in event).to.equal(Number(event['s']) >= openMs);
  });

  it('futures - a spread may cost less than nothing, and dv is dollars', () => {
    const events = new MarketTape({ market: 'futures', symbols: 12 }).runTo(10);
    const spread = events.find(({ sym }) => String(sym).includes('-'))!;
    expect(Number(spread['o'])).to.be.below(0);
    const index = events.find(({ sym }) => String(sym).startsWith('ES') && !String(sym).includes('-'))!;
    expect(Number(index['dv']) / Number(index['v']) / Number(index['o'])).to.be.closeTo(50, 0.5);
  });
});

function expectConsistent(event: WireEvent): void {
  const { o, h, l, c, vw, v, av, s, e, dv, dav } = event as Record<string, number> & WireEvent;
  const text = JSON.stringify(event);
  expect(h, text).to.be.at.least(Math.max(o!, c!));
  expect(l, text).to.be.at.most(Math.min(o!, c!));
  if (vw !== undefined) expect(vw, text).to.be.within(l!, h!);
  expect([1000, 60_000], text).to.include(e! - s!);
  expect(s! % (e! - s!), text).to.equal(0);
  if (typeof dv === 'string') expect(Math.floor(Number(dv)), text).to.equal(v);
  if (typeof dav === 'string') expect(Math.floor(Number(dav)), text).to.equal(av);
}
