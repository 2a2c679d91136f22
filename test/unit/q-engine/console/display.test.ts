import { expect } from 'chai';
import { display, floatText, literal } from '../../../../src/q-engine/console/index.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import type { Value } from '../../../../src/q-engine/values/value.ts';

const OPTIONS = { rows: 25, columns: 80, precision: 7 };
const longs = (...values: number[]) => make.longs(BigInt64Array.from(values, BigInt));
const NULL_LONG = make.long(-0x8000000000000000n);
const lines = (value: Value, options = OPTIONS) => display(value, options).map(line => line.trimEnd());

describe('console - expressions', () => {
  const expressions: [string, Value][] = [
    ['1b', make.boolean(true)],
    ['0x0a', make.numberAtom(4, 10)],
    ['7h', make.numberAtom(5, 7)],
    ['0Ni', make.int(-2147483648)],
    ['-0W', make.long(-0x7fffffffffffffffn)],
    ['1e', make.numberAtom(8, 1)],
    ['0Ne', make.numberAtom(8, Number.NaN)],
    ['2f', make.float(2)],
    ['1.5', make.float(1.5)],
    ['0n', make.float(Number.NaN)],
    ['-0w', make.float(Number.NEGATIVE_INFINITY)],
    ['"a"', make.char(97)],
    ['`abc', make.symbol('abc')],
    ['2000.01.02D00:00:00.000000001', make.longAtom(12, 86_400_000_000_001n)],
    ['1999.12.31D23:59:59.999999999', make.longAtom(12, -1n)],
    ['2010.05m', make.numberAtom(13, 124)],
    ['0Nd', make.numberAtom(14, -2147483648)],
    ['-1D00:00:00.000000005', make.longAtom(16, -86_400_000_000_005n)],
    ['09:30', make.numberAtom(17, 570)],
    ['-00:00:01', make.numberAtom(18, -1)],
    ['00:00:00.001', make.numberAtom(19, 1)],
    ['101b', make.byteVector(1, Uint8Array.of(1, 0, 1))],
    ['0x0102', make.byteVector(4, Uint8Array.of(1, 2))],
    [',1', longs(1)],
    ['`s#1 2 3', make.longs(BigInt64Array.of(1n, 2n, 3n), 7, 's')],
    ['1 0N', make.longs(BigInt64Array.of(1n, -0x8000000000000000n))],
    ['1 2i', make.ints(Int32Array.of(1, 2))],
    ['1 2f', make.floats(Float64Array.of(1, 2))],
    ['1 2.5', make.floats(Float64Array.of(1, 2.5))],
    ['2010.05 2010.06m', make.ints(Int32Array.of(124, 125), 13)],
    ['"a\\"b\\n\\303\\251"', make.string('a"b\né')],
    [',"a"', make.string('a')],
    ['""', make.string('')],
    ['`long$()', longs()],
    ['()', make.list([])],
    [',`a', make.symbols(['a'])],
    ['`a``b', make.symbols(['a', '', 'b'])],
    ['(1;`a;"bc")', make.list([make.long(1), make.symbol('a'), make.string('bc')])],
    [',(1 2;3)', make.list([make.list([longs(1, 2), make.long(3)])])],
    ['`a`b!1 2', make.dictionary(make.symbols(['a', 'b']), longs(1, 2))],
    ['(,`a)!,1', make.dictionary(make.symbols(['a']), longs(1))],
    ['+`a`b!(1 2;`x`y)', make.table(['a', 'b'], [longs(1, 2), make.symbols(['x', 'y'])])],
    [
      '(+(,`k)!,1 2)!+(,`v)!,3 4',
      make.dictionary(make.table(['k'], [longs(1, 2)]), make.table(['v'], [longs(3, 4)])),
    ],
  ];
  for (const [text, value] of expressions) {
    it(text, () => expect(literal(value, 7)).to.equal(text));
  }
});

