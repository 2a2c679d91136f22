import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Market } from '../../../../src/tables/markets.ts';
import { type PlainBar, readGzip } from './bars-harness.ts';

/*
 * A file of random rows, read from bytes and, beside it, by splitting its text and Number(). The rows mix what is usual
 * with everything that the fast path leaves to the slow one, so that both must agree wherever one hands over.
 */

const MARKETS = ['stocks', 'options', 'indices', 'forex', 'crypto'] as const;

const TICKERS: Readonly<
  Record<(typeof MARKETS)[number], readonly (readonly [spelt: string, sym: string])[]>
> = {
  stocks: ['A', 'AA', 'AAPL', 'BApA', 'BRK.B', 'GOOGLWS', 'ABCDEFGH', 'ABCDEFGHI'].map(
    name => [name, name] as const,
  ),
  options: ['O:A260618C00100000', 'O:A260618C00100001'].map(name => [name, name] as const),
  indices: ['I:SPX', 'I:A'].map(name => [name, name] as const),
  forex: [
    ['C:EUR-USD', 'EUR/USD'],
    ['C:USD-JPY', 'USD/JPY'],
  ],
  crypto: [
    ['X:BTC-USD', 'BTC-USD'],
    ['X:1INCH-USDT', '1INCH-USDT'],
  ],
};

/** A field and what it says: undefined where it says nothing that a row may hold. */
interface Field {
  readonly text: string;
  readonly value: number | null | undefined;
}

const decimal = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 10 ** 12 }).map(n => (n / 1e6).toFixed(6)) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 10 ** 8 }).map(n => String(n / 1e4)) },
  { weight: 2, arbitrary: fc.nat().map(String) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '-0.5', '+1', '.5', '5.', '007', '1E3', '1e-3', '0.000000', '00.5'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'x',
      '1,5'.replace(',', ';'),
      '--1',
      '1e',
      '0x1',
      ' 1',
      'NaN',
      'Infinity',
      '1.2.3',
    ),
  },
);

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

function decimalField(text: string): Field {
  if (text === '') return { text, value: null };
  return { text, value: NUMBER.test(text) ? Number(text) : undefined };
}

const count = fc
  .oneof(
    fc.nat({ max: 1000 }).map(String),
    fc.nat().map(String),
    fc.constantFrom('', '1.0', '1.5', 'x', '12345678901'),
  )
  .map((text): Field => {
    if (text === '') return { text, value: null };
    return { text, value: Number.isInteger(Number(text)) ? Number(text) : undefined };
  });

/** Starts in milliseconds: whole minutes of two years mostly. */
const start = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 29_000_000, max: 30_000_000 }).map(minute => minute * 60_000) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }) },
);

const NAMES = [
  'ticker',
  'volume',
  'open',
  'close',
  'high',
  'low',
  'window_start',
  'transactions',
  'extra',
] as const;

interface RandomRow {
  readonly tickerIndex: number;
  readonly decimals: readonly Field[];
  readonly count: Field;
  readonly startMs: number;
  readonly isQuoted: boolean;
  readonly startDigits: number;
}

const randomRow: fc.Arbitrary<RandomRow> = fc.record({
  tickerIndex: fc.nat({ max: 7 }),
  decimals: fc.array(decimal.map(decimalField), { minLength: 5, maxLength: 5 }),
  count,
  startMs: start,
  isQuoted: fc.nat({ max: 15 }).map(n => n === 0),
  startDigits: fc.constantFrom(19, 19, 19, 19, 13, 16),
});

const randomFile = fc.record({
  market: fc.constantFrom(...MARKETS),
  order: fc.shuffledSubarray([...NAMES], { minLength: NAMES.length }),
  rows: fc.array(randomRow, { maxLength: 60 }),
  lineEnd: fc.constantFrom('\n', '\n', '\r\n'),
  endsOpen: fc.boolean(),
  blockRows: fc.integer({ min: 1, max: 40 }),
  chunkBytes: fc.integer({ min: 1, max: 4000 }),
});

function rowText(market: (typeof MARKETS)[number], order: readonly string[], row: RandomRow): string {
  const spellings = TICKERS[market];
  const [volume, open, close, high, low] = row.decimals.map(({ text }) => text);
  const byName: Record<string, string> = {
    ticker: spellings[row.tickerIndex % spellings.length]![0],
    volume: volume!,
    open: open!,
    close: close!,
    high: high!,
    low: low!,
    window_start: String(row.startMs).padEnd(row.startDigits, '0'),
    transactions: row.count.text,
    extra: 'Q',
  };
  return order.map(name => (row.isQuoted ? `"${byName[name]}"` : byName[name])).join(',');
}

/** What the row says, read naively; undefined where it is bad. */
function naive(market: (typeof MARKETS)[number], row: RandomRow): readonly unknown[] | undefined {
  const values = [...row.decimals, row.count].map(({ value }) => value);
  if (values.includes(undefined) || values.some(value => value !== null && !Number.isFinite(value)))
    return undefined;
  const spellings = TICKERS[market];
  return [spellings[row.tickerIndex % spellings.length]![1], BigInt(row.startMs) * 1_000_000n, ...values];
}

function inOrder({ values }: PlainBar): readonly unknown[] {
  const trades = values['trades'];
  return [
    values['sym'],
    values['start'],
    ...['volume', 'open', 'close', 'high', 'low'].map(name => values[name]),
    trades === null ? null : Number(trades),
  ];
}

describe('flat bars - differential', () => {
  it('bytes and text say the same, whatever the order, the chunks and the blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomFile,
        async ({ market, order, rows, lineEnd, endsOpen, blockRows, chunkBytes }) => {
          const lines = [order.join(','), ...rows.map(row => rowText(market, order, row))];
          const text = lines.join(lineEnd) + (endsOpen ? '' : lineEnd);
          const gzip = gzipSync(text, { level: 0 });
          const chunks = Array.from({ length: Math.ceil(gzip.length / chunkBytes) }, (_, i) =>
            gzip.subarray(i * chunkBytes, (i + 1) * chunkBytes),
          );
          const reading = await readGzip(chunks, { market: market satisfies Market, blockRows });
          const expected = rows.map(row => naive(market, row));
          expect(reading.error).to.equal(undefined);
          expect(reading.bars.map(inOrder)).to.deep.equal(expected.filter(row => row !== undefined));
          expect(reading.rejected.map(({ line }) => line)).to.deep.equal(
            expected.flatMap((row, index) => (row === undefined ? [index + 2] : [])),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});
