import { expect } from 'chai';
import { AT_MS, MarketTape, type WireEvent } from './market-tape.ts';

/** Last version of every bar, by symbol and start. */
function lastVersions(events: readonly WireEvent[], channel: string): Map<string, WireEvent> {
  const bars = events.filter(({ ev }) => ev === channel);
  return new Map(bars.map(bar => [`${bar['sym']} ${bar['s']}`, bar]));
}

function exactVolume(bar: WireEvent): number {
  return Number(bar['dv'] ?? bar['v']);
}

describe('simulator bars', () => {
  it('minutes - are the aggregation of their seconds, late trades included', () => {
    const events = new MarketTape({ lateShare: 0.3 }).runTo(200);
    const seconds = lastVersions(events, 'A');
    const minutes = lastVersions(events, 'AM');
    // Minutes of which every second was sent too.
    const whole = [...minutes.values()].filter(({ s }) => Number(s) > AT_MS);
    expect(whole.length).to.be.above(100);
    for (const minute of whole) {
      const parts = Array.from({ length: 60 }, (_, i) =>
        seconds.get(`${minute['sym']} ${Number(minute['s']) + i * 1000}`),
      );
      const bars = parts.filter(bar => bar !== undefined);
      const text = JSON.stringify(minute);
      expect(minute['o'], text).to.equal(bars[0]!['o']);
      expect(minute['c'], text).to.equal(bars.at(-1)!['c']);
      expect(minute['h'], text).to.equal(Math.max(...bars.map(({ h }) => Number(h))));
      expect(minute['l'], text).to.equal(Math.min(...bars.map(({ l }) => Number(l))));
      if ([minute, ...bars].some(bar => !('dv' in bar) || !('vw' in bar))) continue;
      const volume = bars.reduce((sum, bar) => sum + exactVolume(bar), 0);
      expect(exactVolume(minute), text).to.be.closeTo(volume, 1e-5);
      const value = bars.reduce((sum, bar) => sum + exactVolume(bar) * Number(bar['vw']), 0);
      expect(Number(minute['vw']), text).to.be.closeTo(value / volume, 0.0002);
    }
  });

  it('windows - without a trade have no bar', () => {
    const events = new MarketTape({ lateShare: 0 }).runTo(100);
    const seconds = lastVersions(events, 'A');
    const symbols = new Set([...seconds.values()].map(({ sym }) => sym));
    expect(seconds.size).to.be.below(symbols.size * 90);
    for (const bar of seconds.values()) expect(exactVolume(bar)).to.be.above(0);
  });

  it('hours - of the exchange: nothing is traded before it opens or after it has closed, corrections still come', () => {
    const close = Date.UTC(2026, 9, 3, 0);
    const tape = new MarketTape({ atMs: close - 60_000, lateShare: 0.3, hours: 'exchange' });
    while (tape.market.feed.dueMs < close + 600_000) tape.market.feed.step();
    const { events } = tape;
    const starts = events.map(({ s }) => Number(s));
    expect(Math.max(...starts)).to.be.within(close - 60_000, close - 1000);
    const lastVersion = events.findLast(({ ev }) => ev === 'A')!;
    expect(starts.filter(start => start === lastVersion['s']).length).to.be.above(1);
    const open = Date.UTC(2026, 9, 5, 8);
    const next = new MarketTape({ atMs: open - 60_000, hours: 'exchange' });
    while (next.market.feed.dueMs < open + 60_000) next.market.feed.step();
    expect(Math.min(...next.events.map(({ s }) => Number(s)))).to.be.within(open, open + 5000);
  });

  it('activity - few symbols make most of the bars', () => {
    const events = new MarketTape({ symbols: 1000, barsPerSecond: 100 }).runTo(30);
    const counts = new Map<unknown, number>();
    for (const { sym, ev } of events) if (ev === 'A') counts.set(sym, (counts.get(sym) ?? 0) + 1);
    const sorted = [...counts.values()].sort((a, b) => b - a);
    const total = sorted.reduce((sum, count) => sum + count, 0);
    const busiest = sorted.slice(0, 100).reduce((sum, count) => sum + count, 0);
    expect(busiest / total).to.be.above(0.4);
    expect(sorted.length, 'sparse ones trade too').to.be.above(200);
  });

  it('rate - is what was asked for', () => {
    const events = new MarketTape({ symbols: 400, barsPerSecond: 150, lateShare: 0 }).runTo(120);
    expect(events.length / 120).to.be.within(140, 160);
  });

  it('order - a second is sent 2 s after its end, a minute within 2 s', () => {
    const tape = new MarketTape({ lateShare: 0 });
    let nowMs = 0;
    const delays: Record<string, number[]> = { A: [], AM: [] };
    const { take } = tape;
    tape.take = batch => {
      take.call(tape, batch);
      for (const event of tape.events) delays[event['ev'] as string]!.push(nowMs - Number(event['e']));
      tape.messages.length = 0;
    };
    while (tape.market.feed.dueMs < AT_MS + 70_000) {
      nowMs = tape.market.feed.dueMs;
      tape.market.feed.step();
    }
    expect(Math.min(...delays['A']!)).to.be.at.least(2000);
    expect(Math.max(...delays['A']!)).to.be.below(3000);
    expect(Math.min(...delays['AM']!)).to.be.at.least(200);
    expect(Math.max(...delays['AM']!)).to.be.at.most(2000);
  });

  it('day - the accumulated volume grows by what each bar brings', () => {
    const events = new MarketTape({ symbols: 5, barsPerSecond: 4, lateShare: 0 }).runTo(50);
    const accumulated = new Map<unknown, number>();
    for (const bar of events) {
      if (bar['ev'] !== 'A' || !('dav' in bar)) {
        if (bar['ev'] === 'A') accumulated.delete(bar['sym']);
        continue;
      }
      const before = accumulated.get(bar['sym']);
      const now = Number(bar['dav']);
      if (before !== undefined) expect(now - before).to.be.closeTo(exactVolume(bar), 1e-5);
      accumulated.set(bar['sym'], now);
    }
  });

  it('day - a minute has accumulated all of its seconds, though the last of them are sent later', () => {
    const events = new MarketTape({ symbols: 5, barsPerSecond: 4 }).runTo(10);
    const boundary = Date.UTC(2026, 9, 2, 18);
    for (const minute of events.filter(
      ({ ev, e, dav }) => ev === 'AM' && e === boundary && dav !== undefined,
    )) {
      const last = events
        .filter(({ ev, sym, e }) => ev === 'A' && sym === minute['sym'] && Number(e) <= boundary)
        .filter(({ dav }) => dav !== undefined)
        .map(({ dav }) => Number(dav));
      expect(Number(minute['dav'])).to.be.at.least(Math.max(...last));
    }
  });

  it('seed - the same one gives the same bytes, another one others', () => {
    const bytes = (seed: number): string => {
      const tape = new MarketTape({ seed });
      tape.runTo(30);
      return tape.messages.join('\n');
    };
    expect(bytes(7)).to.equal(bytes(7));
    expect(bytes(7)).not.to.equal(bytes(8));
  });

  it('seed - a symbol has the same prices among few and among many', () => {
    const prices = (symbols: number): Map<string, unknown> => {
      const events = new MarketTape({ symbols, barsPerSecond: symbols * 0.9, lateShare: 0 }).runTo(10);
      const bars = events.filter(({ sym, ev }) => sym === 'AAPL' && ev === 'A');
      return new Map(bars.map(bar => [String(bar['s']), bar['o']]));
    };
    const few = prices(3);
    for (const [start, open] of prices(300)) if (few.has(start)) expect(few.get(start)).to.equal(open);
  });
});