describe('console - floats', () => {
  const floats: [number, number, string][] = [
    [1 / 3, 7, '0.3333333'],
    [123456789, 7, '1.234568e+08'],
    [0.0001, 7, '0.0001'],
    [0.00001, 7, '1e-05'],
    [100000, 7, '100000'],
    [1e100, 7, '1e+100'],
    [0.1, 0, '0.10000000000000001'],
    [0.1, 16, '0.1'],
    [2.5, 1, '2'],
    [1234566.5, 7, '1234566'],
    [-1234567.5, 7, '-1234568'],
    [9.9999999, 7, '10'],
  ];
  for (const [value, precision, text] of floats) {
    it(`${value} with ${precision} digits`, () => expect(floatText(value, precision)).to.equal(text));
  }
});

describe('console - layout', () => {
  it('a table has its names, a rule and bare cells, nulls blank', () => {
    const table = make.table(
      ['sym', 'price', 'n'],
      [
        make.symbols(['a', 'bcd']),
        make.floats(Float64Array.of(1, 2.25)),
        make.longs(BigInt64Array.of(10n, -0x8000000000000000n)),
      ],
    );
    expect(lines(table)).to.deep.equal(['sym price n', '------------', 'a   1     10', 'bcd 2.25']);
  });

  it('a keyed table has a bar after its keys', () => {
    const keyed = make.dictionary(
      make.table(['k'], [make.symbols(['a', 'bb'])]),
      make.table(['v'], [longs(1, 20)]),
    );
    expect(lines(keyed)).to.deep.equal(['k | v', '--| --', 'a | 1', 'bb| 20']);
  });

  it('a dictionary of a table shows the names of the values only', () => {
    const dictionary = make.dictionary(make.symbols(['a', 'b']), make.table(['v'], [longs(1, 20)]));
    expect(lines(dictionary)).to.deep.equal([' | v', '-| --', 'a| 1', 'b| 20']);
  });

  it('a dictionary shows bare atoms, and expressions where they are mixed', () => {
    const keys = make.symbols(['a', 'bb', 'c']);
    expect(lines(make.dictionary(keys, make.symbols(['x', '', 'z'])))).to.deep.equal([
      'a | x',
      'bb|',
      'c | z',
    ]);
    const mixed = make.list([make.symbol('x'), longs(1, 2), make.string('y')]);
    expect(lines(make.dictionary(keys, mixed))).to.deep.equal(['a | `x', 'bb| 1 2', 'c | ,"y"']);
  });

  it('lists of one length are aligned, others are not', () => {
    expect(lines(make.list([longs(1, 20), longs(300, 4)]))).to.deep.equal(['1   20', '300 4']);
    expect(lines(make.list([longs(1, 20), longs(300)]))).to.deep.equal(['1 20', ',300']);
    expect(lines(make.list([make.symbols(['a', 'bc']), longs(1, 2)]))).to.deep.equal(['a bc', '1 2']);
    expect(lines(make.list([make.string('ab'), make.string('cd')]))).to.deep.equal(['"ab"', '"cd"']);
  });

  it('lists of lists of one length are aligned at every depth', () => {
    const pair = (handle: number) => make.list([make.list([make.int(handle), make.symbol('')])]);
    const subscribers = make.dictionary(make.symbols(['quote', 't']), make.list([pair(7), pair(12)]));
    expect(lines(subscribers)).to.deep.equal(['quote| 7i  `', 't    | 12i `']);
    const cube = make.list([make.list([longs(1, 2), longs(3, 4)]), make.list([longs(5, 60), longs(7, 8)])]);
    expect(lines(cube)).to.deep.equal(['1 2  3 4', '5 60 7 8']);
  });

  it('what exceeds the console is cut with two dots', () => {
    const options = { rows: 10, columns: 10, precision: 7 };
    const til = make.longs(BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i)));
    expect(lines(til, options)).to.deep.equal(['0 1 2 3..']);
    const nested = make.list(Array.from({ length: 10 }, () => til));
    expect(lines(nested, options)).to.deep.equal([...Array.from({ length: 7 }, () => '0 1 2 3..'), '..']);
    const table = make.table(['a'], [til]);
    expect(display(table, OPTIONS)).to.have.length(23);
    expect(display(table, OPTIONS).slice(-2)).to.deep.equal(['19', '..']);
  });

  it('nested cells are expressions', () => {
    const table = make.table(['a'], [make.list([longs(1, 2), make.string('x'), NULL_LONG])]);
    expect(lines(table)).to.deep.equal(['a', '----', '1 2', ',"x"', '0N']);
  });
});
