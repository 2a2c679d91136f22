import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { BLOCK_ROWS } from '../../../../src/massive/bars/bar-block.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FILE, readGzip, readText } from './bars-harness.ts';

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions';
const ROW = 'A,28038.875816,115.030000,114.910000,115.040000,114.760000,1779456600000000000,125';
const NS_PER_MINUTE = 60_000_000_000n;

const SAMPLES = new URL('../../../../../shared/samples/', import.meta.url);

const file = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`;
const symbols = async (text: string, options = {}) =>
  (await readText(text, options)).bars.map(({ values }) => values['sym']);

describe('flat bars - values', () => {
  it('are those of the row, exact, and null where the file has no column', async () => {
    const clock = new ManualClock();
    const { bars } = await readText(file(ROW), { clock });
    expect(bars).to.deep.equal([
      {
        date: '2026-05-22',
        values: {
          // 13:30Z is 09:30 in New York.
          time: 570n * NS_PER_MINUTE,
          sym: 'A',
          start: 1779456600000000000n,
          open: 115.03,
          high: 115.04,
          low: 114.76,
          close: 114.91,
          volume: 28038.875816,
          vwap: null,
          trades: 125n,
          avgsize: null,
          dayvol: null,
          dayvwap: null,
          dayopen: null,
          mkt: 'stocks',
          src: 'flat',
          recv: BigInt(clock.wallMs()) * 1_000_000n,
        },
      },
    ]);
  });

  it('of the published samples are those that their text says', async function () {
    const names = [
      'us_stocks_sip_minute_aggs_v1_excerpts.csv',
      'us_stocks_sip_day_aggs_v1_2026-10-02_excerpt.csv',
    ];
    if (!names.every(name => existsSync(new URL(name, SAMPLES)))) return this.skip();
    for (const name of names) {
      const text = readFileSync(new URL(name, SAMPLES), 'utf8');
      const isDay = name.includes('day_aggs');
      const { bars, rejected } = await readText(text, { table: isDay ? 'agg1d' : 'agg1m' });
      expect(rejected).to.deep.equal([]);
      const written = bars.map(({ values }) =>
        ['sym', 'volume', 'open', 'close', 'high', 'low', 'start', 'trades'].map(column => values[column]),
      );
      const rows = text.trimEnd().split('\n').slice(1);
      expect(written).to.deep.equal(
        rows.map(row =>
          row.split(',').map((field, i) => (i === 0 ? field : i < 6 ? Number(field) : BigInt(field))),
        ),
      );
      if (isDay) expect(new Set(bars.map(({ date }) => date))).to.deep.equal(new Set(['2026-10-02']));
    }
  });

  it('keep every digit that a double or an int64 holds', async () => {
    const { bars } = await readText(
      file('A,123456789012.12346,0.0001,1e-7,1234567890123456.8,-1.5,1779456600123456789,9007199254740993'),
    );
    expect(bars[0]?.values).to.deep.include({
      volume: 123456789012.12346,
      open: 0.0001,
      close: 1e-7,
      high: 1234567890123456.8,
      low: -1.5,
      start: 1779456600123456789n,
      trades: 9007199254740993n,
    });
    expect(bars[0]?.values['time']).to.equal(570n * NS_PER_MINUTE + 123456789n);
  });

  it('that are empty are null', async () => {
    const { bars } = await readText(file('A,,,,,,1779456600000000000,'));
    const { volume, open, high, low, close, trades } = bars[0]!.values;
    expect([volume, open, high, low, close, trades]).to.deep.equal([null, null, null, null, null, null]);
  });
});

describe('flat bars - shape of the file', () => {
  it('is told by the names of the header, in any order, with unknown columns between', async () => {
    const byOrder = await readText(
      `open,extra,high,low,close,transactions,volume,window_start,other,ticker\n115.03,"x,y",115.04,114.76,114.91,125,28038.875816,1779456600000000000,,A\n`,
    );
    expect(byOrder.rejected).to.deep.equal([]);
    expect(byOrder.bars).to.deep.equal((await readText(file(ROW))).bars);
  });

  it('may have quoted fields, CRLF, a byte order mark, empty lines and no end of the last line', async () => {
    const plain = (await readText(file(ROW, ROW.replace('A,', 'B,')))).bars;
    const quoted = ROW.split(',')
      .map(field => `"${field}"`)
      .join(',');
    for (const text of [
      `${HEADER}\r\n${ROW}\r\n${ROW.replace('A,', 'B,')}\r\n`,
      `\uFEFF${HEADER}\n${ROW}\n\n\r\n${ROW.replace('A,', 'B,')}`,
      `"${HEADER.replaceAll(',', '","')}"\n${quoted}\n${quoted.replace('A', 'B')}\n`,
    ]) {
      const { bars, rejected } = await readText(text);
      expect(rejected, text).to.deep.equal([]);
      expect(bars, text).to.deep.equal(plain);
    }
  });

  it('that lacks a needed column is an error with file and header, before any row', async () => {
    for (const name of HEADER.split(',')) {
      const { error, bars } = await readText(file(ROW).replace(name, 'something'));
      expect(error?.code, name).to.equal('FLAT_FILE_HEADER');
      expect(error?.message).to.contain(`${FILE} lacks the column ${name}`).and.to.contain('something');
      expect(bars).to.deep.equal([]);
    }
    const twice = await readText(`${HEADER},close\n${ROW},1\n`);
    expect(twice.error?.message).to.contain('has twice the column close');
    const empty = await readText('\n');
    expect(empty.error?.code).to.equal('FLAT_FILE_HEADER');
    expect((await readText('')).error?.code).to.equal('FLAT_FILE_HEADER');
    expect((await readText('x'.repeat(500_000))).error?.code).to.equal('FLAT_FILE_HEADER');
  });
});

describe('flat bars - bad rows', () => {
  const cases: readonly (readonly [row: string, reason: string])[] = [
    ['A,1,1,1,1,1,1779456600000000000', 'row-fields'],
    ['A,1,1,1,1,1,1779456600000000000,1,1', 'row-fields'],
    ['A,1,1,1,1,1,1779456600000000000,1,', 'row-fields'],
    ['"A,1,1,1,1,1,1779456600000000000,1', 'row-fields'],
    ['A"B,1,1,1,1,1,1779456600000000000,1', 'row-fields'],
    [',1,1,1,1,1,1779456600000000000,1', 'ticker-invalid'],
    ['A B,1,1,1,1,1,1779456600000000000,1', 'ticker-invalid'],
    ['A\0,1,1,1,1,1,1779456600000000000,1', 'ticker-invalid'],
    [`${'A'.repeat(129)},1,1,1,1,1,1779456600000000000,1`, 'ticker-invalid'],
    ['A,1,1,1,1,1,,1', 'start-invalid'],
    ['A,1,1,1,1,1,0779456600000000000,1', 'start-invalid'],
    ['A,1,1,1,1,1,1779456600,1', 'start-invalid'],
    ['A,1,1,1,1,1,17794566000000000000,1', 'start-invalid'],
    ['A,1,1,1,1,1,-779456600000000000,1', 'start-invalid'],
    ['A,1,x,1,1,1,1779456600000000000,1', 'field-not-number'],
    ['A,1,NaN,1,1,1,1779456600000000000,1', 'field-not-number'],
    ['A,1,0x10,1,1,1,1779456600000000000,1', 'field-not-number'],
    ['A,1,1 ,1,1,1,1779456600000000000,1', 'field-not-number'],
    ['A,1,1,1,1,1,1779456600000000000,1.5', 'field-not-number'],
    ['A,1,1e999,1,1,1,1779456600000000000,1', 'field-out-of-range'],
    ['A,1,1,1,1,1,1779456600000000000,9223372036854775808', 'field-out-of-range'],
  ];

  it('cost only themselves, and are kept with file, line and reason', async () => {
    for (const [row, reason] of cases) {
      const { bars, rejected, error } = await readText(file(ROW, row, ROW));
      expect(error).to.equal(undefined);
      expect(bars, row).to.have.length(2);
      expect(bars[0]?.values).to.deep.equal(bars[1]?.values);
      expect(rejected, row).to.have.length(1);
      expect(rejected[0]).to.include({ reason, raw: row, file: FILE, line: 3 });
    }
  });

  it('leave nothing behind in the row that takes their place', async () => {
    const { bars } = await readText(
      file('A,5,5,5,5,5,1779456600000000000,x', 'B,,1,,1,1,1779456660000000000,'),
    );
    expect(
      bars.map(({ values }) => [values['sym'], values['volume'], values['close'], values['trades']]),
    ).to.deep.equal([['B', null, null, null]]);
  });

  it('include those that are not UTF-8', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${HEADER}\n`),
      Buffer.from([0xff, 0x41]),
      Buffer.from(`${ROW}\n${ROW}\n`),
    ]);
    const { bars, rejected } = await readGzip([gzipSync(bytes)]);
    expect(bars).to.have.length(1);
    expect(rejected[0]).to.include({ reason: 'row-fields', line: 2 });
  });

  it('include those that are too long, though all their fields are right', async () => {
    const extra = (length: number) => `${HEADER},extra\n${ROW},${'x'.repeat(length)}\n${ROW},\n`;
    expect((await readText(extra(60_000))).bars).to.have.length(2);
    expect((await readText(extra(70_000))).rejected.map(({ reason }) => reason)).to.deep.equal([
      'row-too-long',
    ]);
  });

  it('include those without an end in sight, after which reading goes on', async () => {
    for (const length of [65_534, 400_000, 1_000_000, 3_000_000]) {
      const { bars, rejected } = await readText(file(ROW, `A,${'9'.repeat(length)}`, 'short', ROW));
      expect(bars, String(length)).to.have.length(2);
      expect(rejected.map(({ reason, line }) => [reason, line])).to.deep.equal([
        ['row-too-long', 3],
        ['row-fields', 4],
      ]);
    }
  });
});

