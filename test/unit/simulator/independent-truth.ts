import type { WireEvent } from './market-tape.ts';

const SECOND_CHANNELS = ['A', 'CAS', 'XAS'];

/** The truth of a table as somebody else computes it from what arrived, by the definition and nothing else. */
export interface ReceivedTruth {
  readonly sent: number;
  readonly distinct: number;
  readonly checksum: string;
}

export function truthOfReceived(market: string, events: readonly WireEvent[]): Record<string, ReceivedTruth> {
  const bars = events.filter(({ ev }) => ev !== 'status');
  const isSecond = ({ ev }: WireEvent): boolean => SECOND_CHANNELS.includes(ev as string);
  return {
    agg1s: tableTruth(market, bars.filter(isSecond)),
    agg1m: tableTruth(
      market,
      bars.filter(bar => !isSecond(bar)),
    ),
  };
}

function tableTruth(market: string, bars: readonly WireEvent[]): ReceivedTruth {
  const last = new Map(bars.map(bar => [`${bar['sym'] ?? bar['pair']}|${bar['s']}`, bar]));
  const sums = [0n, 0n];
  for (const bar of last.values()) {
    const words = wordsOf(market, bar);
    sums[0] = (sums[0]! + firstHash(words)) & MASK;
    sums[1] = (sums[1]! + secondHash(words)) & MASK;
  }
  const checksum = sums.map(sum => sum.toString(16).padStart(8, '0')).join('');
  return { sent: bars.length, distinct: last.size, checksum };
}

/** Eleven numbers, the start, and the name, as 25 words. */
function wordsOf(market: string, bar: WireEvent): bigint[] {
  const exact = market === 'stocks' || market === 'options';
  const numbers = [
    bar['o'],
    bar['h'],
    bar['l'],
    bar['c'],
    exact && 'dv' in bar ? Number(bar['dv']) : bar['v'],
    bar['vw'],
    bar['n'],
    bar['z'],
    exact && 'dav' in bar ? Number(bar['dav']) : bar['av'],
    bar['a'],
    bar['op'],
  ];
  const bytes = new DataView(new ArrayBuffer(8));
  const words = numbers.flatMap(value => {
    if (value === undefined) return [0n, 0x7ff80000n];
    bytes.setFloat64(0, value as number, true);
    return [BigInt(bytes.getUint32(0, true)), BigInt(bytes.getUint32(4, true))];
  });
  const start = BigInt(bar['s'] as number);
  return [...words, start & MASK, start >> 32n, fnv1a(`${market}|${bar['sym'] ?? bar['pair']}`)];
}

const MASK = 0xffffffffn;

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (32n - bits))) & MASK;
}

function mix(
  words: readonly bigint[],
  seed: bigint,
  factors: readonly [bigint, bigint],
  shifts: readonly [bigint, bigint],
  step: bigint,
): bigint {
  return words.reduce((hash, word) => {
    const k = (rotate((word * factors[0]) & MASK, shifts[0]) * factors[1]) & MASK;
    return (rotate(hash ^ k, shifts[1]) * 5n + step) & MASK;
  }, seed);
}

function finish(hash: bigint, factors: readonly [bigint, bigint]): bigint {
  let h = hash ^ 25n;
  h = ((h ^ (h >> 16n)) * factors[0]) & MASK;
  h = ((h ^ (h >> 13n)) * factors[1]) & MASK;
  return h ^ (h >> 16n);
}

function firstHash(words: readonly bigint[]): bigint {
  const mixed = mix(words, 0x9747b28cn, [0xcc9e2d51n, 0x1b873593n], [15n, 13n], 0xe6546b64n);
  return finish(mixed, [0x85ebca6bn, 0xc2b2ae35n]);
}

function secondHash(words: readonly bigint[]): bigint {
  const mixed = mix(words, 0x3c6ef372n, [0x239b961bn, 0xab0e9789n], [16n, 17n], 0x561ccd1bn);
  return finish(mixed, [0x7feb352dn, 0x846ca68bn]);
}

function fnv1a(text: string): bigint {
  let hash = 0x811c9dc5n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x01000193n) & MASK;
  return hash;
}
