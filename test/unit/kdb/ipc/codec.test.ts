import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { KdbMalformedError, KdbUnencodableError, QError } from '../../../../src/kdb/errors.ts';
import { decodeValue, errorOf } from '../../../../src/kdb/ipc/decode.ts';
import { encodeError, encodeValue } from '../../../../src/kdb/ipc/encode.ts';
import {
  GENERIC_NULL,
  INFINITY_INT16,
  INFINITY_INT32,
  INFINITY_INT64,
  listOf,
  NULL_GUID,
  NULL_INT16,
  NULL_INT32,
  NULL_INT64,
  type QAtom,
  type QValue,
  symbolAtom,
  symbolVector,
  textOf,
} from '../../../../src/kdb/ipc/values.ts';
import { messageBytes } from '../../../support/q-server.ts';
import { anyValue } from './arbitrary-value.ts';
import { DOCUMENTED_MESSAGES } from './documented-bytes.ts';

/** node-q's decoder, which is not part of its public interface. */
const nodeQ: { deserialize(message: Buffer, ...options: boolean[]): unknown } = createRequire(
  import.meta.url,
)('node-q/lib/c.js');

/** What node-q makes of a value, with nothing rounded or turned. */
function seenByNodeQ(value: QValue): unknown {
  return nodeQ.deserialize(messageBytes('response', encodeValue(value)), false, false, false, false);
}

/** One of each type with its null, infinities and a plain value, and the body that q sends for it. */
const ATOMS: readonly [QAtom, string][] = [
  [{ kind: 'atom', type: 'boolean', value: true }, 'ff01'],
  [{ kind: 'atom', type: 'guid', value: NULL_GUID }, `fe${'00'.repeat(16)}`],
  [
    { kind: 'atom', type: 'guid', value: '8c6b8b64-6815-6084-0a3e-178401251b68' },
    'fe8c6b8b64681560840a3e178401251b68',
  ],
  [{ kind: 'atom', type: 'byte', value: 0xab }, 'fcab'],
  [{ kind: 'atom', type: 'short', value: NULL_INT16 }, 'fb0080'],
  [{ kind: 'atom', type: 'short', value: INFINITY_INT16 }, 'fbff7f'],
  [{ kind: 'atom', type: 'short', value: -INFINITY_INT16 }, 'fb0180'],
  [{ kind: 'atom', type: 'int', value: NULL_INT32 }, 'fa00000080'],
  [{ kind: 'atom', type: 'int', value: INFINITY_INT32 }, 'faffffff7f'],
  [{ kind: 'atom', type: 'int', value: -INFINITY_INT32 }, 'fa01000080'],
  [{ kind: 'atom', type: 'long', value: NULL_INT64 }, 'f90000000000000080'],
  [{ kind: 'atom', type: 'long', value: INFINITY_INT64 }, 'f9ffffffffffffff7f'],
  [{ kind: 'atom', type: 'long', value: -INFINITY_INT64 }, 'f90100000000000080'],
  [{ kind: 'atom', type: 'long', value: 2n ** 53n + 1n }, 'f90100000000002000'],
  [{ kind: 'atom', type: 'real', value: -Infinity }, 'f8000080ff'],
  [{ kind: 'atom', type: 'float', value: Number.NaN }, 'f7000000000000f87f'],
  [{ kind: 'atom', type: 'float', value: Infinity }, 'f7000000000000f07f'],
  [{ kind: 'atom', type: 'float', value: -0 }, 'f70000000000000080'],
  [{ kind: 'atom', type: 'char', value: 0x20 }, 'f620'],
  [{ kind: 'atom', type: 'symbol', value: '' }, 'f500'],
  [{ kind: 'atom', type: 'symbol', value: 'BRK/Bé' }, 'f542524b2f42c3a900'],
  [{ kind: 'atom', type: 'timestamp', value: 1n }, 'f40100000000000000'],
  [{ kind: 'atom', type: 'month', value: 12 }, 'f30c000000'],
  [{ kind: 'atom', type: 'date', value: NULL_INT32 }, 'f200000080'],
  [{ kind: 'atom', type: 'datetime', value: 0.5 }, 'f1000000000000e03f'],
  [{ kind: 'atom', type: 'timespan', value: -1n }, 'f0ffffffffffffffff'],
  [{ kind: 'atom', type: 'minute', value: 570 }, 'ef3a020000'],
  [{ kind: 'atom', type: 'second', value: INFINITY_INT32 }, 'eeffffff7f'],
  [{ kind: 'atom', type: 'time', value: 34_200_000 }, 'edc0d90902'],
];

