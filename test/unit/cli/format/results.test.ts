import { expect } from 'chai';
import { csv } from '../../../../src/cli/format/csv.ts';
import { json } from '../../../../src/cli/format/json.ts';
import { tableText } from '../../../../src/cli/format/table-text.ts';
import {
  charVector,
  GENERIC_NULL,
  INFINITY_INT32,
  INFINITY_INT64,
  listOf,
  longAtom,
  NULL_GUID,
  NULL_INT16,
  NULL_INT32,
  NULL_INT64,
  type QAtom,
  type QColumn,
  type QTable,
  type QValue,
  symbolAtom,
  symbolVector,
} from '../../../../src/kdb/ipc/values.ts';

/** 2026-10-02T14:00:00.123456789Z and 09:30:00.000000001, as q counts them. */
const STAMP = 844_264_800_123_456_789n;
const SPAN = 34_200_000_000_001n;

const BARS = table(
  column('time', { type: 'timespan', values: BigInt64Array.of(SPAN, -SPAN, NULL_INT64) }),
  column('sym', { type: 'symbol', values: ['AAPL', 'BRK.B', ''] }),
  column('start', { type: 'timestamp', values: BigInt64Array.of(STAMP, -1n, NULL_INT64) }),
  column('close', { type: 'float', values: Float64Array.of(296.32, 1e-7, Number.NaN) }),
  column('trades', { type: 'long', values: BigInt64Array.of(80n, 2n ** 53n, NULL_INT64) }),
);

describe('query results - table', () => {
  it('columns are aligned, numbers at the right, nulls blank, times as q shows them', () => {
    expect([...tableText(BARS)]).to.deep.equal([
      'time                  sym   start                          close           trades',
      '---------------------------------------------------------------------------------',
      '0D09:30:00.000000001  AAPL  2026.10.02D14:00:00.123456789 296.32               80',
      '-0D09:30:00.000000001 BRK.B 1999.12.31D23:59:59.999999999   1e-7 9007199254740992',
      '',
    ]);
  });

  it('a keyed table has its key before a bar', () => {
    const value: QValue = {
      kind: 'dict',
      sorted: true,
      keys: table(column('sym', { type: 'symbol', values: ['A', 'MSFT'] })),
      values: table(column('n', { type: 'long', values: BigInt64Array.of(5n, 12n) })),
    };
    expect([...tableText(value)]).to.deep.equal(['sym |  n', '--------', 'A   |  5', 'MSFT| 12']);
    expect([...csv(value)]).to.deep.equal(['sym,n\r', 'A,5\r', 'MSFT,12\r']);
    expect(jsonOf(value)).to.deep.equal([
      { sym: 'A', n: 5 },
      { sym: 'MSFT', n: 12 },
    ]);
  });

  it('dictionaries are pairs, lists one item a line, atoms and texts bare, :: nothing', () => {
    const dict: QValue = {
      kind: 'dict',
      sorted: false,
      keys: symbolVector(['a', 'long']),
      values: listOf([longAtom(1n), charVector('x y')]),
    };
    expect([...tableText(dict)]).to.deep.equal(['a   | 1', 'long| x y']);
    expect([...tableText(symbolVector(['agg1s', 'agg1m']))]).to.deep.equal(['agg1s', 'agg1m']);
    expect([...tableText(longAtom(7n))]).to.deep.equal(['7']);
    expect([...tableText(charVector('hello'))]).to.deep.equal(['hello']);
    expect([...tableText(GENERIC_NULL)]).to.deep.equal([]);
  });

  it('what is nested stands on one line of its cell', () => {
    const counts: QValue = {
      kind: 'dict',
      sorted: false,
      keys: symbolVector(['a', 'b']),
      values: { kind: 'vector', attribute: 'none', type: 'int', values: Int32Array.of(1, NULL_INT32) },
    };
    const lambda: QValue = { kind: 'lambda', context: '', body: charVector('{x+\n 1}') };
    const cells = listOf([
      symbolVector(['x', 'y']),
      listOf([longAtom(1n), symbolAtom('z')]),
      counts,
      BARS,
      lambda,
      GENERIC_NULL,
    ]);
    const shown = ['x y', '(1; z)', '{a: 1, b: }', 'table of 3 rows', '{x+\\n 1}', ''];
    expect([...tableText(cells)]).to.deep.equal(shown);
    expect([...tableText(table(column('v', cells)))].slice(2)).to.deep.equal(shown);
    const values = jsonOf(cells) as unknown[];
    expect(values.slice(0, 3)).to.deep.equal([['x', 'y'], [1, 'z'], { a: 1, b: null }]);
    expect(values[3]).to.have.lengthOf(3);
    expect(values.slice(4)).to.deep.equal(['{x+\\n 1}', null]);
  });

  it('a dictionary of records shows a record for each key', () => {
    const records: QValue = {
      kind: 'dict',
      sorted: false,
      keys: symbolVector(['r', 's']),
      values: table(column('n', { type: 'long', values: BigInt64Array.of(1n, 2n) })),
    };
    expect([...tableText(records)]).to.deep.equal(['r| {n: 1}', 's| {n: 2}']);
    expect(jsonOf(records)).to.deep.equal({ r: { n: 1 }, s: { n: 2 } });
    expect([...csv(records)]).to.deep.equal(['key,value\r', 'r,{n: 1}\r', 's,{n: 2}\r']);
  });

  it('text from the other side cannot break a line or move the cursor', () => {
    const value = table(column('s', listOf([charVector('a\nb'), charVector('\u001b[2Jc')])));
    expect([...tableText(value)].slice(2)).to.deep.equal(['a\\nb', '\\x1b[2Jc']);
  });

  it('an empty table shows its columns', () => {
    const value = table(
      column('sym', { type: 'symbol', values: [] }),
      column('n', { type: 'long', values: new BigInt64Array() }),
    );
    expect([...tableText(value)]).to.deep.equal(['sym n', '-----']);
    expect([...csv(value)]).to.deep.equal(['sym,n\r']);
    expect([...json(value)]).to.deep.equal(['[]']);
  });
});

