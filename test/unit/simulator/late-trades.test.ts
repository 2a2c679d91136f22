import { expect } from 'chai';
import { AT_MS, MarketTape, type WireEvent } from './market-tape.ts';

describe('simulator late trades', () => {
  it('market - has a past: minutes before the start are corrected soon after it', () => {
    const events = new MarketTape({ symbols: 100, barsPerSecond: 50, lateShare: 0.05 }).runTo(15);
    const early = events.filter(({ ev, e }) => ev === 'AM' && Number(e) <= AT_MS);
    expect(early.length).to.be.above(5);
    for (const { e } of early) expect(Number(e)).to.be.above(AT_MS - 16 * 60_000);
  });

  it('bars - are sent again with more volume, the same open and close, and wider or equal bounds', () => {
    const versions = new Map<string, WireEvent[]>();
    for (const event of new MarketTape({ lateShare: 0.3 }).runTo(150)) {
      const key = `${event['ev']} ${event['sym']} ${event['s']}`;
      versions.set(key, [...(versions.get(key) ?? []), event]);
    }
    const resent = [...versions.values()].filter(({ length }) => length > 1);
    expect(resent.length).to.be.above(200);
    for (const list of resent) {
      for (let i = 1; i < list.length; i++) {
        const [before, after] = [list[i - 1]!, list[i]!] as [Record<string, number>, Record<string, number>];
        expect(after['v']).to.be.at.least(before['v']!);
        expect([after['o'], after['c']]).to.deep.equal([before['o'], before['c']]);
        expect(after['h']).to.be.at.least(before['h']!);
        expect(after['l']).to.be.at.most(before['l']!);
      }
    }
  });

  it('share - of the seconds is sent again', () => {
    const events = new MarketTape({ symbols: 400, barsPerSecond: 200, lateShare: 0.05 }).runTo(120);
    const seconds = events.filter(({ ev }) => ev === 'A');
    const again = seconds.length - new Set(seconds.map(({ sym, s }) => `${sym} ${s}`)).size;
    // Those of the time before the start were not sent a first time.
    const first = seconds.filter(({ s }) => Number(s) < AT_MS - 3000).length;
    expect((again + first) / seconds.length).to.be.within(0.035, 0.065);
  });

  it('none - no bar is sent twice', () => {
    const events = new MarketTape({ lateShare: 0 }).runTo(130);
    expect(new Set(events.map(({ ev, sym, s }) => `${ev} ${sym} ${s}`)).size).to.equal(events.length);
  });
});
