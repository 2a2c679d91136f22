import type { Int64Column, SymbolColumn } from '../../tables/columns.ts';
import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { Convention } from '../../tables/conventions.ts';
import type { ColumnType } from '../../tables/definitions.ts';
import { MS_PER_DAY } from '../../tables/epoch.ts';
import { HEAD_BYTES, type SymbolTable } from '../../tables/symbol-table.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import { NULL_INT64, TYPE_NUMBER } from '../ipc/values.ts';
import { type WireColumn, wireColumns } from './convention.ts';
import { type RowSelection, rowCountOf } from './row-selection.ts';

/** Type, attribute and count: what stands before the items of a vector or list. */
const VECTOR_HEADER_BYTES = 6;
const NS_PER_DAY = BigInt(MS_PER_DAY) * 1_000_000n;

/** Where the bytes of a batch come from: at least `byteCount` of them are needed, and exactly that many used. */
export type Allocate = (byteCount: number) => Uint8Array;

/**
 * The selected rows as the q IPC body of a general list of column vectors, in the column order of `convention`:
 * the argument of `.u.upd`, without message header, function or table name. Also a single row is sent as vectors.
 * No attribute is claimed. `allocate` gives the buffer, which the caller owns (see BufferPool).
 */
export function encodeColumns(
  rows: TableRows,
  selection: RowSelection,
  convention: Convention,
  allocate: Allocate = Buffer.allocUnsafeSlow,
): Uint8Array {
  const columns = wireColumns(rows.definition, convention);
  const byteCount = encodedBytes(rows, selection, columns);
  const out = allocate(byteCount).subarray(0, byteCount);
  writeHeader(out, 0, 0, columns.length);
  let at = VECTOR_HEADER_BYTES;
  for (const column of columns) {
    writeHeader(out, at, typeNumberOf(rows, column), rowCountOf(selection));
    at = writeItems(out, at + VECTOR_HEADER_BYTES, rows, selection, column);
  }
  return out;
}

/** The length of what `encodeColumns` makes of the selected rows. */
export function encodedLength(rows: TableRows, selection: RowSelection, convention: Convention): number {
  return encodedBytes(rows, selection, wireColumns(rows.definition, convention));
}

function encodedBytes(rows: TableRows, selection: RowSelection, columns: readonly WireColumn[]): number {
  let byteCount = VECTOR_HEADER_BYTES;
  for (const wire of columns) {
    const column = wire.from === 'column' ? rows.columns[wire.index]! : undefined;
    byteCount += VECTOR_HEADER_BYTES;
    byteCount +=
      column?.type === 'symbol' ? symbolBytes(rows.symbols, column, selection) : rowCountOf(selection) * 8;
  }
  return byteCount;
}

function symbolBytes(symbols: SymbolTable, { ids }: SymbolColumn, selection: RowSelection): number {
  const { offsets } = symbols;
  const { begin, end, indexes } = selection;
  const onlyId = onlyIdOf(ids, selection);
  if (onlyId !== undefined) return (offsets[onlyId + 1]! - offsets[onlyId]!) * (end - begin);
  let byteCount = 0;
  for (let i = begin; i < end; i++) {
    const id = ids[indexes ? indexes[i]! : i]!;
    byteCount += offsets[id + 1]! - offsets[id]!;
  }
  return byteCount;
}

function typeNumberOf(rows: TableRows, wire: WireColumn): number {
  const type: ColumnType = wire.from === 'column' ? rows.columns[wire.index]!.type : 'timestamp';
  return TYPE_NUMBER[type];
}

function writeHeader(out: Uint8Array, at: number, type: number, count: number): void {
  out[at] = type;
  out[at + 1] = 0;
  out[at + 2] = count;
  out[at + 3] = count >>> 8;
  out[at + 4] = count >>> 16;
  out[at + 5] = count >>> 24;
}

/** Writes the items of one column and returns where the next column begins. */
function writeItems(
  out: Uint8Array,
  at: number,
  rows: TableRows,
  selection: RowSelection,
  wire: WireColumn,
): number {
  if (wire.from === 'date-and-time') {
    const time = rows.columns[wire.timeIndex] as Int64Column;
    return writeWords(out, at, timestamps(rows.tradingDates, time, selection), allOf(selection));
  }
  const column = rows.columns[wire.index]!;
  switch (column.type) {
    case 'symbol':
      return writeSymbols(out, at, rows.symbols, column, selection);
    case 'float':
      return writeWords(out, at, column.values, selection);
    default:
      return writeWords(out, at, column.values, selection);
  }
}

