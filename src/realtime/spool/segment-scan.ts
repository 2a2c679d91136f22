import { LOG_HEADER } from '../../kdb/tables/log-file.ts';
import { FileWindow } from './file-window.ts';
import type { SpoolFile } from './files.ts';
import { MARK_BEGINNING, MARK_BYTES, type Mark, matches, readMark } from './record.ts';

const DATA_READ_AHEAD_BYTES = 256 * 1024;
const MARK_READ_AHEAD_BYTES = 16 * 1024;

/** What is found in a segment, from its beginning to its end. */
export type Scanned =
  /** `bytes`, mark and data, are there until the next step; undefined where only marks are read. */
  | { readonly kind: 'record'; readonly at: number; readonly mark: Mark; readonly bytes: Buffer | undefined }
  /** Bytes that are no record; at the end of the segment they are a torn tail. */
  | { readonly kind: 'damage'; readonly begin: number; readonly end: number };

export interface ScanOptions {
  /** A place where a record begins, or 0. */
  readonly from: number;
  readonly to: number;
  /** Without its data a record is believed by its mark. */
  readonly withData: boolean;
}

/**
 * The records of a segment in their order. After bytes that are no record it goes on with the next mark that is
 * whole, wherever that is. A segment begins with the header of a log.
 */
export async function* scanSegment(file: SpoolFile, options: ScanOptions): AsyncGenerator<Scanned> {
  const { to, withData } = options;
  const window = new FileWindow(file, to, withData ? DATA_READ_AHEAD_BYTES : MARK_READ_AHEAD_BYTES);
  let at = options.from;
  if (at === 0) at = (await beginsAsLog(window)) ? LOG_HEADER.length : 0;
  while (at < to) {
    const found = await recordAt(window, at, withData);
    if (found) {
      yield { kind: 'record', at, ...found };
      at += recordBytes(found.mark);
    } else {
      const begin = at;
      at = await nextMark(window, begin + 1);
      yield { kind: 'damage', begin, end: at };
    }
  }
}

async function beginsAsLog(window: FileWindow): Promise<boolean> {
  return (await window.bytes(0, LOG_HEADER.length)).equals(LOG_HEADER);
}

/** Bytes that a record takes in its segment. */
export function recordBytes(mark: Mark): number {
  return MARK_BYTES + mark.dataBytes;
}

async function recordAt(
  window: FileWindow,
  at: number,
  withData: boolean,
): Promise<{ readonly mark: Mark; readonly bytes: Buffer | undefined } | undefined> {
  const mark = readMark(await window.bytes(at, MARK_BYTES), 0);
  if (!mark || at + recordBytes(mark) > window.endBytes) return undefined;
  if (!withData) return { mark, bytes: undefined };
  const bytes = await window.bytes(at, recordBytes(mark));
  return matches(mark, bytes.subarray(MARK_BYTES)) ? { mark, bytes } : undefined;
}

/** Where the next whole mark begins, or the end of the file. */
async function nextMark(window: FileWindow, from: number): Promise<number> {
  let at = from;
  while (at + MARK_BYTES <= window.endBytes) {
    const bytes = await window.bytes(at, DATA_READ_AHEAD_BYTES);
    const found = bytes.indexOf(MARK_BEGINNING);
    if (found < 0) {
      // The beginning of a mark may be cut by the end of what is in the window.
      at += Math.max(1, bytes.length - MARK_BEGINNING.length + 1);
    } else if (readMark(await window.bytes(at + found, MARK_BYTES), 0)) {
      return at + found;
    } else {
      at += found + 1;
    }
  }
  return window.endBytes;
}
