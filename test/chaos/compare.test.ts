import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { NUMBERS } from './bar.ts';
import { type Evidence, isClean, judge } from './compare.ts';
import type { Gap } from './gaps.ts';
import type { Row } from './tables.ts';
import { truthOf } from './truth.ts';

const DAY_MS = Date.UTC(2026, 9, 2);
const GAP: Gap = {
  id: 1,
  channels: ['XAS', 'XA'],
  beginMs: DAY_MS,
  endMs: DAY_MS + 60_000,
  cause: 'crash',
  state: 'filled',
};

function line(second: number, close: number, sent = 2): string {
  const numbers = Object.fromEntries(NUMBERS.map(name => [name, name === 'close' ? close : 7]));
  return JSON.stringify({
    table: 'agg1s',
    mkt: 'crypto',
    sym: 'BTC-USD',
    startMs: DAY_MS + second * 1000,
    ...numbers,
    sent,
  });
}

function row(second: number, close: number, more: Partial<Row> = {}): Row {
  return {
    table: 'agg1s',
    mkt: 'crypto',
    sym: 'BTC-USD',
    startMs: DAY_MS + second * 1000,
    numbers: NUMBERS.map(name => (name === 'close' ? close : 7)),
    src: 'ws',
    received: `${second}.${close}`,
    date: '2026-10-02',
    place: 'rdb',
    ...more,
  };
}

function evidence(lines: readonly string[], rows: readonly Row[], gaps: readonly Gap[] = []): Evidence {
  return {
    truth: truthOf(lines),
    rows,
    gaps,
    channels: { agg1s: 'XAS', agg1m: 'XA' },
    tradingDate: startMs => new Date(startMs).toISOString().slice(0, 10),
    risks: [],
    fromMs: DAY_MS,
    untilMs: DAY_MS + 3_600_000,
  };
}

describe('chaos compare - what a run is judged by', () => {
  it('finds nothing where the last versions are those that were sent last', () => {
    const verdict = judge(
      evidence([line(1, 10), line(2, 20), line(1, 11)], [row(1, 10), row(2, 20), row(1, 11)]),
    );
    expect(verdict).to.deep.include({ bars: 2, lost: 0, wrong: 0, doubled: 0, repeated: 0, uncovered: 0 });
    expect(isClean(verdict)).to.equal(true);
  });

  it('finds a bar that is lost, a value that is wrong, and a version that is not the last', () => {
    const lines = [line(1, 10), line(2, 20), line(3, 30), line(3, 31)];
    const verdict = judge(evidence(lines, [row(2, 21), row(3, 30)]));
    expect(verdict).to.deep.include({ lost: 1, wrong: 2 });
    expect(isClean(verdict)).to.equal(false);
  });

  it('finds a bar that is in HDB and RDB, or twice in the HDB, and a row that was delivered twice', () => {
    const hdb = row(1, 10, { place: 'hdb' });
    expect(judge(evidence([line(1, 10)], [hdb, hdb]))).to.deep.include({ doubled: 1 });
    expect(judge(evidence([line(1, 10)], [hdb, row(1, 10)]))).to.deep.include({ doubled: 1 });
    const alike = judge(evidence([line(1, 10), line(1, 10)], [row(1, 10), row(1, 10)]));
    expect(alike.repeated).to.equal(0);
    expect(judge(evidence([line(1, 10)], [row(1, 10), row(1, 10)]))).to.deep.include({
      repeated: 1,
      doubled: 0,
    });
  });

  it('wants a gap wherever the daemon was not sent a version', () => {
    const lines = [line(1, 10), line(2, 20, 1), line(70, 30, 1)];
    const rows = [row(1, 10), row(2, 20, { src: 'rest' }), row(70, 30, { src: 'rest' })];
    expect(judge(evidence(lines, rows, [GAP]))).to.deep.include({ uncovered: 1, lost: 0, wrong: 0 });
  });

  it('excuses bars of a gap that says that it is not filled, and of no other', () => {
    const lines = [line(1, 10), line(2, 20, 1), line(70, 30, 1)];
    const gaps: Gap[] = [
      { ...GAP, state: 'unfillable' },
      { ...GAP, beginMs: GAP.endMs!, endMs: GAP.endMs! + 60_000 },
    ];
    expect(judge(evidence(lines, [row(1, 10)], gaps))).to.deep.include({ excused: 1, lost: 1, uncovered: 0 });
  });

  it('compares what only the stream has where the row came from there', () => {
    const other = {
      numbers: NUMBERS.map(name => (name === 'close' ? 10 : name === 'dayvol' ? Number.NaN : 7)),
    };
    expect(judge(evidence([line(1, 10)], [row(1, 10, { ...other, src: 'rest' })])).wrong).to.equal(0);
    expect(judge(evidence([line(1, 10)], [row(1, 10, other)])).wrong).to.equal(1);
  });

  it('takes what a merge keeps of an earlier version, and not what the stream never had', () => {
    const without = JSON.stringify({ ...JSON.parse(line(1, 10)), trades: null });
    expect(judge(evidence([without], [row(1, 10, { place: 'hdb' })])).wrong).to.equal(0);
    expect(judge(evidence([without], [row(1, 10)])).wrong).to.equal(1);
  });

  it('lets two fills bring the same row only where the clock stood still', () => {
    const fetched = row(2, 20, { src: 'rest' });
    const given = evidence([line(1, 10), line(2, 20, 1)], [row(1, 10), fetched, fetched], [GAP]);
    expect(judge(given).repeated).to.equal(1);
    expect(judge({ ...given, clockStepped: true }).repeated).to.equal(0);
    const often = { ...given, rows: [row(1, 10), fetched, fetched, fetched], clockStepped: true };
    expect(judge(often).repeated).to.equal(1);
  });

  it('wants what the daemon had time to store as the stream had it, whatever REST has filled', () => {
    const lines = [line(1, 10), line(2, 20), line(30, 30, 1)];
    const rows = [row(1, 10), row(2, 20, { src: 'rest' }), row(30, 30, { src: 'rest' })];
    const given = evidence(lines, rows, [GAP]);
    expect(judge(given)).to.deep.include({ unstored: 1, lost: 0 });
    const risks = [{ fromMs: DAY_MS + 5000, untilMs: DAY_MS + 6000 }];
    expect(judge({ ...given, risks }).unstored).to.equal(0);
    expect(judge({ ...given, risks: undefined }).unstored).to.equal(0);
  });

  it('finds bars that were never sent and rows in another date', () => {
    const rows = [row(1, 10), row(9, 10), row(-1, 10), row(1, 10, { place: 'hdb', date: '2026-10-01' })];
    expect(judge(evidence([line(1, 10)], rows))).to.deep.include({ invented: 1, misfiled: 2 });
  });

  it('does not ask for what was sent before anybody listened', () => {
    expect(judge(evidence([line(1, 10, 1), line(2, 20)], [row(2, 20)]))).to.deep.include({
      bars: 1,
      lost: 0,
    });
  });

  it('stands on nothing of what it judges: no file of chaos imports any of src', () => {
    const files = readdirSync(import.meta.dirname, { recursive: true }).map(name => String(name));
    const wrong = files
      .filter(name => name.endsWith('.ts'))
      .filter(name =>
        [...readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/from '(\.[^']+)'/g)].some(
          ([, specifier]) => join(dirname(name), specifier!).startsWith('..'),
        ),
      );
    expect(files).to.include('compare.ts');
    expect(wrong).to.deep.equal([]);
  });
});
