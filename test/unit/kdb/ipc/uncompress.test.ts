import { expect } from 'chai';
import fc from 'fast-check';
import { KdbMalformedError, KdbMessageTooLargeError } from '../../../../src/kdb/errors.ts';
import { encodeValue } from '../../../../src/kdb/ipc/encode.ts';
import { bodyOf } from '../../../../src/kdb/ipc/frames.ts';
import { uncompress } from '../../../../src/kdb/ipc/uncompress.ts';
import { compressMessage } from '../../../support/q-compress.ts';
import { messageBytes } from '../../../support/q-server.ts';

const MAX_BYTES = 1024 * 1024;

describe('kdb uncompress', () => {
  it('gives back `til 1000`, whose length before and after KX documents', () => {
    const values = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i));
    const body = encodeValue({ kind: 'vector', type: 'long', attribute: 'none', values });
    const message = messageBytes('async', body);
    const compressed = compressMessage(message);
    expect([message.length, compressed.length]).deep.equal([8014, 3276]);
    expect(Buffer.from(uncompress(compressed.subarray(8), MAX_BYTES)).equals(body)).equal(true);
  });

  it('gives back any bytes, matches that overlap themselves included', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4000 }),
      fc
        .array(fc.constantFrom(0, 1, 7), { minLength: 1, maxLength: 4000 })
        .map(values => Uint8Array.from(values)),
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.nat(2000)).map(([unit, count]) => {
        const repeated = new Uint8Array(unit.length * (count + 1));
        for (let i = 0; i < repeated.length; i++) repeated[i] = unit[i % unit.length]!;
        return repeated;
      }),
    );
    fc.assert(
      fc.property(bytes, body => {
        const compressed = compressMessage(messageBytes('response', body));
        const frame = { type: 'response', bytes: compressed } as const;
        expect(Buffer.from(bodyOf(frame, MAX_BYTES)).equals(body)).equal(true);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a length beyond the limit before it makes room for it', () => {
    const compressed = Buffer.alloc(16);
    compressed.writeInt32LE(MAX_BYTES + 1);
    expect(() => uncompress(compressed, MAX_BYTES)).throw(KdbMessageTooLargeError);
  });

  it('refuses what is cut short, refers to nothing, or has no length', () => {
    const compressed = compressMessage(messageBytes('response', Buffer.alloc(500, 7))).subarray(8);
    for (let length = 0; length < compressed.length; length++) {
      expect(() => uncompress(compressed.subarray(0, length), MAX_BYTES), `${length} bytes`).throw(
        KdbMalformedError,
      );
    }
    const matchBeforeAnything = Buffer.from([16, 0, 0, 0, 1, 42, 6]);
    expect(() => uncompress(matchBeforeAnything, MAX_BYTES)).throw(KdbMalformedError);
    expect(() => uncompress(Buffer.from([8, 0, 0, 0]), MAX_BYTES)).throw(KdbMalformedError);
  });

  it('never runs past its bounds on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 9, max: 2000 }), (bytes, length) => {
        const compressed = Buffer.concat([Buffer.alloc(4), bytes]);
        compressed.writeInt32LE(length);
        try {
          expect(uncompress(compressed, MAX_BYTES).length).equal(length - 8);
        } catch (error) {
          expect(error).instanceOf(KdbMalformedError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