describe('query results - CSV', () => {
  it('nulls are empty, times ISO 8601 with nanoseconds, longs exact', () => {
    expect([...csv(BARS)]).to.deep.equal([
      'time,sym,start,close,trades\r',
      '09:30:00.000000001,AAPL,2026-10-02T14:00:00.123456789Z,296.32,80\r',
      '-09:30:00.000000001,BRK.B,1999-12-31T23:59:59.999999999Z,1e-7,9007199254740992\r',
      ',,,,\r',
    ]);
  });

  it('commas, quotes and line breaks are quoted as RFC 4180 says', () => {
    const value = table(column('a,b', listOf([charVector('say "hi"'), charVector('two\nlines')])));
    expect([...csv(value)]).to.deep.equal(['"a,b"\r', '"say ""hi"""\r', '"two\nlines"\r']);
  });
});

describe('query results - JSON', () => {
  it('a table is an array of objects; longs beyond 2^53 are strings, nulls null', () => {
    expect(jsonOf(BARS)).to.deep.equal([
      {
        time: '09:30:00.000000001',
        sym: 'AAPL',
        start: '2026-10-02T14:00:00.123456789Z',
        close: 296.32,
        trades: 80,
      },
      {
        time: '-09:30:00.000000001',
        sym: 'BRK.B',
        start: '1999-12-31T23:59:59.999999999Z',
        close: 1e-7,
        trades: '9007199254740992',
      },
      { time: null, sym: '', start: null, close: null, trades: null },
    ]);
  });

  it('dictionaries are objects where their keys are names, and pairs elsewhere', () => {
    const values: QValue = {
      kind: 'vector',
      attribute: 'none',
      type: 'long',
      values: BigInt64Array.of(1n, 2n),
    };
    expect(jsonOf({ kind: 'dict', sorted: false, keys: symbolVector(['a', 'b']), values })).to.deep.equal({
      a: 1,
      b: 2,
    });
    expect(jsonOf({ kind: 'dict', sorted: false, keys: values, values })).to.deep.equal([
      { key: 1, value: 1 },
      { key: 2, value: 2 },
    ]);
  });
});

