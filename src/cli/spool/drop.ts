import { join } from 'node:path';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Logger } from '../../base/logger.ts';
import { SpoolError } from '../../realtime/spool/errors.ts';
import { lockSpool } from '../../realtime/spool/lock.ts';
import { removeFile } from '../../realtime/spool/small-file.ts';
import { type SpoolView, viewSpool, waitingRows } from '../../realtime/spool/view.ts';
import type { CommandContext } from '../command.ts';
import { nameOf, type SpoolPlace } from './places.ts';

/**
 * Deletes every record of a spool, acknowledged or not, and what is in its `corrupt` folder; without `isSure` it says
 * what that would be. Source, sequences and positions stay, so that nothing new is taken for something old.
 *
 * @throws UsageError, SpoolError; SPOOL_LOCKED while a daemon has it
 */
export async function dropSpool(
  place: SpoolPlace,
  given: string | undefined,
  isSure: boolean,
  logger: Logger,
  { stdout, stderr }: CommandContext,
): Promise<ExitCode> {
  const { root, files } = place;
  const name = await nameOf(place, given);
  const directory = join(root, name);
  if (!isSure) {
    stdout.write(`would drop ${await contentOf(place, name, await viewSpool(files, directory))}\n`);
    stderr.write('massive-kdb: nothing was dropped; give --yes to do it\n');
    return ExitCode.usage;
  }
  const lock = await lockSpool(directory);
  try {
    const view = await viewSpool(files, directory);
    const content = await contentOf(place, name, view);
    const corrupt = join(directory, 'corrupt');
    const aside = (await files.list(directory)).includes('corrupt') ? await files.list(corrupt) : [];
    for (const { path } of view.segments) await removeFile(files, path);
    for (const file of aside) await removeFile(files, join(corrupt, file));
    await files.syncDirectory(directory);
    logger.warn(`dropped ${content}`);
    stdout.write(`dropped ${content}\n`);
    return ExitCode.ok;
  } catch (error) {
    throw error instanceof SpoolError ? error : SpoolError.directory(directory, error);
  } finally {
    await lock.release();
  }
}

async function contentOf({ files }: SpoolPlace, name: string, view: SpoolView): Promise<string> {
  const { segments, positions } = view;
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const bytes = segments.reduce((sum, segment) => sum + segment.fileBytes, 0);
  const waiting: string[] = [];
  for (const [reader, position] of Object.entries(positions)) {
    const count = await waitingRows(view, position, files);
    if (count > 0) waiting.push(`${count} that ${reader} has not acknowledged`);
  }
  const among = waiting.length === 0 ? 'all acknowledged' : `among them ${waiting.join(', ')}`;
  return `${rows} rows in ${segments.length} segments of ${name} (${bytes} bytes), ${among}`;
}
