import type { Batch } from '../../kdb/batch.ts';
import type { DamageKeeper } from './damage.ts';
import { isMissing, SpoolError } from './errors.ts';
import type { SpoolFiles } from './files.ts';
import { batchOf, MARK_BYTES } from './record.ts';
import type { Segment } from './segment.ts';
import { scanSegment } from './segment-scan.ts';

export interface ReadParts {
  readonly files: SpoolFiles;
  /** Is told of what is skipped. */
  readonly damage: Pick<DamageKeeper, 'skipped'>;
  readonly allocate: (byteCount: number) => Uint8Array;
}

/**
 * The records beyond sequence `after`, in order and each once, until the columns have `maxBytes`; at least one if there
 * is one. What cannot be read as a record is skipped, counted and kept aside.
 *
 * @throws SpoolError SPOOL_READ
 */
export async function readRecords(
  segments: readonly Segment[],
  after: number,
  maxBytes: number,
  parts: ReadParts,
): Promise<Batch[]> {
  const batches: Batch[] = [];
  let last = after;
  let bytes = 0;
  for (const { segment, before } of withEnds(segments)) {
    if (segment.last <= last || before <= last + 1) continue;
    for await (const batch of recordsOf(segment, last, parts)) {
      if (batch.sequence >= before) break;
      batches.push(batch);
      last = batch.sequence;
      bytes += batch.columns.length;
      if (bytes >= maxBytes) return batches;
    }
  }
  return batches;
}

/** The rows in the records beyond sequence `after`, by their marks. Throws SpoolError SPOOL_READ. */
export async function countRows(
  segments: readonly Segment[],
  after: number,
  files: SpoolFiles,
): Promise<number> {
  let rows = 0;
  for (const { segment, before } of withEnds(segments)) {
    if (segment.first === undefined || segment.last <= after) continue;
    const isWhole = segment.first > after && segment.last < before;
    rows += isWhole ? segment.rows : await rowsBetween(segment, after, before, files);
  }
  return rows;
}

async function rowsBetween(
  segment: Segment,
  after: number,
  before: number,
  files: SpoolFiles,
): Promise<number> {
  try {
    const file = await files.open(segment.path, 'read');
    try {
      const range = { from: segment.placeBefore(after), to: segment.endBytes, withData: false };
      let rows = 0;
      for await (const found of scanSegment(file, range)) {
        if (found.kind !== 'record') continue;
        const { sequence, rowCount } = found.mark;
        if (sequence > after && sequence < before) rows += rowCount;
      }
      return rows;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return 0;
    throw SpoolError.read(segment.path, error);
  }
}

/**
 * Each segment with the sequence before which its records count: what a later one has from its first record on is in
 * place of what stands in a segment that was abandoned, where some of it may have reached the disk all the same.
 */
function withEnds(segments: readonly Segment[]): { readonly segment: Segment; readonly before: number }[] {
  let before = Number.POSITIVE_INFINITY;
  return segments
    .toReversed()
    .map(segment => {
      const own = { segment, before };
      before = Math.min(before, segment.first ?? before);
      return own;
    })
    .reverse();
}

async function* recordsOf(segment: Segment, after: number, parts: ReadParts): AsyncGenerator<Batch> {
  try {
    const file = await parts.files.open(segment.path, 'read');
    try {
      let last = after;
      const range = { from: segment.placeBefore(after), to: segment.endBytes, withData: true };
      for await (const found of scanSegment(file, range)) {
        if (found.kind === 'damage') {
          await parts.damage.skipped({ segment, begin: found.begin, end: found.end }, file);
        } else if (found.mark.sequence > last) {
          last = found.mark.sequence;
          yield batchOf(found.mark, found.bytes!.subarray(MARK_BYTES), parts.allocate);
        }
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    // It was acknowledged by everyone meanwhile, and deleted.
    if (!isMissing(error)) throw SpoolError.read(segment.path, error);
  }
}
