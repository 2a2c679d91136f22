import { expect } from 'chai';
import fc from 'fast-check';
import { decodeValue } from '../../../../src/kdb/ipc/decode.ts';
import type { QVector } from '../../../../src/kdb/ipc/values.ts';
import { tickerplantColumns } from '../../../../src/kdb/tables/convention.ts';
import { cutRows } from '../../../../src/kdb/tables/cut-rows.ts';
import { encodeColumns, encodedLength } from '../../../../src/kdb/tables/encode-columns.ts';
import type { RowSelection } from '../../../../src/kdb/tables/row-selection.ts';
import { CONVENTIONS, type Convention } from '../../../../src/tables/conventions.ts';
import { AGGREGATE_TABLES, STATUS_TABLES } from '../../../../src/tables/definitions.ts';
import type { TableRows } from '../../../../src/tables/table-rows.ts';
import { type Row, rowsOf } from './rows.ts';

const NAN_WITH_A_PAYLOAD = new Float64Array(BigUint64Array.of(0xfff8000000000001n).buffer)[0]!;

const row: fc.Arbitrary<Row> = fc.record({
  time: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  sym: fc.oneof(
    fc.constantFrom('', 'A', 'BRK.B', 'O:SPY251219C00650000', 'é'),
    fc.string({ unit: 'grapheme-ascii' }),
  ),
  start: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  open: fc.double(),
  trades: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  mkt: fc.constantFrom('stocks', 'crypto'),
  src: fc.constant('ws'),
});

/** The columns of the selected rows, taken one value at a time. */
function expectedColumns(rows: TableRows, { begin, end, indexes }: RowSelection): unknown[][] {
  const selected = Array.from({ length: end - begin }, (_, i) => (indexes ? indexes[begin + i]! : begin + i));
  return rows.columns.map(column =>
    selected.map(at => (column.type === 'symbol' ? rows.symbols.nameOf(column.ids[at]!) : column.values[at])),
  );
}

function decodedColumns(rows: TableRows, selection: RowSelection, convention: Convention): QVector[] {
  const decoded = decodeValue(encodeColumns(rows, selection, convention));
  if (decoded.kind !== 'list') throw new Error('columns are not a general list');
  return decoded.items as QVector[];
}

