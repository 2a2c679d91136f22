import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BarRecord, combinedTruth, rememberedWindows } from '../../../src/simulator/bar-record.ts';
import { SIMULATED_MARKETS } from '../../../src/simulator/markets.ts';
import { BarHasher, Checksum, symbolHash } from '../../../src/simulator/truth.ts';
import { TruthFile } from '../../../src/simulator/truth-file.ts';
import { truthOfReceived } from './independent-truth.ts';
import { MarketTape } from './market-tape.ts';

describe('simulator truth', () => {
  for (const market of SIMULATED_MARKETS) {
    it(`${market} - equals what somebody else computes from what arrived`, () => {
      const tape = new MarketTape({ market, symbols: 40, lateShare: 0.3 });
      const events = tape.runTo(80);
      expect(tape.market.publisher.record.truth).to.deep.equal(truthOfReceived(market, events));
    });
  }

  it('subscription - only what somebody wanted was sent', () => {
    const tape = new MarketTape({ symbols: 10, barsPerSecond: 9 });
    tape.wanted.fill(0);
    tape.market.publisher.interestChanged();
    tape.runTo(20);
    const nothing = { sent: 0, distinct: 0, checksum: '0000000000000000' };
    expect(tape.market.publisher.record.truth).to.deep.equal({ agg1s: nothing, agg1m: nothing });
    tape.wanted[tape.market.universe.indexOf.get('AAPL')!] = 1;
    tape.market.publisher.interestChanged();
    const events = tape.runTo(80);
    expect(new Set(events.map(({ ev, sym }) => `${ev} ${sym}`))).to.deep.equal(new Set(['A AAPL']));
    expect(tape.market.publisher.record.truth).to.deep.equal(truthOfReceived('stocks', events));
  });

  it('record - a later version takes the place of the earlier one, however late in the correction window', () => {
    const record = new BarRecord(4, 10);
    record.add(1, 2, 100, 11, 12);
    for (let window = 101; window < 110; window++) record.add(1, 0, window, 1, 1);
    record.add(1, 2, 100, 21, 22);
    const expected = new Checksum();
    expected.add(21 + 9, 22 + 9);
    expect(record.truth).to.deep.equal({ sent: 11, distinct: 10, checksum: expected.toString() });
  });

  it('record - a window that takes the place of an old one in the ring begins empty', () => {
    const record = new BarRecord(4, 10);
    record.add(1, 2, 100, 11, 12);
    record.add(1, 2, 110, 21, 22);
    expect(record.truth).to.deep.include({ sent: 2, distinct: 2 });
  });

  it('record - what is sent twice counts twice and changes nothing else', () => {
    const record = new BarRecord(1, 10);
    record.add(2, 0, 5, 7, 8);
    expect(record.truth).to.deep.include({ sent: 2, distinct: 1 });
    expect(combinedTruth([record, record])).to.deep.include({ sent: 4, distinct: 2 });
  });

  it('memory - is bounded: the whole market keeps the correction window, more symbols keep less', () => {
    expect(rememberedWindows(12_000, 916)).to.equal(916);
    expect(rememberedWindows(200_000, 916)).to.be.within(70, 100);
  });

  it('checksum - a missing number, another start and another market make another bar', () => {
    const hasher = new BarHasher();
    const hashes = new Set<string>();
    const add = (startMs: number, name: number): void => {
      hasher.hash(startMs, name);
      hashes.add(`${hasher.first} ${hasher.second}`);
    };
    hasher.numbers.fill(0);
    add(0, symbolHash('stocks', 'A'));
    add(2 ** 32 * 1000, symbolHash('stocks', 'A'));
    add(0, symbolHash('options', 'A'));
    hasher.numbers[3] = Number.NaN;
    add(0, symbolHash('stocks', 'A'));
    expect(hashes.size).to.equal(4);
  });

  it('file - has every version that was sent, with the numbers of the tables', () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-truth-'));
    try {
      const path = join(directory, 'truth.ndjson');
      const truthFile = new TruthFile(path);
      const tape = new MarketTape({ truthFile, symbols: 20 });
      const events = tape.runTo(20);
      truthFile.close();
      const lines = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(lines.length).to.equal(events.length);
      for (const [index, { ev, sym, s, o, h, l, c, vw = null }] of events.entries()) {
        expect(lines[index]).to.deep.include({
          table: ev === 'A' ? 'agg1s' : 'agg1m',
          mkt: 'stocks',
          sym,
          startMs: s,
          open: o,
          high: h,
          low: l,
          close: c,
          vwap: vw,
        });
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
