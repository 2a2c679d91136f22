import { LOG_HEADER } from '../../kdb/tables/log-file.ts';
import type { DamageKeeper } from './damage.ts';
import { SpoolError } from './errors.ts';
import type { SpoolFile, SpoolFiles } from './files.ts';
import { MARK_BYTES, readMark } from './record.ts';
import { Segment, segmentNumberOf, segmentPath } from './segment.ts';
import { recordBytes, scanSegment } from './segment-scan.ts';

/**
 * What a spool has on the disk after whatever has happened: the segments in their order, each with the records that
 * count. Torn tails are cut, once they are kept aside. Everything that it returns is on the disk, though the process
 * before may not have synced it; only where a sync of that process failed can nobody tell.
 *
 * @param acknowledged segments wholly up to this sequence are believed by their marks; nobody will read them again
 * @throws SpoolError
 */
export async function recoverSegments(
  files: SpoolFiles,
  directory: string,
  damage: DamageKeeper,
  acknowledged: number,
): Promise<Segment[]> {
  const segments: Segment[] = [];
  const numbers = await segmentNumbers(files, directory);
  for (const [index, number] of numbers.entries()) {
    const segment = new Segment(directory, number);
    const following = numbers[index + 1];
    try {
      const next = following === undefined ? undefined : await firstSequence(files, directory, following);
      const withData = next === undefined || next - 1 > acknowledged;
      await recoverSegment(files, segment, damage, withData);
    } catch (error) {
      throw SpoolError.read(segment.path, error);
    }
    segments.push(segment);
  }
  await files.syncDirectory(directory).catch(error => {
    throw SpoolError.directory(directory, error);
  });
  return segments;
}

/** The numbers of the segments in a directory, ascending. Rejects with what the system says. */
export async function segmentNumbers(files: SpoolFiles, directory: string): Promise<number[]> {
  return (await files.list(directory))
    .map(segmentNumberOf)
    .filter(number => number !== undefined)
    .sort((a, b) => a - b);
}

async function recoverSegment(
  files: SpoolFiles,
  segment: Segment,
  damage: DamageKeeper,
  withData: boolean,
): Promise<void> {
  const file = await files.open(segment.path, 'write');
  try {
    const sizeBytes = await file.sizeBytes();
    segment.fileBytes = sizeBytes;
    for await (const found of scanSegment(file, { from: 0, to: sizeBytes, withData })) {
      if (found.kind === 'record') segment.add(found.mark, found.at, recordBytes(found.mark));
      else if (found.end < sizeBytes) await damage.skipped({ segment, ...found }, file);
      else await cutTail(segment, found.begin, file, damage);
    }
    if (withData) await file.datasync();
  } finally {
    await file.close();
  }
}

/** Cuts what is no record from the end, so that `-11!` reads the file to its end. What cannot be kept is not cut. */
async function cutTail(
  segment: Segment,
  begin: number,
  file: SpoolFile,
  damage: DamageKeeper,
): Promise<void> {
  const end = segment.fileBytes;
  if (!(await damage.skipped({ segment, begin, end }, file))) return;
  await file.truncate(begin);
  segment.fileBytes = begin;
}

/** The sequence of the first record of a segment, where its mark is whole. */
async function firstSequence(
  files: SpoolFiles,
  directory: string,
  number: number,
): Promise<number | undefined> {
  const file = await files.open(segmentPath(directory, number), 'read');
  try {
    const bytes = Buffer.alloc(MARK_BYTES);
    await file.read(bytes, LOG_HEADER.length);
    return readMark(bytes, 0)?.sequence;
  } finally {
    await file.close();
  }
}
