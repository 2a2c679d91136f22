import { expect } from 'chai';
import fc from 'fast-check';
import { groupItems } from '../../../../src/q-engine/values/grouping.ts';
import { appendData } from '../../../../src/q-engine/values/growth.ts';
import { floats, longs, symbols } from '../../../../src/q-engine/values/make.ts';
import { orderOf } from '../../../../src/q-engine/values/sorting.ts';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine growing vectors', () => {
  it('append - never changes a value that was taken before, whoever appends next', () => {
    const start = Int32Array.from({ length: 100 }, (_, i) => i);
    const first = appendData(start, Int32Array.of(1));
    const second = appendData(first, Int32Array.of(2));
    const other = appendData(first, Int32Array.of(3));
    expect([...second.slice(-2)]).to.deep.equal([1, 2]);
    expect([...other.slice(-2)]).to.deep.equal([1, 3]);
    expect(first.length).to.equal(101);
    expect(start.length).to.equal(100);
  });

  it('insert - leaves copies of the table as they were', () => {
    const q = new QSession().run(
      't:([]a:til 200;b:200#`x)',
      '`t insert (1;`y)',
      'copy:t',
      '`t insert (2;`z)',
    );
    expect(q.literal('(count copy;last copy`b;count t;last t`b)')).to.equal('(201;`y;202;`z)');
    q.run('`copy insert (3;`w)', '`t insert (4;`v)');
    expect(q.literal('(-2#copy`b;-2#t`b)')).to.equal('(`y`w;`z`v)');
  });
});

describe('q-engine order and groups', () => {
  it('order of floats - ascends with nulls first, stable, for any doubles', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.integer({ min: -3, max: 3 }))), items => {
        const order = [...orderOf(floats(Float64Array.from(items)))];
        const key = (i: number) => (Number.isNaN(items[i]!) ? Number.NEGATIVE_INFINITY : items[i]!);
        const expected = items
          .map((_, i) => i)
          .sort(
            (a, b) =>
              Number(Number.isNaN(items[b]!)) - Number(Number.isNaN(items[a]!)) ||
              (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a - b),
          );
        expect(order).to.deep.equal(expected);
      }),
    );
  });

  it('order of longs - holds over all 64 bits', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), items => {
        const order = [...orderOf(longs(BigInt64Array.from(items)), true)];
        const expected = items
          .map((_, i) => i)
          .sort((a, b) => (items[a]! > items[b]! ? -1 : items[a]! < items[b]! ? 1 : a - b));
        expect(order).to.deep.equal(expected);
      }),
    );
  });

  it('groups - are numbered by first appearance', () => {
    const { codes, firsts } = groupItems(symbols(['b', 'a', 'b', 'c', 'a']));
    expect([...codes]).to.deep.equal([0, 1, 0, 2, 1]);
    expect([...firsts]).to.deep.equal([0, 1, 3]);
    const wide = groupItems(longs(BigInt64Array.of(1n << 40n, 1n, 1n << 40n)));
    expect([...wide.codes]).to.deep.equal([0, 1, 0]);
  });
});