describe('kdb columns', () => {
  it('encodes a row of documented values to the bytes that q would send', () => {
    const rows = rowsOf(STATUS_TABLES.feedstat, [
      { time: 34_200_000_000_000n, sym: 'stocks', rows: 3, lag: 1n, spool: 0 },
    ]);
    const hex = [
      '000007000000',
      '10000100000000f0d9ce1a1f0000',
      '0b000100000073746f636b7300',
      '0700010000000300000000000000',
      '1000010000000100000000000000',
      '0700010000000000000000000000',
      '0c00010000000000000000000080',
      '0c00010000000000000000000080',
    ].join('');
    const encoded = encodeColumns(rows, { begin: 0, end: 1 }, 'kdb-tick');
    expect(Buffer.from(encoded).toString('hex')).equal(hex);
  });

  it('encodes any rows, as a range or as a list, exactly and without an attribute', () => {
    const selection = fc
      .array(row, { minLength: 1, maxLength: 30 })
      .chain(list =>
        fc.tuple(fc.constant(list), fc.array(fc.nat(list.length - 1), { maxLength: 40 }), fc.boolean()),
      );
    fc.assert(
      fc.property(selection, ([list, places, listed]) => {
        const rows = rowsOf(AGGREGATE_TABLES.agg1s, list);
        const selected: RowSelection = listed
          ? { begin: 0, end: places.length, indexes: Int32Array.from(places) }
          : { begin: Math.min(places.length, list.length) >>> 1, end: list.length };
        const columns = decodedColumns(rows, selected, 'kdb-tick');
        expect(columns.map(({ values }) => [...values])).deep.equal(expectedColumns(rows, selected));
        expect(columns.map(({ type }) => type)).deep.equal(
          AGGREGATE_TABLES.agg1s.columns.map(({ type }) => type),
        );
        expect(new Set(columns.map(({ attribute }) => attribute))).deep.equal(new Set(['none']));
        expect(encodedLength(rows, selected, 'kdb-tick')).equal(
          encodeColumns(rows, selected, 'kdb-tick').length,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the bits of a float, whatever kind of null it is', () => {
    const rows = rowsOf(AGGREGATE_TABLES.agg1s, [{ open: NAN_WITH_A_PAYLOAD }, { open: -0 }]);
    const range = encodeColumns(rows, { begin: 0, end: 2 }, 'kdb-tick');
    const listed = encodeColumns(rows, { begin: 0, end: 2, indexes: Int32Array.of(0, 1) }, 'kdb-tick');
    expect(Buffer.from(listed).equals(range)).equal(true);
  });

  it('encodes no rows as empty vectors', () => {
    const columns = decodedColumns(rowsOf(AGGREGATE_TABLES.agg1m, []), { begin: 0, end: 0 }, 'kdb-tick');
    expect(columns.map(({ values }) => values.length)).deep.equal(Array(17).fill(0));
  });

  it('uses exactly its own part of a longer buffer', () => {
    const rows = rowsOf(AGGREGATE_TABLES.agg1m, [{ sym: 'A', mkt: 'stocks' }]);
    const longer = new Uint8Array(4096).fill(0xee);
    const encoded = encodeColumns(rows, { begin: 0, end: 1 }, 'kdb-tick', () => longer);
    expect(encoded.buffer).equal(longer.buffer);
    expect(longer.subarray(encoded.length).every(byte => byte === 0xee)).equal(true);
  });

  describe('in the conventions of TorQ', () => {
    const rows = rowsOf(AGGREGATE_TABLES.agg1s, [{ time: 5n, sym: 'A', start: 844_003_800_000_000_000n }]);
    const all = { begin: 0, end: 1 };

    it('gives time as the start of the window', () => {
      const [time, sym, start] = decodedColumns(rows, all, 'torq');
      expect([time!.type, time!.values[0]]).deep.equal(['timestamp', 844_003_800_000_000_000n]);
      expect([sym!.values[0], start!.values[0]]).deep.equal(['A', 844_003_800_000_000_000n]);
    });

    it('gives time of a table without windows as its trading date and time', () => {
      const status = rowsOf(STATUS_TABLES.feedstat, [{ time: 34_200_000_000_000n, sym: 'stocks' }, {}], 9771);
      const [time] = decodedColumns(status, { begin: 0, end: 2, indexes: Int32Array.of(1, 0) }, 'torq');
      const timestampNs = 9771n * 86_400_000_000_000n + 34_200_000_000_000n;
      expect([time!.type, ...time!.values]).deep.equal(['timestamp', -(2n ** 63n), timestampNs]);
    });

    it('leaves time out for the segmented tickerplant, which puts its own first', () => {
      const columns = decodedColumns(rows, all, 'torq-stp');
      expect(columns.length).equal(16);
      expect(columns[0]!.values[0]).equal('A');
    });

    it('names the columns as the tickerplant has them', () => {
      const firsts = CONVENTIONS.map(convention => tickerplantColumns(AGGREGATE_TABLES.agg1s, convention)[0]);
      expect(firsts.map(column => column!.type)).deep.equal(['timespan', 'timestamp', 'timestamp']);
    });
  });
});

describe('kdb batches', () => {
  const rows = rowsOf(
    AGGREGATE_TABLES.agg1s,
    Array.from({ length: 1000 }, (_, i) => ({ sym: `S${'x'.repeat(i % 50)}`, mkt: 'stocks', src: 'ws' })),
  );

  it('cuts at the rows and bytes of a batch, in order and without holes', () => {
    const limits = fc.record({
      rows: fc.integer({ min: 1, max: 400 }),
      bytes: fc.integer({ min: 300, max: 50_000 }),
    });
    fc.assert(
      fc.property(limits, fc.nat(500), (limit, begin) => {
        const cut = cutRows(rows, { begin, end: 1000 }, 'kdb-tick', limit);
        let next = begin;
        for (const selection of cut) {
          expect(selection.begin).equal(next);
          next = selection.end;
          const rowCount = selection.end - selection.begin;
          expect(rowCount).within(1, limit.rows);
          if (rowCount > 1) expect(encodedLength(rows, selection, 'kdb-tick')).most(limit.bytes);
        }
        expect(next).equal(1000);
      }),
    );
  });

  it('sends a row alone that is longer than a batch may be', () => {
    const cut = cutRows(rows, { begin: 0, end: 3 }, 'kdb-tick', { rows: 10, bytes: 1 });
    expect(cut.map(({ begin, end }) => [begin, end])).deep.equal([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('cuts a list of rows and keeps the list', () => {
    const indexes = Int32Array.of(5, 4, 3);
    const cut = cutRows(rows, { begin: 0, end: 3, indexes }, 'kdb-tick', { rows: 2, bytes: 1_000_000 });
    expect(cut).deep.equal([
      { begin: 0, end: 2, indexes },
      { begin: 2, end: 3, indexes },
    ]);
  });
});
