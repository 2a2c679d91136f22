import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type DateDays, dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import type { SpoolFiles } from './files.ts';
import { requireVersion, SPOOL_VERSION } from './identity.ts';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

const KIND = 'massive-kdb spool ledger';

/** What the records do not say. */
export interface LedgerContent {
  /** By reader: all up to this sequence is acknowledged. */
  readonly positions: Readonly<Record<string, number>>;
  /** The dates that ended last, ascending. */
  readonly endedDates: readonly DateDays[];
}

export function ledgerPath(directory: string): string {
  return join(directory, 'ledger.json');
}

/**
 * The ledger in a directory; undefined where there is none, `'damaged'` where it is not what was written. Throws
 * SpoolError where another release wrote it, and what the system says.
 */
export async function readLedger(
  files: SpoolFiles,
  directory: string,
): Promise<LedgerContent | 'damaged' | undefined> {
  const path = ledgerPath(directory);
  const text = await readSmallFile(files, path);
  if (text === undefined) return undefined;
  const file = parsed(text);
  if (file?.kind !== KIND || file.crc !== crcOf(file)) return 'damaged';
  requireVersion(path, file.version);
  return { positions: file.positions, endedDates: file.endedDates.map(dateDaysOf) };
}

/**
 * Puts it in the place of the one before, in one step. After a crash it may be the one before all the same, which says
 * less and never more.
 */
export async function writeLedger(
  files: SpoolFiles,
  directory: string,
  { positions, endedDates }: LedgerContent,
): Promise<void> {
  const content = {
    kind: KIND,
    version: SPOOL_VERSION,
    positions,
    endedDates: endedDates.map(isoDateOf),
  };
  const file: LedgerFile = { ...content, crc: crcOf(content) };
  await replaceSmallFile(files, ledgerPath(directory), `${JSON.stringify(file)}\n`);
}

interface LedgerFile {
  readonly kind: string;
  readonly version: number;
  readonly positions: Readonly<Record<string, number>>;
  readonly endedDates: readonly string[];
  /** Of everything before it: a position that is wrong by a bit would cost rows. */
  readonly crc: number;
}

function crcOf({ kind, version, positions, endedDates }: Omit<LedgerFile, 'crc'>): number {
  return crc32(JSON.stringify([kind, version, positions, endedDates]));
}

function parsed(text: string): LedgerFile | undefined {
  try {
    return (JSON.parse(text) as LedgerFile | null) ?? undefined;
  } catch {
    return undefined;
  }
}