describe('query results - atoms', () => {
  const cases: readonly (readonly [QAtom, table: string, csvCell: string, json: unknown])[] = [
    [{ kind: 'atom', type: 'boolean', value: true }, '1', '1', true],
    [{ kind: 'atom', type: 'byte', value: 10 }, '0x0a', '0x0a', 10],
    [{ kind: 'atom', type: 'short', value: NULL_INT16 }, '', '', null],
    [{ kind: 'atom', type: 'int', value: INFINITY_INT32 }, '0W', '0W', '0W'],
    [{ kind: 'atom', type: 'long', value: -INFINITY_INT64 }, '-0W', '-0W', '-0W'],
    [{ kind: 'atom', type: 'real', value: Math.fround(0.1) }, '0.1', '0.1', 0.1],
    [{ kind: 'atom', type: 'real', value: Math.fround(16777.217) }, '16777.217', '16777.217', 16777.217],
    [{ kind: 'atom', type: 'float', value: -Infinity }, '-0w', '-0w', '-0w'],
    [{ kind: 'atom', type: 'char', value: 0x61 }, 'a', 'a', 'a'],
    [{ kind: 'atom', type: 'guid', value: NULL_GUID }, '', '', null],
    [symbolAtom('AAPL'), 'AAPL', 'AAPL', 'AAPL'],
    [{ kind: 'atom', type: 'date', value: 9771 }, '2026.10.02', '2026-10-02', '2026-10-02'],
    [{ kind: 'atom', type: 'date', value: -1 }, '1999.12.31', '1999-12-31', '1999-12-31'],
    [{ kind: 'atom', type: 'date', value: NULL_INT32 }, '', '', null],
    [{ kind: 'atom', type: 'month', value: 321 }, '2026.10m', '2026-10', '2026-10'],
    [{ kind: 'atom', type: 'month', value: -1 }, '1999.12m', '1999-12', '1999-12'],
    [
      { kind: 'atom', type: 'datetime', value: 9771.5 },
      '2026.10.02T12:00:00.000',
      '2026-10-02T12:00:00.000Z',
      '2026-10-02T12:00:00.000Z',
    ],
    [{ kind: 'atom', type: 'minute', value: 570 }, '09:30', '09:30', '09:30'],
    [{ kind: 'atom', type: 'second', value: -1 }, '-00:00:01', '-00:00:01', '-00:00:01'],
    [{ kind: 'atom', type: 'time', value: 34_200_007 }, '09:30:00.007', '09:30:00.007', '09:30:00.007'],
    [
      { kind: 'atom', type: 'timespan', value: 97_200_000_000_000n },
      '1D03:00:00.000000000',
      '27:00:00.000000000',
      '27:00:00.000000000',
    ],
  ];

  for (const [atom, text, cell, parsed] of cases) {
    it(`${atom.type} ${String(atom.value)}`, () => {
      expect([...tableText(atom)]).to.deep.equal([text]);
      expect([...csv(atom)]).to.deep.equal(['value\r', `${cell}\r`]);
      expect(jsonOf(atom)).to.deep.equal(parsed);
    });
  }
});

type Values = { readonly [K in 'type' | 'values']: unknown } | QColumn['values'];

function column(name: string, values: Values): QColumn {
  const whole = 'kind' in values ? values : { kind: 'vector', attribute: 'none', ...values };
  return { name, values: whole as QColumn['values'] };
}

function table(...columns: QColumn[]): QTable {
  return { kind: 'table', attribute: 'none', columns };
}

function jsonOf(value: QValue): unknown {
  return JSON.parse([...json(value)].join('\n'));
}
