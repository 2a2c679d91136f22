import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeMessage,
  encodeError,
  encodeMessage,
  type FunctionReader,
} from '../../../../src/q-engine/codec/index.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import { ELIDED, type Lambda, NULL, QError, type Value } from '../../../../src/q-engine/values/value.ts';

const lambda = (source: string, namespace: string): Lambda => ({
  kind: 'lambda',
  source,
  namespace,
  parameters: [],
  locals: [],
  body: undefined,
});

const functions: FunctionReader = {
  lambda,
  primitive: (type, name) => ({ kind: 'primitive', type, name, minRank: 1, maxRank: 2 }),
};

const oneInt = (value: number) => make.ints(Int32Array.of(value));
const keyAndValue = (attribute: '' | 's') => make.symbols(['a', 'b'], attribute);

/** Values and the bytes that KX's documentation gives for them. */
const documented: [string, Value, string][] = [
  ['an int', make.int(1), '010000000d000000fa01000000'],
  ['an int vector', oneInt(1), '010000001200000006000100000001000000'],
  [
    'a byte vector',
    make.byteVector(4, Uint8Array.of(0, 1, 2, 3, 4)),
    '01000000130000000400050000000001020304',
  ],
  [
    'a general list',
    make.list([make.byteVector(4, Uint8Array.of(0, 1, 2, 3, 4))]),
    '01000000190000000000010000000400050000000001020304',
  ],
  [
    'a dictionary',
    make.dictionary(keyAndValue(''), make.ints(Int32Array.of(2, 3))),
    '0100000021000000630b0002000000610062000600020000000200000003000000',
  ],
  [
    'a dictionary of vectors',
    make.dictionary(keyAndValue(''), make.list([oneInt(2), oneInt(3)])),
    '010000002d000000630b0002000000610062000000020000000600010000000200000006000100000003000000',
  ],
  [
    'a table',
    make.table(['a', 'b'], [oneInt(2), oneInt(3)]),
    '010000002f0000006200630b0002000000610062000000020000000600010000000200000006000100000003000000',
  ],
  [
    'a sorted table',
    make.table(['a', 'b'], [make.ints(Int32Array.of(2), 6, 'p'), oneInt(3)], true),
    '010000002f0000006201630b0002000000610062000000020000000603010000000200000006000100000003000000',
  ],
  [
    'a keyed table',
    make.dictionary(make.table(['a'], [oneInt(2)]), make.table(['b'], [oneInt(3)])),
    '010000003f000000636200630b00010000006100000001000000060001000000020000006200630b0001000000620000000100000006000100000003000000',
  ],
  [
    'a sorted keyed table',
    make.dictionary(make.table(['a'], [oneInt(2)], true), make.table(['b'], [oneInt(3)]), true),
    '010000003f0000007f6201630b00010000006100000001000000060001000000020000006200630b0001000000620000000100000006000100000003000000',
  ],
  ['a function', lambda('{x+y}', ''), '010000001500000064000a00050000007b782b797d'],
  ['a function of a namespace', lambda('{x+y}', '.d'), '01000000160000006464000a00050000007b782b797d'],
];

/** Every type with its nulls and infinities, and the bytes of the body that its definition gives. */
const everyType: [string, Value, string][] = [
  ['boolean', make.boolean(true), 'ff01'],
  [
    'guid',
    { kind: 'atom', type: 2, value: Uint8Array.from({ length: 16 }, (_, i) => i) },
    'fe000102030405060708090a0b0c0d0e0f',
  ],
  ['byte', make.numberAtom(4, 255), 'fcff'],
  ['short null', make.numberAtom(5, -32768), 'fb0080'],
  ['short infinity', make.numberAtom(5, 32767), 'fbff7f'],
  ['int null', make.int(-2147483648), 'fa00000080'],
  ['int infinity', make.int(2147483647), 'faffffff7f'],
  ['long beyond 2^53', make.long(9007199254740993n), 'f90100000000002000'],
  ['long null', make.long(-9223372036854775808n), 'f90000000000000080'],
  ['long infinity', make.long(9223372036854775807n), 'f9ffffffffffffff7f'],
  ['real', make.numberAtom(8, 1.5), 'f80000c03f'],
  ['real null', make.numberAtom(8, Number.NaN), 'f80000c0ff'],
  ['float', make.float(0.1), 'f79a9999999999b93f'],
  ['float null', make.float(Number.NaN), 'f7000000000000f8ff'],
  ['float infinity', make.float(Number.POSITIVE_INFINITY), 'f7000000000000f07f'],
  ['negative float infinity', make.float(Number.NEGATIVE_INFINITY), 'f7000000000000f0ff'],
  ['char', make.char(0x61), 'f661'],
  ['symbol', make.symbol('abc'), 'f561626300'],
  ['symbol null', make.symbol(''), 'f500'],
  ['timestamp', make.longAtom(12, 1n), 'f40100000000000000'],
  ['month', make.numberAtom(13, 24), 'f318000000'],
  ['date null', make.numberAtom(14, -2147483648), 'f200000080'],
  ['datetime', make.numberAtom(15, 0.5), 'f1000000000000e03f'],
  ['timespan', make.longAtom(16, -1n), 'f0ffffffffffffffff'],
  ['minute', make.numberAtom(17, 570), 'ef3a020000'],
  ['second', make.numberAtom(18, 1), 'ee01000000'],
  ['time', make.numberAtom(19, 1), 'ed01000000'],
  ['string', make.string('é'), '0a0002000000c3a9'],
  ['empty list', make.list([]), '000000000000'],
  ['symbols', make.symbols(['a', '', 'bc']), '0b0003000000610000626300'],
  [
    'float vector',
    make.floats(Float64Array.of(1, Number.NaN)),
    '090002000000000000000000f03f000000000000f8ff',
  ],
  ['timestamp vector', make.longs(BigInt64Array.of(2n), 12), '0c00010000000200000000000000'],
  ['generic null', NULL, '6500'],
  [
    'projection',
    {
      kind: 'projection',
      target: { kind: 'primitive', type: 102, name: '+', minRank: 1, maxRank: 2 },
      args: [ELIDED, make.int(1)],
    },
    '6803000000660165fffa01000000',
  ],
  [
    'derived function',
    {
      kind: 'derived',
      iterator: '/',
      target: { kind: 'primitive', type: 102, name: '+', minRank: 1, maxRank: 2 },
    },
    '6b6601',
  ],
];