describe('flat bars - blocks', () => {
  it('hold so many rows at most, each with its own symbols', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => ROW.replace('A,', `${'ABC'[Math.floor(i / 9)]},`));
    const { bars, blocks } = await readText(file(...rows), { blockRows: 4 });
    expect(blocks).to.deep.equal([4, 4, 4, 4, 4, 4, 1]);
    expect(bars.map(({ values }) => values['sym']).join('')).to.equal(
      `${'A'.repeat(9)}${'B'.repeat(9)}${'C'.repeat(7)}`,
    );
    expect(bars.every(({ values }) => values['mkt'] === 'stocks' && values['src'] === 'flat')).to.equal(true);
    expect(BLOCK_ROWS).to.be.at.most(65_536);
  });

  it('have no rows of tickers that are not wanted', async () => {
    const text = file(...['A', 'AA', 'A', 'B', 'AA'].map(ticker => ROW.replace('A,', `${ticker},`)));
    expect(await symbols(text, { wants: (sym: string) => sym === 'AA', blockRows: 1 })).to.deep.equal([
      'AA',
      'AA',
    ]);
    const quoted = file('"A",1,1,1,1,1,1779456600000000000,1', '"B",1,1,1,1,1,1779456600000000000,1');
    expect(await symbols(quoted, { wants: (sym: string) => sym === 'B' })).to.deep.equal(['B']);
  });
});
