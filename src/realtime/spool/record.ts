import { crc32 } from 'node:zlib';
import type { Batch } from '../../kdb/batch.ts';
import { logMessageHead } from '../../kdb/tables/log-file.ts';
import type { DateDays } from '../../tables/epoch.ts';

/**
 * A record is two messages of a kdb+ log, one after the other:
 * - the mark, ``(::;longs)``, which `-11!` evaluates as the identity of a list of longs: nothing happens;
 * - the data, ``(`upd;table;columns)``, as a tickerplant writes it.
 *
 * The longs of a mark: what it is (eight letters, the version among them), sequence, trading date, rows, drained (ms
 * since 1970), end of the latest window (ms since 1970, or null), length of the data in bytes, CRC-32 of the data, and
 * CRC-32 of the mark before this. Everything is little-endian, as a log is on the machines that this runs on.
 */
export interface Mark {
  readonly sequence: number;
  readonly tradingDate: DateDays;
  readonly rowCount: number;
  readonly drainedMs: number;
  readonly windowEndMs: number | undefined;
  readonly dataBytes: number;
  readonly dataCrc: number;
}

/** (a list of two)(the identity)(a vector of nine longs without attribute) */
const MARK_HEAD = Uint8Array.of(0, 0, 2, 0, 0, 0, 0x65, 0, 7, 0, 9, 0, 0, 0);
const MAGIC = Buffer.from('MKDBREC1', 'latin1');
const LONG_BYTES = 8;
const CRC_PLACE = MARK_HEAD.length + 8 * LONG_BYTES;

/** Bytes of a mark. */
export const MARK_BYTES = CRC_PLACE + LONG_BYTES;

/** What every mark begins with: by this the next one is found where a record is damaged. */
export const MARK_BEGINNING: Uint8Array = Buffer.concat([MARK_HEAD, MAGIC]);

const NULL_LONG = -(2n ** 63n);

/**
 * The bytes of a batch as a record: mark and head of the data in one part, and the columns as they are, not copied.
 * `drainedMs` and `windowEndMs` are kept to the millisecond.
 */
export function recordParts(batch: Batch): readonly [Uint8Array, Uint8Array] {
  const dataHead = logMessageHead(batch.table);
  const dataBytes = dataHead.length + batch.columns.length;
  const first = Buffer.allocUnsafe(MARK_BYTES + dataHead.length);
  first.set(MARK_BEGINNING);
  first.set(dataHead, MARK_BYTES);
  const { sequence, tradingDate, rowCount, drainedMs, windowEndMs } = batch;
  const longs = [
    sequence,
    tradingDate,
    rowCount,
    Math.round(drainedMs),
    windowEndMs === undefined ? undefined : Math.round(windowEndMs),
    dataBytes,
    crc32(batch.columns, crc32(dataHead)),
  ];
  let at = MARK_BEGINNING.length;
  for (const long of longs) at = first.writeBigInt64LE(long === undefined ? NULL_LONG : BigInt(long), at);
  first.writeBigInt64LE(BigInt(crc32(first.subarray(0, CRC_PLACE))), CRC_PLACE);
  return [first, batch.columns];
}

/** Bytes that a batch takes in a segment. */
export function recordLength({ table, columns }: Pick<Batch, 'table' | 'columns'>): number {
  return MARK_BYTES + logMessageHead(table).length + columns.length;
}

/** The mark at `at`; undefined where there is none that is whole and right. */
export function readMark(bytes: Buffer, at: number): Mark | undefined {
  if (bytes.length - at < MARK_BYTES) return undefined;
  if (MARK_BEGINNING.some((byte, place) => bytes[at + place] !== byte)) return undefined;
  if (bytes.readBigInt64LE(at + CRC_PLACE) !== BigInt(crc32(bytes.subarray(at, at + CRC_PLACE)))) {
    return undefined;
  }
  const long = (index: number) => bytes.readBigInt64LE(at + MARK_BEGINNING.length + index * LONG_BYTES);
  const windowEndMs = long(4);
  return {
    sequence: Number(long(0)),
    tradingDate: Number(long(1)),
    rowCount: Number(long(2)),
    drainedMs: Number(long(3)),
    windowEndMs: windowEndMs === NULL_LONG ? undefined : Number(windowEndMs),
    dataBytes: Number(long(5)),
    dataCrc: Number(long(6)),
  };
}

/** Whether the data is what the mark says. */
export function matches(mark: Mark, data: Uint8Array): boolean {
  return data.length === mark.dataBytes && crc32(data) === mark.dataCrc;
}

/** Where the table's name begins in the data, and the columns after it. */
const TABLE_PLACE = logMessageHead('').length - 1;

/** The batch that a record holds; its columns are copied into what `allocate` gives. */
export function batchOf(mark: Mark, data: Buffer, allocate: (byteCount: number) => Uint8Array): Batch {
  const tableEnd = data.indexOf(0, TABLE_PLACE);
  const source = data.subarray(tableEnd + 1);
  const columns = allocate(source.length).subarray(0, source.length);
  columns.set(source);
  const { sequence, tradingDate, rowCount, drainedMs, windowEndMs } = mark;
  return {
    sequence,
    table: data.toString('utf8', TABLE_PLACE, tableEnd),
    tradingDate,
    rowCount,
    columns,
    drainedMs,
    windowEndMs,
  };
}
