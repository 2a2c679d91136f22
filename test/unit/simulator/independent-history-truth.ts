/** One row of a table of bars. */
export interface HistoryRow {
  readonly sym: string;
  readonly startMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | undefined;
  readonly vwap: number | undefined;
  readonly trades: number | undefined;
}

/** Rows and checksums as somebody else computes them, by the definition and nothing else. */
export function truthOfRows(
  market: string,
  rows: readonly HistoryRow[],
): { rows: number; columns: Record<string, string> } {
  const columns: Record<string, (row: HistoryRow) => number | undefined> = {
    start: ({ startMs }) => startMs,
    open: ({ open }) => open,
    high: ({ high }) => high,
    low: ({ low }) => low,
    close: ({ close }) => close,
    volume: ({ volume }) => volume,
    vwap: ({ vwap }) => vwap,
    trades: ({ trades }) => trades,
  };
  const names = new Map(
    [...new Set(rows.map(({ sym }) => sym))].map(sym => [sym, fnv1a(`${market}|${sym}`)]),
  );
  const checksums = Object.entries(columns).map(([column, read]) => {
    const sums = [0n, 0n];
    for (const row of rows) {
      const words = [...floatWords(read(row)), ...integerWords(row.startMs), names.get(row.sym)!];
      for (const [at, mixer] of MIXERS.entries()) sums[at] = (sums[at]! + hash(words, mixer)) & MASK;
    }
    return [column, sums.map(sum => sum.toString(16).padStart(8, '0')).join('')];
  });
  return { rows: rows.length, columns: Object.fromEntries(checksums) };
}

const MASK = 0xffffffffn;

interface Mixer {
  readonly seed: bigint;
  readonly factors: readonly [bigint, bigint];
  readonly shifts: readonly [bigint, bigint];
  readonly step: bigint;
  readonly finish: readonly [bigint, bigint];
}

const MIXERS: readonly Mixer[] = [
  {
    seed: 0x9747b28cn,
    factors: [0xcc9e2d51n, 0x1b873593n],
    shifts: [15n, 13n],
    step: 0xe6546b64n,
    finish: [0x85ebca6bn, 0xc2b2ae35n],
  },
  {
    seed: 0x3c6ef372n,
    factors: [0x239b961bn, 0xab0e9789n],
    shifts: [16n, 17n],
    step: 0x561ccd1bn,
    finish: [0x7feb352dn, 0x846ca68bn],
  },
];

function hash(words: readonly bigint[], { seed, factors, shifts, step, finish }: Mixer): bigint {
  let state = seed;
  for (const word of words) {
    const k = (rotate((word * factors[0]) & MASK, shifts[0]) * factors[1]) & MASK;
    state = (rotate(state ^ k, shifts[1]) * 5n + step) & MASK;
  }
  state ^= BigInt(words.length);
  state = ((state ^ (state >> 16n)) * finish[0]) & MASK;
  state = ((state ^ (state >> 13n)) * finish[1]) & MASK;
  return state ^ (state >> 16n);
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (32n - bits))) & MASK;
}

function floatWords(value: number | undefined): bigint[] {
  if (value === undefined) return [0n, 0x7ff80000n];
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value, true);
  return [BigInt(bytes.getUint32(0, true)), BigInt(bytes.getUint32(4, true))];
}

function integerWords(value: number): bigint[] {
  return [BigInt(value) & MASK, BigInt(value) >> 32n];
}

function fnv1a(text: string): bigint {
  let state = 0x811c9dc5n;
  for (const byte of Buffer.from(text)) state = ((state ^ BigInt(byte)) * 0x01000193n) & MASK;
  return state;
}
