import { unlink } from 'node:fs/promises';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Configuration } from '../../config/schema.ts';
import { eventFiles } from '../../massive/quarantined-events.ts';
import { refusedFiles } from '../../realtime/refused-files.ts';
import { SpoolError } from '../../realtime/spool/errors.ts';
import { systemSpoolFiles } from '../../realtime/spool/system-files.ts';
import type { CommandContext } from '../command.ts';
import { daemonOf, namesOf } from '../spool/places.ts';
import { quarantineContent } from './list.ts';

/**
 * Deletes what is in the quarantine; without `isSure` it says what that would be.
 *
 * @throws SpoolError SPOOL_LOCKED while a daemon writes there, and what the system says
 */
export async function dropQuarantine(
  configuration: Configuration,
  isSure: boolean,
  { stdout, stderr }: CommandContext,
): Promise<ExitCode> {
  const { events, batches } = await quarantineContent(configuration);
  const eventCount = events.reduce((sum, { count }) => sum + count, 0);
  const batchCount = batches.reduce((sum, counted) => sum + counted.batches, 0);
  const rows = batches.reduce((sum, counted) => sum + counted.rows, 0);
  const content = `${eventCount} events, and ${rows} rows in ${batchCount} refused batches`;
  if (!isSure) {
    stdout.write(`would drop ${content}\n`);
    stderr.write('massive-kdb: nothing was dropped; give --yes to do it\n');
    return ExitCode.usage;
  }
  await requireNoDaemon(configuration);
  const { directory } = configuration.quarantine;
  const files = [...(await eventFiles(directory)), ...(await refusedFiles(directory))];
  for (const file of files) await unlink(file);
  stdout.write(`dropped ${content}\n`);
  return ExitCode.ok;
}

/** A daemon has its file open, and would write on into one that is gone. */
async function requireNoDaemon({ spool }: Configuration): Promise<void> {
  const place = { root: spool.directory, files: systemSpoolFiles };
  for (const name of await namesOf(place, undefined)) {
    const pid = await daemonOf(place, name);
    if (pid !== undefined) throw SpoolError.inUse(`${spool.directory}/${name}`, pid);
  }
}