/** Copies 8-byte items: a range at once, listed rows by way of an aligned scratch, since `out` is not aligned. */
function writeWords(
  out: Uint8Array,
  at: number,
  values: Float64Array | BigInt64Array,
  { begin, end, indexes }: RowSelection,
): number {
  const source = indexes
    ? gathered(values, indexes, begin, end)
    : new Uint8Array(values.buffer, values.byteOffset + begin * 8, (end - begin) * 8);
  out.set(source, at);
  return at + source.length;
}

let scratch = new Int32Array(2048);

function gathered(
  values: Float64Array | BigInt64Array,
  indexes: Int32Array,
  begin: number,
  end: number,
): Uint8Array {
  // As pairs of words, so that neither a BigInt is made per value nor the bits of a NaN are touched.
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  if (scratch.length < (end - begin) * 2) scratch = new Int32Array((end - begin) * 2);
  const target = scratch;
  for (let i = begin, j = 0; i < end; i++, j += 2) {
    const row = indexes[i]! * 2;
    target[j] = words[row]!;
    target[j + 1] = words[row + 1]!;
  }
  return new Uint8Array(target.buffer, 0, (end - begin) * 8);
}

/** The id that all selected rows have, as in `mkt` and `src`; undefined where they differ. */
function onlyIdOf(ids: Int32Array, { begin, end, indexes }: RowSelection): number | undefined {
  if (begin === end) return undefined;
  const first = ids[indexes ? indexes[begin]! : begin]!;
  for (let i = begin + 1; i < end; i++) if (ids[indexes ? indexes[i]! : i] !== first) return undefined;
  return first;
}

/** Names are a few bytes each: one that its head holds with its NUL is two words, a longer one is copied by bytes. */
function writeSymbols(
  out: Uint8Array,
  at: number,
  symbols: SymbolTable,
  { ids }: SymbolColumn,
  selection: RowSelection,
): number {
  const { bytes, offsets } = symbols;
  const { begin, end, indexes } = selection;
  const onlyId = onlyIdOf(ids, selection);
  if (onlyId !== undefined) {
    return writeRepeated(out, at, bytes.subarray(offsets[onlyId]!, offsets[onlyId + 1]!), end - begin);
  }
  const { heads } = symbols;
  const words = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const lastHead = out.length - HEAD_BYTES;
  let position = at;
  for (let i = begin; i < end; i++) {
    const id = ids[indexes ? indexes[i]! : i]!;
    const nameBegin = offsets[id]!;
    const nameEnd = offsets[id + 1]!;
    if (nameEnd - nameBegin <= HEAD_BYTES && position <= lastHead) {
      // What the head writes beyond the name is written again by what comes next.
      words.setInt32(position, heads[id * 2]!, true);
      words.setInt32(position + 4, heads[id * 2 + 1]!, true);
      position += nameEnd - nameBegin;
    } else {
      for (let from = nameBegin; from < nameEnd; from++) out[position++] = bytes[from]!;
    }
  }
  return position;
}

/** Writes a name `count` times, doubling what is there already. */
function writeRepeated(out: Uint8Array, at: number, name: Uint8Array, count: number): number {
  const end = at + name.length * count;
  out.set(name, at);
  for (let written = name.length; at + written < end; written *= 2) {
    out.copyWithin(at + written, at, Math.min(at + written, end - written));
  }
  return end;
}

function timestamps(tradingDates: Int32Array, time: Int64Column, selection: RowSelection): BigInt64Array {
  const { begin, end, indexes } = selection;
  const values = new BigInt64Array(end - begin);
  for (let i = begin; i < end; i++) {
    const row = indexes ? indexes[i]! : i;
    const isNull = time.words[row * 2] === NULL_INT64_LOW && time.words[row * 2 + 1] === NULL_INT64_HIGH;
    values[i - begin] = isNull ? NULL_INT64 : BigInt(tradingDates[row]!) * NS_PER_DAY + time.values[row]!;
  }
  return values;
}

function allOf(selection: RowSelection): RowSelection {
  return { begin: 0, end: rowCountOf(selection) };
}
