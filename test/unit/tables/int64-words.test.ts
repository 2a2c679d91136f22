import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import { Int64Words } from '../../../src/tables/int64-words.ts';

function int64Of({ low, high }: Int64Words): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

describe('int64 words', () => {
  it('are the nanoseconds of any millisecond, exactly, on either side of the epoch', () => {
    const random = seededRandom(5);
    const words = new Int64Words();
    const edges = [0, 1, -1, 65_535, 65_536, -65_536, 4294, 4295, 9_053_315_199_999, -86_400_000];
    for (let i = 0; i < 20_000; i++) {
      const ms = edges[i] ?? Math.floor((random() - 0.3) * 9e12);
      const ns = i % 3 === 0 ? 0 : Math.floor(random() * 1_000_000);
      words.setMs(ms, ns);
      const expected = BigInt(ms) * 1_000_000n + BigInt(ns);
      if (int64Of(words) !== expected)
        expect.fail(`${ms} ms ${ns} ns gave ${int64Of(words)}, not ${expected}`);
    }
  });

  it('hold safe integers and every int64', () => {
    const words = new Int64Words();
    for (const value of [
      0,
      1,
      -1,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
    ]) {
      words.set(value);
      expect(int64Of(words)).equal(BigInt(value));
    }
    for (const value of [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 9_007_199_254_740_993n]) {
      words.setBigInt(value);
      expect(int64Of(words)).equal(value);
    }
  });
});