describe('codec - messages', () => {
  for (const [name, value, bytes] of documented) {
    it(`${name} has the documented bytes`, () => {
      expect(Buffer.from(encodeMessage(value, 0)).toString('hex')).to.equal(bytes);
      expect(decodeMessage(Buffer.from(bytes, 'hex'), functions)).to.deep.equal({ kind: 0, value });
    });
  }

  it('a sorted dictionary has the documented type', () => {
    const bytes = '01000000210000007f0b0102000000610062000600020000000200000003000000';
    const value = make.dictionary(keyAndValue('s'), make.ints(Int32Array.of(2, 3)), true);
    expect(Buffer.from(encodeMessage(value, 0)).toString('hex')).to.equal(bytes);
    expect(decodeMessage(Buffer.from(bytes, 'hex'), functions)).to.deep.equal({ kind: 0, value });
  });

  for (const [name, value, body] of everyType) {
    it(`${name} is exact there and back`, () => {
      const message = encodeMessage(value, 2);
      expect(Buffer.from(message).toString('hex').slice(16)).to.equal(body);
      expect(decodeMessage(message, functions)).to.deep.equal({ kind: 2, value });
    });
  }

  it('an error answers with its text', () => {
    const message = encodeError('type', 2);
    expect(Buffer.from(message).toString('hex')).to.equal('010200000e000000807479706500');
    expect(decodeMessage(message, functions)).to.deep.equal({ kind: 2, error: 'type' });
  });

  it('numbers of a big-endian sender are read in its order', () => {
    const message = Buffer.from('000000000000001e0700000000020000000000000001ffffffffffffffff', 'hex');
    const decoded = decodeMessage(message, functions);
    expect(decoded).to.deep.equal({ kind: 0, value: make.longs(BigInt64Array.of(1n, -1n)) });
  });

  it('whatever is cut, doubled or of no type is badmsg', () => {
    const whole = encodeMessage(documented[6]![1], 1);
    for (let length = 9; length < whole.length; length++) {
      const cut = whole.slice(0, length);
      new DataView(cut.buffer).setInt32(4, length, true);
      expect(() => decodeMessage(cut, functions), `${length} bytes`).to.throw(QError, 'badmsg');
    }
    const doubled = Buffer.concat([whole, whole.subarray(8)]);
    doubled.writeInt32LE(doubled.length, 4);
    expect(() => decodeMessage(doubled, functions)).to.throw(QError, 'badmsg');
    for (const body of [
      '0700ffffffff',
      '07000000007f',
      '0709010000000000000000000000',
      '1400000000',
      '70ff01',
      '0b000200000061',
    ]) {
      const message = Buffer.from(`01000000${'00000000'}${body}`, 'hex');
      message.writeInt32LE(message.length, 4);
      expect(() => decodeMessage(message, functions), body).to.throw(QError, 'badmsg');
    }
  });

  it('any damage ends in a value or an error of q', () => {
    const messages = [...documented, ...everyType].map(([, value]) => encodeMessage(value, 1));
    const damaged = fc.tuple(
      fc.constantFrom(...messages),
      fc.array(fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
    );
    fc.assert(
      fc.property(damaged, ([message, changes]) => {
        const copy = message.slice();
        for (const [at, byte] of changes) copy[8 + (at % (copy.length - 8))] = byte;
        try {
          decodeMessage(copy, functions);
        } catch (thrown) {
          expect(thrown).to.be.instanceOf(QError);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('lists within lists without end are badmsg', () => {
    const message = Buffer.from(`01000000${'00000000'}${'000001000000'.repeat(20_000)}ff01`, 'hex');
    message.writeInt32LE(message.length, 4);
    expect(() => decodeMessage(message, functions)).to.throw(QError, 'badmsg');
  });
});
