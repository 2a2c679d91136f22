import { join } from 'node:path';
import { holderOfLock } from '../../base/process-lock.ts';
import type { SpoolFiles } from '../../realtime/spool/files.ts';
import { SPOOL_LOCK_NAME } from '../../realtime/spool/lock.ts';
import { spoolNames } from '../../realtime/spool/view.ts';
import { UsageError } from '../command.ts';

/** The folder in which the spools of this machine are. */
export interface SpoolPlace {
  readonly root: string;
  readonly files: SpoolFiles;
}

/** The names that are meant: the one that is given, or all. Throws UsageError where it is not there. */
export async function namesOf(
  { root, files }: SpoolPlace,
  given: string | undefined,
): Promise<readonly string[]> {
  const names = await spoolNames(files, root);
  if (given === undefined) return names;
  if (names.includes(given)) return [given];
  throw new UsageError(`there is no spool ${given} in ${root}`, `There is ${listed(names)}.`);
}

/** The one that is meant. Throws UsageError. */
export async function nameOf(place: SpoolPlace, given: string | undefined): Promise<string> {
  const names = await namesOf(place, given);
  const own = names.filter(name => !name.includes('/'));
  const name = names.length === 1 ? names[0] : own.length === 1 ? own[0] : undefined;
  if (name !== undefined) return name;
  throw new UsageError(
    names.length === 0 ? `there is no spool in ${place.root}` : `it is not said which spool`,
    names.length === 0
      ? 'Set spool.directory, or --config to the file that has it.'
      : `Give --spool: ${listed(names)}.`,
  );
}

/** The pid of the daemon that has a spool, if one does. */
export function daemonOf({ root }: SpoolPlace, name: string): Promise<number | undefined> {
  return holderOfLock(join(root, name), SPOOL_LOCK_NAME);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
