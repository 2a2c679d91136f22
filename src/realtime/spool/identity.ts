import { join } from 'node:path';
import type { Random } from '../../base/random.ts';
import { SpoolError } from './errors.ts';
import type { SpoolFiles } from './files.ts';
import { readSmallFile, replaceSmallFile } from './small-file.ts';

/** The version of everything in the directory: records, ledger and this file. */
export const SPOOL_VERSION = 1;

const KIND = 'massive-kdb spool';
const ID_VALUES = 2 ** 48;

/** Whose a spool is, and how often it was opened. */
export interface SpoolIdentity {
  readonly source: string;
  /** Each opening has sequences of its own, so that none is used twice, whatever a crash took. */
  readonly openings: number;
}

export function identityPath(directory: string): string {
  return join(directory, 'spool.json');
}

/** A source that no other spool has. */
export function newSource(market: string, random: Random): string {
  return `${market}.${Math.floor(random() * ID_VALUES)
    .toString(16)
    .padStart(12, '0')}`;
}

/**
 * The identity in a directory; undefined where there is none, `'damaged'` where it cannot be read. Throws SpoolError
 * where another release wrote it, and what the system says.
 */
export async function readIdentity(
  files: SpoolFiles,
  directory: string,
): Promise<SpoolIdentity | 'damaged' | undefined> {
  const path = identityPath(directory);
  const text = await readSmallFile(files, path);
  if (text === undefined) return undefined;
  const content = parsed(text);
  if (content?.kind !== KIND || typeof content.version !== 'number') return 'damaged';
  requireVersion(path, content.version);
  const { source, openings } = content;
  if (typeof source !== 'string' || !Number.isSafeInteger(openings)) return 'damaged';
  return { source, openings: openings as number };
}

/** Writes it; it is on the disk when this resolves. Rejects with what the system says. */
export async function writeIdentity(
  files: SpoolFiles,
  directory: string,
  identity: SpoolIdentity,
): Promise<void> {
  const content: IdentityContent = { kind: KIND, version: SPOOL_VERSION, ...identity };
  await replaceSmallFile(files, identityPath(directory), `${JSON.stringify(content)}\n`);
  await files.syncDirectory(directory);
}

/** @throws SpoolError SPOOL_VERSION */
export function requireVersion(path: string, version: number): void {
  if (version === SPOOL_VERSION) return;
  throw new SpoolError('SPOOL_VERSION', {
    what: `${path} is of another release of massive-kdb`,
    expected: `version ${SPOOL_VERSION} of a spool`,
    received: `version ${version}`,
    remedy:
      'Let that release deliver what is in it (massive-kdb spool list tells), or move the directory away to begin a new one.',
  });
}

interface IdentityContent {
  readonly kind: unknown;
  readonly version: unknown;
  readonly source: unknown;
  readonly openings: unknown;
}

function parsed(text: string): IdentityContent | undefined {
  try {
    return (JSON.parse(text) as IdentityContent | null) ?? undefined;
  } catch {
    return undefined;
  }
}
