import { expect } from 'chai';
import { decodeValue } from '../../../src/kdb/ipc/decode.ts';
import type { QVector } from '../../../src/kdb/ipc/values.ts';
import { BatchMaker } from '../../../src/realtime/batch-maker.ts';
import type { FloatColumn, Int64Column, SymbolColumn } from '../../../src/tables/columns.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../../src/tables/epoch.ts';
import { SymbolTable } from '../../../src/tables/symbol-table.ts';
import { TableRows } from '../../../src/tables/table-rows.ts';

const TODAY = 9771;
const NOON_MS = Date.UTC(2026, 9, 2, 16);

interface Row {
  readonly sym: string;
  readonly startMs: number;
  readonly tradingDate: number;
}

function rowsOf(rows: readonly Row[]): TableRows {
  const table = new TableRows(AGGREGATE_TABLES.agg1m, new SymbolTable());
  table.reserve(rows.length);
  rows.forEach(({ sym, startMs, tradingDate }, row) => {
    (table.column('sym') as SymbolColumn).ids[row] = table.symbols.internText(sym);
    (table.column('start') as Int64Column).values[row] = BigInt(startMs - TABLE_EPOCH_MS) * 1_000_000n;
    (table.column('close') as FloatColumn).values[row] = row;
    table.tradingDates[row] = tradingDate;
    table.rowCount++;
  });
  return table;
}

function maker(rows = 100) {
  return new BatchMaker({
    limits: { rows, bytes: 1024 * 1024 },
    allocate: byteCount => new Uint8Array(byteCount),
    after: 0,
  });
}

function columnOf(columns: Uint8Array, index: number): QVector {
  const value = decodeValue(columns);
  if (value.kind !== 'list') throw new TypeError('not a general list');
  return value.items[index] as QVector;
}

describe('batches - dates', () => {
  it('puts the rows of each trading date into a batch of its own, ended dates first, order kept', () => {
    const rows = rowsOf([
      { sym: 'A', startMs: NOON_MS, tradingDate: TODAY },
      { sym: 'B', startMs: NOON_MS - 86_400_000, tradingDate: TODAY - 1 },
      { sym: 'C', startMs: NOON_MS, tradingDate: TODAY },
      { sym: 'D', startMs: NOON_MS - 86_400_000, tradingDate: TODAY - 1 },
    ]);
    const batches = maker().make(rows, NOON_MS);
    expect(batches.map(({ tradingDate, rowCount }) => [tradingDate, rowCount])).deep.equal([
      [TODAY - 1, 2],
      [TODAY, 2],
    ]);
    expect(columnOf(batches[0]!.columns, 1).values).deep.equal(['B', 'D']);
    expect(columnOf(batches[1]!.columns, 1).values).deep.equal(['A', 'C']);
    expect([...columnOf(batches[1]!.columns, 6).values]).deep.equal([0, 2]);
  });

  it('makes no batch of no rows', () => {
    expect(maker().make(rowsOf([]), NOON_MS)).deep.equal([]);
  });
});

describe('batches - limits', () => {
  it('cuts without losing or doubling a row, and numbers batches without holes', () => {
    const given = Array.from({ length: 25 }, (_, i) => ({
      sym: `S${i}`,
      startMs: NOON_MS,
      tradingDate: TODAY,
    }));
    const subject = maker(10);
    const batches = subject.make(rowsOf(given), NOON_MS);
    expect(batches.map(batch => batch.rowCount)).deep.equal([10, 10, 5]);
    expect(batches.flatMap(batch => [...columnOf(batch.columns, 1).values])).deep.equal(
      given.map(row => row.sym),
    );
    expect(batches.map(batch => batch.sequence)).deep.equal([1, 2, 3]);
    expect(subject.make(rowsOf(given.slice(0, 1)), NOON_MS)[0]?.sequence).equal(4);
  });

  it('says where the latest window of a batch ends', () => {
    const rows = rowsOf([
      { sym: 'A', startMs: NOON_MS, tradingDate: TODAY },
      { sym: 'A', startMs: NOON_MS - 600_000, tradingDate: TODAY },
    ]);
    expect(maker().make(rows, NOON_MS)[0]?.windowEndMs).equal(NOON_MS + 60_000);
  });
});
