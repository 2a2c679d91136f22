import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { type Reading, readGzip } from './bars-harness.ts';

/*
 * Files with the usual header have a reader of their own. The same rows with one column more go through the reader of
 * every header, and both must say the same of each row: of those that are usual, and of those that differ from them by a
 * byte.
 */

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions';

const ticker = fc.constantFrom('A', 'AA', 'AAPL', 'BApA', 'BRK.B', 'ABCDEFG', 'ABCDEFGH', 'ABCDEFGHIJ');

const decimal = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 10 ** 9 }).map(n => (n / 1e6).toFixed(6)) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 10 ** 15 }).map(n => (n / 1e6).toFixed(6)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 ** 9 }).map(n => (n / 1e7).toFixed(7)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 10 ** 9 }).map(n => (n / 1e5).toFixed(5)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '1',
      '1.5',
      '.500000',
      '1234567.000001',
      '9999999.999999',
      '10000000.000000',
    ),
  },
);

const start = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 29_000_000, max: 29_010_000 }).map(minute => minute * 60_000) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }).map(s => s * 1000) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }) },
  // A digit too few, with which a zero comes in front.
  { weight: 1, arbitrary: fc.integer({ min: 100_000_000, max: 999_999_999 }).map(s => s * 1000) },
);

const trades = fc.oneof(
  { weight: 9, arbitrary: fc.nat({ max: 99_999 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('', '0', '1234567', '12345678', '123456789012', '1.0') },
);

/** What follows the ticker. */
const usualRow = fc
  .tuple(fc.array(decimal, { minLength: 5, maxLength: 5 }), start, trades)
  .map(([decimals, startMs, count]) =>
    [...decimals, `${String(startMs).padStart(13, '0')}000000`, count].join(','),
  );

const character = fc.oneof(
  fc.constantFrom(...'.-+/:09 ",A\r'),
  fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)),
);

/** Which character of a row is another; of most none. */
const damage = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(), character) },
);

/** Rows of one ticker, of which few have one of their characters another. */
const run = fc.tuple(ticker, fc.array(fc.tuple(usualRow, damage), { maxLength: 40 })).map(([name, rows]) =>
  rows.map(([rest, damaged]) => {
    const row = `${name},${rest}`;
    if (!damaged) return row;
    const [position, another] = damaged;
    const at = position % row.length;
    return row.slice(0, at) + another + row.slice(at + 1);
  }),
);

const file = fc.record({
  runs: fc.array(run, { maxLength: 8 }),
  blockRows: fc.integer({ min: 1, max: 60 }),
  chunkBytes: fc.integer({ min: 300, max: 9000 }),
});

function read(lines: readonly string[], blockRows: number, chunkBytes: number): Promise<Reading> {
  // Stored, not deflated: the chunks are those in which the reader takes the text.
  const gzip = gzipSync(`${lines.join('\n')}\n`, { level: 0 });
  const chunks = Array.from({ length: Math.ceil(gzip.length / chunkBytes) }, (_, i) =>
    gzip.subarray(i * chunkBytes, (i + 1) * chunkBytes),
  );
  return readGzip(chunks, { blockRows });
}

describe('usual rows - differential', () => {
  it('are read as in a file with one column more, whatever follows them and wherever chunks and blocks end', async () => {
    await fc.assert(
      fc.asyncProperty(file, async ({ runs, blockRows, chunkBytes }) => {
        const all = runs.flat();
        const usual = await read([HEADER, ...all], blockRows, chunkBytes);
        const general = await read([`more,${HEADER}`, ...all.map(row => `x,${row}`)], blockRows, chunkBytes);
        expect(usual.error).to.equal(undefined);
        expect(usual.bars).to.deep.equal(general.bars);
        expect(usual.blocks).to.deep.equal(general.blocks);
        const bad = ({ rejected }: Reading) => rejected.map(({ line, reason }) => ({ line, reason }));
        expect(bad(usual)).to.deep.equal(bad(general));
      }),
      { numRuns: 300 },
    );
  });
});
