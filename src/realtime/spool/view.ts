import { join } from 'node:path';
import type { Batch } from '../../kdb/batch.ts';
import type { DamageKeeper } from './damage.ts';
import { isMissing, SpoolError } from './errors.ts';
import type { SpoolFiles } from './files.ts';
import { readIdentity } from './identity.ts';
import { readLedger } from './ledger.ts';
import { countRows, readRecords } from './read.ts';
import { segmentNumbers } from './recovery.ts';
import { Segment } from './segment.ts';
import { recordBytes, scanSegment } from './segment-scan.ts';

/** Batches are read in pieces of about this size. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** What a spool holds, as its files say. */
export interface SpoolView {
  readonly directory: string;
  /** Undefined where the identity cannot be read. */
  readonly source: string | undefined;
  readonly segments: readonly Segment[];
  /** Positions of the readers as last written; empty where the ledger is lost or damaged. */
  readonly positions: Readonly<Record<string, number>>;
  /** Bytes that are no record; those at the end of the last segment of a running daemon are being written. */
  readonly damagedBytes: number;
}

/**
 * Looks at a spool and changes nothing: also safe while a daemon has it, of which it then shows a moment.
 *
 * @throws SpoolError where it cannot be read, is none, or is of another version
 */
export async function viewSpool(files: SpoolFiles, directory: string): Promise<SpoolView> {
  try {
    const identity = await readIdentity(files, directory);
    const ledger = await readLedger(files, directory);
    const segments: Segment[] = [];
    let damagedBytes = 0;
    for (const number of await segmentNumbers(files, directory)) {
      const segment = new Segment(directory, number);
      damagedBytes += (await lookInto(files, segment)) ?? 0;
      if (segment.fileBytes > 0) segments.push(segment);
    }
    return {
      directory,
      source: typeof identity === 'object' ? identity.source : undefined,
      segments,
      positions: typeof ledger === 'object' ? ledger.positions : {},
      damagedBytes,
    };
  } catch (error) {
    throw error instanceof SpoolError ? error : SpoolError.directory(directory, error);
  }
}

/** Rows that a reader at a position has not acknowledged. Throws SpoolError. */
export function waitingRows({ segments }: SpoolView, position: number, files: SpoolFiles): Promise<number> {
  return countRows(segments, position, files);
}

/** The records that were drained from `sinceMs` on and before `untilMs`, in their order. Throws SpoolError. */
export async function* recordsDrained(
  { segments }: SpoolView,
  sinceMs: number,
  untilMs: number,
  files: SpoolFiles,
  damage: Pick<DamageKeeper, 'skipped'>,
): AsyncGenerator<Batch> {
  const due = segments.filter(
    segment => segment.lastDrainedMs >= sinceMs && segment.firstDrainedMs < untilMs,
  );
  const allocate = (byteCount: number): Uint8Array => new Uint8Array(byteCount);
  let after = 0;
  for (;;) {
    const batches = await readRecords(due, after, PIECE_BYTES, { files, damage, allocate });
    const last = batches.at(-1);
    if (!last) return;
    for (const batch of batches) {
      if (batch.drainedMs >= sinceMs && batch.drainedMs < untilMs) yield batch;
    }
    after = last.sequence;
  }
}

/** The spools below a root by their names, such as `stocks` and `stocks/late`. Throws SpoolError. */
export async function spoolNames(files: SpoolFiles, root: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of (await namesIn(files, root)).sort()) {
    for (const candidate of [name, join(name, 'late')]) {
      if ((await namesIn(files, join(root, candidate))).includes('spool.json')) names.push(candidate);
    }
  }
  return names;
}

async function namesIn(files: SpoolFiles, directory: string): Promise<string[]> {
  try {
    return [...(await files.list(directory))];
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return [];
    throw SpoolError.directory(directory, error);
  }
}

/** Reads the marks; the bytes that are no record, or undefined where the segment is gone meanwhile. */
async function lookInto(files: SpoolFiles, segment: Segment): Promise<number | undefined> {
  let damagedBytes = 0;
  try {
    const file = await files.open(segment.path, 'read');
    try {
      segment.fileBytes = await file.sizeBytes();
      for await (const found of scanSegment(file, { from: 0, to: segment.fileBytes, withData: false })) {
        if (found.kind === 'damage') damagedBytes += found.end - found.begin;
        else segment.add(found.mark, found.at, recordBytes(found.mark));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (!isMissing(error)) throw SpoolError.read(segment.path, error);
    return undefined;
  }
  return damagedBytes;
}
