import { encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES, messageHeader } from '../../src/kdb/ipc/message.ts';
import { symbolAtom, symbolVector, TYPE_NUMBER } from '../../src/kdb/ipc/values.ts';
import type { Int64Column, SymbolColumn } from '../../src/tables/columns.ts';
import type { TableRows } from '../../src/tables/table-rows.ts';

const VECTOR_HEADER_BYTES = 6;
const ITEM_BYTES = 8;
const INT_VECTOR = 6;

/** The columns that files of bars have, with the start of the window: 56 bytes a row. */
const COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'trades'] as const;

/**
 * A block as one message of q IPC, in the shape in which a loader takes it: function, table, date, market, source and
 * time of receipt as atoms, symbols as names and run lengths, and only the columns that the source has. The buffer is
 * the caller's, and grows to what the largest block needs.
 */
export class ChunkEncoder {
  #bytes = new Uint8Array(0);

  /** The message; valid until the next. */
  encode(rows: TableRows): Uint8Array {
    const head = this.#head(rows);
    const runs = runsOf(rows);
    const symbolBytes = runs.ids.reduce(
      (sum, id) => sum + rows.symbols.offsets[id + 1]! - rows.symbols.offsets[id]!,
      0,
    );
    const columnBytes = VECTOR_HEADER_BYTES + rows.rowCount * ITEM_BYTES;
    const length =
      MESSAGE_HEADER_BYTES +
      head.length +
      2 * VECTOR_HEADER_BYTES +
      symbolBytes +
      runs.ids.length * 4 +
      COLUMNS.length * columnBytes;
    if (length > this.#bytes.length) this.#bytes = new Uint8Array(length * 1.25);
    const out = this.#bytes;
    out.set(messageHeader('sync', length - MESSAGE_HEADER_BYTES), 0);
    out.set(head, MESSAGE_HEADER_BYTES);
    let at = MESSAGE_HEADER_BYTES + head.length;
    at = this.#header(at, TYPE_NUMBER.symbol, runs.ids.length);
    for (const id of runs.ids) {
      const name = rows.symbols.bytes.subarray(rows.symbols.offsets[id]!, rows.symbols.offsets[id + 1]!);
      out.set(name, at);
      at += name.length;
    }
    at = this.#header(at, INT_VECTOR, runs.ids.length);
    const lengths = Int32Array.from(runs.lengths);
    out.set(new Uint8Array(lengths.buffer), at);
    at += lengths.byteLength;
    for (const name of COLUMNS) {
      const column = rows.column(name) as Int64Column;
      at = this.#header(at, TYPE_NUMBER[column.type], rows.rowCount);
      const { buffer, byteOffset } = column.values;
      out.set(new Uint8Array(buffer, byteOffset, rows.rowCount * ITEM_BYTES), at);
      at += rows.rowCount * ITEM_BYTES;
    }
    return out.subarray(0, at);
  }

  /** The list's header and its items up to the names of the columns. */
  #head(rows: TableRows): Uint8Array {
    const receipt = (rows.column('recv') as Int64Column).values[0]!;
    const atoms = [
      symbolAtom('.feed.chunk'),
      symbolAtom(rows.definition.name),
      { kind: 'atom', type: 'date', value: rows.tradingDates[0]! } as const,
      symbolAtom('stocks'),
      symbolAtom('flat'),
      { kind: 'atom', type: 'timestamp', value: receipt } as const,
      symbolVector([...COLUMNS]),
    ];
    const list = new Uint8Array(VECTOR_HEADER_BYTES);
    new DataView(list.buffer).setInt32(2, atoms.length + 2 + COLUMNS.length, true);
    return Buffer.concat([list, ...atoms.map(atom => encodeValue(atom))]);
  }

  #header(at: number, type: number, count: number): number {
    this.#bytes[at] = type;
    this.#bytes[at + 1] = 0;
    new DataView(this.#bytes.buffer).setInt32(at + 2, count, true);
    return at + VECTOR_HEADER_BYTES;
  }
}

/** The symbols as runs of one id. */
function runsOf(rows: TableRows): { readonly ids: number[]; readonly lengths: number[] } {
  const { ids: column } = rows.column('sym') as SymbolColumn;
  const ids: number[] = [];
  const lengths: number[] = [];
  for (let begin = 0; begin < rows.rowCount; ) {
    const id = column[begin]!;
    let end = begin + 1;
    while (end < rows.rowCount && column[end] === id) end++;
    ids.push(id);
    lengths.push(end - begin);
    begin = end;
  }
  return { ids, lengths };
}
