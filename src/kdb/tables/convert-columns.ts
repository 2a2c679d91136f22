import { NULL_INT64_HIGH, NULL_INT64_LOW } from '../../tables/columns.ts';
import type { Convention } from '../../tables/conventions.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import { type DateDays, MS_PER_DAY } from '../../tables/epoch.ts';
import { TYPE_NUMBER } from '../ipc/values.ts';
import { wireColumns } from './convention.ts';

/** Type, attribute and count: what stands before the items of a vector or list. */
const VECTOR_HEADER_BYTES = 6;
const ITEM_BYTES = 8;
const NS_PER_DAY = BigInt(MS_PER_DAY) * 1_000_000n;

/** What must be known of a batch to give its columns another form. */
export interface EncodedRows {
  readonly tradingDate: DateDays;
  readonly rowCount: number;
  /** As `encodeColumns` makes it for `kdb-tick`. */
  readonly columns: Uint8Array;
}

/**
 * The columns of a batch as `encodeColumns` would have made them for another convention, in parts that follow each
 * other on the wire. All but the first few bytes are views of the batch: batches are made and kept once, in the form of
 * `kdb-tick`, and a target of another convention gets them converted as they are sent.
 */
export function convertColumns(
  rows: EncodedRows,
  definition: TableDefinition,
  convention: Convention,
): Uint8Array[] {
  if (convention === 'kdb-tick') return [rows.columns];
  const vectors = vectorsOf(rows, definition);
  const columns = wireColumns(definition, convention).map(wire =>
    wire.from === 'column' ? vectors[wire.index]! : dateAndTime(vectors[wire.timeIndex]!, rows),
  );
  return [header(0, columns.length), ...columns];
}

/** Each column with its header. */
function vectorsOf({ columns, rowCount }: EncodedRows, definition: TableDefinition): Uint8Array[] {
  let end = VECTOR_HEADER_BYTES;
  return definition.columns.map(({ type }) => {
    const begin = end;
    end += VECTOR_HEADER_BYTES;
    end = type === 'symbol' ? endOfNames(columns, end, rowCount) : end + rowCount * ITEM_BYTES;
    return columns.subarray(begin, end);
  });
}

function endOfNames(bytes: Uint8Array, begin: number, count: number): number {
  let at = begin;
  for (let left = count; left > 0; left--) at = bytes.indexOf(0, at) + 1;
  return at;
}

/** A vector of timespans and the trading date as timestamps; a null stays one. */
function dateAndTime(times: Uint8Array, { rowCount, tradingDate }: EncodedRows): Uint8Array {
  const midnight = BigInt(tradingDate) * NS_PER_DAY;
  const out = Uint8Array.from(times);
  out[0] = TYPE_NUMBER.timestamp;
  const items = new DataView(out.buffer, VECTOR_HEADER_BYTES);
  for (let at = 0; at < rowCount * ITEM_BYTES; at += ITEM_BYTES) {
    const isNull =
      items.getInt32(at, true) === NULL_INT64_LOW && items.getInt32(at + 4, true) === NULL_INT64_HIGH;
    if (!isNull) items.setBigInt64(at, midnight + items.getBigInt64(at, true), true);
  }
  return out;
}

function header(type: number, count: number): Uint8Array {
  const bytes = new Uint8Array(VECTOR_HEADER_BYTES);
  bytes[0] = type;
  new DataView(bytes.buffer).setInt32(2, count, true);
  return bytes;
}