describe('kdb codec', () => {
  for (const { expression, hex, value } of DOCUMENTED_MESSAGES) {
    it(`writes and reads ${expression} as KX documents it`, () => {
      expect(messageBytes('async', encodeValue(value)).toString('hex')).equal(hex);
      expect(decodeValue(Buffer.from(hex, 'hex').subarray(8))).deep.equal(value);
    });
  }

  it('writes and reads the nulls and infinities of every type', () => {
    for (const [atom, hex] of ATOMS) {
      expect(encodeValue(atom).toString('hex'), `${atom.type} ${atom.value}`).equal(hex);
      expect(decodeValue(Buffer.from(hex, 'hex'))).deep.equal(atom);
    }
  });

  it('gives back any value that it has written, byte for byte', () => {
    fc.assert(
      fc.property(anyValue, value => {
        const body = encodeValue(value);
        const decoded = decodeValue(body);
        expect(decoded).deep.equal(value);
        expect(encodeValue(decoded).equals(body)).equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is read by node-q as what was meant', () => {
    const longs = BigInt64Array.of(1n, NULL_INT64, INFINITY_INT64, -INFINITY_INT64);
    const [one, ...special] = seenByNodeQ({
      kind: 'vector',
      type: 'long',
      attribute: 'none',
      values: longs,
    }) as [{ toString(): string }];
    expect([String(one), ...special]).deep.equal(['1', null, Infinity, -Infinity]);
    const floats = Float64Array.of(0.1, Number.NaN, -Infinity);
    expect(seenByNodeQ({ kind: 'vector', type: 'float', attribute: 'none', values: floats })).deep.equal([
      0.1,
      null,
      -Infinity,
    ]);
    expect(seenByNodeQ(symbolVector(['AAPL', '', 'é']))).deep.equal(['AAPL', null, 'é']);
    const date = { kind: 'atom', type: 'date', value: 9771 } as const;
    expect(seenByNodeQ(date)).deep.equal(new Date('2026-10-02T00:00:00Z'));
    const guid = '8c6b8b64-6815-6084-0a3e-178401251b68';
    expect(seenByNodeQ({ kind: 'vector', type: 'guid', attribute: 'none', values: [guid] })).deep.equal([
      guid,
    ]);
    const table = DOCUMENTED_MESSAGES.find(({ expression }) => expression.startsWith('([]a'))!;
    expect(seenByNodeQ(table.value)).deep.equal({ a: [2], b: [3] });
    expect(seenByNodeQ(listOf([GENERIC_NULL, symbolAtom('x')]))).deep.equal([null, 'x']);
  });

  it('throws what q signalled', () => {
    const body = encodeError('type');
    expect(body.toString('hex')).equal('807479706500');
    expect(() => decodeValue(body))
      .throw(QError, "'type")
      .property('signal', 'type');
    expect(errorOf(body)?.signal).equal('type');
    expect(errorOf(encodeValue(symbolAtom('type')))).equal(undefined);
  });

  it('refuses to write what has no form on the wire', () => {
    expect(() => encodeValue(symbolAtom('a\0b'))).throw(KdbUnencodableError);
    expect(() => encodeValue({ kind: 'atom', type: 'guid', value: 'no guid' })).throw(KdbUnencodableError);
  });

  it('refuses a message that is cut short anywhere', () => {
    for (const { hex } of DOCUMENTED_MESSAGES) {
      const body = Buffer.from(hex, 'hex').subarray(8);
      for (let length = 0; length < body.length; length++) {
        expect(() => decodeValue(body.subarray(0, length)), `${hex} to ${length}`).throw(KdbMalformedError);
      }
      expect(() => decodeValue(Buffer.concat([body, Buffer.alloc(1)]))).throw(
        KdbMalformedError,
        'after the value',
      );
    }
  });

  it('refuses counts, types and attributes that no q process sends, without making room for them', () => {
    const refused: readonly [hex: string, why: string][] = [
      ['0700ffffff7f', '2147483647 items where 0 bytes are left'],
      ['0700ffffffff', '-1 items'],
      ['0b0000000010', '268435456 items'],
      ['1400', 'type 20'],
      ['ec00', 'type 20'],
      ['06090100000000000000', 'attribute 9'],
      ['f54141', 'a symbol without its end'],
      ['6200f90100000000000000', 'a table without a dict'],
      ['6200630600010000000100000000000100000006000100000002000000', 'not names to columns'],
      ['6200630b00020000006100620000000100000006000100000002000000', '2 names for 1 columns'],
      ['6200630b00010000006100000001000000fa01000000', 'column a is not a list'],
      [
        '6200630b00020000006100620000000200000006000100000002000000060000000000',
        'columns of different lengths',
      ],
    ];
    for (const [hex, why] of refused) {
      const body = Buffer.from(hex, 'hex');
      expect(() => decodeValue(body), hex).throw(KdbMalformedError, why);
    }
  });

  it('refuses values nested so deep that they would exhaust the stack', () => {
    const nested = Buffer.concat([
      ...Array.from({ length: 100_000 }, () => Buffer.from('000001000000', 'hex')),
    ]);
    expect(() => decodeValue(nested)).throw(KdbMalformedError, 'nested');
  });

  it('reads arbitrary bytes as a value or refuses them, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          decodeValue(bytes);
        } catch (error) {
          if (!(error instanceof KdbMalformedError) && !(error instanceof QError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the text of strings and symbols', () => {
    expect(textOf(symbolAtom('sym'))).equal('sym');
    expect(textOf(decodeValue(Buffer.from('0a0003000000616263', 'hex')))).equal('abc');
    expect(textOf(GENERIC_NULL)).equal(undefined);
  });
});
