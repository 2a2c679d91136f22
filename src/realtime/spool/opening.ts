import { DamageKeeper } from './damage.ts';
import { SpoolError } from './errors.ts';
import { identityPath, newSource, readIdentity, writeIdentity } from './identity.ts';
import { type LedgerContent, ledgerPath, readLedger } from './ledger.ts';
import type { SpoolLock, SpoolOptions, SpoolParts } from './options.ts';
import { Positions } from './positions.ts';
import { recoverSegments } from './recovery.ts';
import type { Segment } from './segment.ts';
import { ensureDirectory, syncPathTo } from './small-file.ts';

/** Sequences that one opening has for itself; where it needs more, the next one begins after them. */
const SEQUENCES_PER_OPENING = 1e9;

/** A spool as it was found, or made, on the disk. */
export interface OpenedDirectory {
  readonly lock: SpoolLock;
  readonly source: string;
  /** Before every sequence that may be used now. */
  readonly lastSequence: number;
  readonly segments: Segment[];
  readonly positions: Positions;
  readonly damage: DamageKeeper;
}

/** Makes or takes over a spool's directory. Throws SpoolError; nothing stays locked then. */
export async function openDirectory(options: SpoolOptions, parts: SpoolParts): Promise<OpenedDirectory> {
  const { directory } = options;
  if (options.readers.length === 0) throw new RangeError(`the spool ${directory} has no reader`);
  try {
    await ensureDirectory(parts.files, directory);
    const lock = await parts.lock(directory);
    try {
      return { lock, ...(await recover(options, parts)) };
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw error instanceof SpoolError ? error : SpoolError.directory(directory, error);
  }
}

async function recover(options: SpoolOptions, parts: SpoolParts): Promise<Omit<OpenedDirectory, 'lock'>> {
  const { directory, market } = options;
  const { files, logger } = parts;
  const damage = new DamageKeeper(directory, market, parts);
  const identity = await readIdentity(files, directory);
  if (identity === undefined) await syncPathTo(files, directory);
  const ledger = await readLedger(files, directory);

  const known = typeof ledger === 'object' ? ledger.positions : {};
  const acknowledged = Math.min(...options.readers.map(reader => known[reader] ?? 0));
  const segments = await recoverSegments(files, directory, damage, acknowledged);
  const last = segments.reduce((latest, segment) => Math.max(latest, segment.last), 0);

  const isNew = identity === undefined && ledger === undefined && segments.length === 0;
  if (ledger === 'damaged' || (ledger === undefined && identity !== undefined && last > 0)) {
    const aside =
      ledger === 'damaged' ? `; the damaged one is ${await damage.setAside(ledgerPath(directory))}` : '';
    logger.warn(
      `the ledger ${ledgerPath(directory)} is ${ledger === 'damaged' ? 'damaged' : 'missing'} and was rebuilt: everything that is kept is sent again${aside}`,
    );
  }
  if (typeof identity !== 'object' && !isNew) {
    const aside =
      identity === 'damaged' ? `; the damaged one is ${await damage.setAside(identityPath(directory))}` : '';
    logger.warn(
      `${identityPath(directory)} is ${identity ?? 'missing'}: the spool has a new source, under which what is not acknowledged is sent again${aside}`,
    );
  }

  const used = Math.max(last, ...Object.values(known));
  const openings = Math.max(
    typeof identity === 'object' ? identity.openings : 0,
    Math.ceil(used / SEQUENCES_PER_OPENING),
  );
  const source = typeof identity === 'object' ? identity.source : newSource(market, parts.random);
  await writeIdentity(files, directory, { source, openings: openings + 1 });
  const lastSequence = openings * SEQUENCES_PER_OPENING;
  const positions = new Positions(files, directory, {
    positions: positionsOf(options, ledger, segments, lastSequence, parts),
    endedDates: typeof ledger === 'object' ? ledger.endedDates : [],
  });
  await positions.save();
  return { source, lastSequence, segments, positions, damage };
}

/** The positions of the readers that there are now. Those without one begin with the oldest record that is kept. */
function positionsOf(
  { directory, readers }: SpoolOptions,
  ledger: LedgerContent | 'damaged' | undefined,
  segments: readonly Segment[],
  lastSequence: number,
  { logger }: SpoolParts,
): Record<string, number> {
  const known = typeof ledger === 'object' ? ledger.positions : {};
  const forgotten = Object.keys(known).filter(reader => !readers.includes(reader));
  if (forgotten.length > 0) {
    logger.info(
      `the spool ${directory} forgets ${forgotten.map(reader => `${reader} (at ${known[reader]})`).join(', ')}: no target of this name is configured`,
    );
  }
  const oldest = segments.find(segment => segment.first !== undefined)?.first;
  const beginning = oldest === undefined ? lastSequence : oldest - 1;
  return Object.fromEntries(readers.map(reader => [reader, known[reader] ?? beginning]));
}
