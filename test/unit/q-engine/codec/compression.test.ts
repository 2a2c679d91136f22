import { expect } from 'chai';
import fc from 'fast-check';
import { compress, uncompress } from '../../../../src/q-engine/codec/compression.ts';
import { encodeMessage } from '../../../../src/q-engine/codec/index.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import { QError } from '../../../../src/q-engine/values/value.ts';

const til = (count: number) => make.longs(BigInt64Array.from({ length: count }, (_, i) => BigInt(i)));

describe('codec - compression', () => {
  it('til 1000 shrinks to the documented length and comes back whole', () => {
    const message = encodeMessage(til(1000), 0);
    const compressed = compress(message);
    expect(message.length).to.equal(8014);
    expect(compressed.length).to.equal(3276);
    expect(uncompress(compressed)).to.deep.equal(message);
  });

  it('what is short or does not halve is sent as it is', () => {
    const short = encodeMessage(make.string('a'.repeat(1900)), 0);
    expect(compress(short)).to.equal(short);
    let state = 1;
    const noise = Uint8Array.from({ length: 5000 }, () => {
      state = Math.imul(state, 48271) % 0x7fffffff;
      return state & 0xff;
    });
    const random = encodeMessage(make.byteVector(4, noise), 0);
    expect(compress(random)).to.equal(random);
  });

  it('any repetitive message comes back whole', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.integer({ min: 60, max: 900 }),
        (pattern, times) => {
          const data = Uint8Array.from(
            { length: pattern.length * times },
            (_, i) => pattern[i % pattern.length]!,
          );
          const message = encodeMessage(make.byteVector(4, data), 2);
          const compressed = compress(message);
          if (compressed !== message) expect(uncompress(compressed)).to.deep.equal(message);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('any damage ends in bytes or badmsg, never beyond the announced length', () => {
    const compressed = compress(encodeMessage(til(1000), 0));
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: compressed.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        (at, byte) => {
          const damaged = compressed.slice();
          damaged[at] = byte;
          try {
            expect(uncompress(damaged).length).to.be.at.most(8 + damaged.length * 121);
          } catch (thrown) {
            expect(thrown).to.be.instanceOf(QError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
