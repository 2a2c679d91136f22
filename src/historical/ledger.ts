import {
  closeSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory, syncDirectory } from '../base/directories.ts';
import { LedgerError } from './errors.ts';
import type { Unit } from './unit.ts';

/**
 * How far a unit is. `fetched`: its file is on this machine. `staged`: the loader has all of its rows.
 * `published`: they are merged into their partitions, and readers get them; the loader does both in one step.
 */
export const UNIT_STATES = ['fetched', 'staged', 'published'] as const;

export type UnitState = (typeof UNIT_STATES)[number];

/** What the ledger knows of a unit. */
export interface LedgerEntry {
  readonly unit: string;
  readonly state: UnitState;
  /** The version of the file, for a unit of a flat file. */
  readonly etag?: string;
  readonly rows?: number;
  /** Only windows that were closed by then (ms since 1970) are in it: the rest is still to be fetched. */
  readonly completeUntilMs?: number;
}

/** First line of a ledger. Another version is refused rather than misread. */
const HEADER = { ledger: 'massive-kdb backfill', version: 1 } as const;

/** A ledger this many times longer than what it says is written anew. */
const COMPACT_FACTOR = 4;
const COMPACT_LINES = 10_000;

/**
 * What a backfill has done, on disk: one JSON object a line, appended and synchronised, the last of a unit counts. A
 * line that a crash cut short is cut off; any other that cannot be read is an error, because what it said is not known.
 */
export class Ledger {
  readonly path: string;
  readonly #entries = new Map<string, LedgerEntry>();
  #file: number;
  #lines = 0;

  private constructor(path: string, entries: readonly LedgerEntry[]) {
    this.path = path;
    for (const entry of entries) this.#entries.set(entry.unit, entry);
    this.#lines = entries.length;
    this.#file = openSync(path, 'a', 0o600);
  }

  /** @throws LedgerError */
  static open(path: string): Ledger {
    try {
      makeDirectory(dirname(path), 0o700);
      return new Ledger(path, readEntries(path));
    } catch (error) {
      throw error instanceof LedgerError ? error : LedgerError.unusable(path, error);
    }
  }

  entryOf(unit: Unit): LedgerEntry | undefined {
    return this.#entries.get(unit.id);
  }

  /** Whether nothing is left to do for a unit, as the source has it now. */
  isFinished(unit: Unit): boolean {
    const entry = this.#entries.get(unit.id);
    if (entry?.state !== 'published') return false;
    return unit.kind === 'flat' ? entry.etag === unit.etag : entry.completeUntilMs === undefined;
  }

  /** Notes how far units are; it is on the disk when this returns. Throws LedgerError. */
  record(...entries: readonly LedgerEntry[]): void {
    if (entries.length === 0) return;
    try {
      // A single write to a disk that is nearly full may take a part only.
      writeFileSync(this.#file, entries.map(entry => `${JSON.stringify(entry)}\n`).join(''));
      fdatasyncSync(this.#file);
      for (const entry of entries) this.#entries.set(entry.unit, entry);
      this.#lines += entries.length;
      if (this.#lines > COMPACT_LINES && this.#lines > COMPACT_FACTOR * this.#entries.size) this.#compact();
    } catch (error) {
      throw LedgerError.unusable(this.path, error);
    }
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Writes what counts into a new file, and puts that in the place of the old one. */
  #compact(): void {
    const draft = `${this.path}.draft`;
    const lines = [HEADER, ...this.#entries.values()].map(entry => JSON.stringify(entry));
    writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600, flush: true });
    renameSync(draft, this.path);
    syncDirectory(dirname(this.path));
    closeSync(this.#file);
    this.#file = openSync(this.path, 'a', 0o600);
    this.#lines = this.#entries.size;
  }
}

function readEntries(path: string): LedgerEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    text = '';
  }
  const wholeLines = text.slice(0, text.lastIndexOf('\n') + 1);
  if (wholeLines === '') {
    writeFileSync(path, `${JSON.stringify(HEADER)}\n`, { mode: 0o600, flush: true });
    syncDirectory(dirname(path));
    return [];
  }
  if (wholeLines.length < text.length) truncateSync(path, Buffer.byteLength(wholeLines));
  const [header, ...lines] = wholeLines.trimEnd().split('\n');
  requireHeader(path, header!);
  return lines.map((line, index) => entryOf(path, index + 2, line));
}

function requireHeader(path: string, line: string): void {
  const header = parsed(line) as Partial<typeof HEADER> | undefined;
  if (header?.ledger === HEADER.ledger && header.version === HEADER.version) return;
  const version = header?.ledger === HEADER.ledger ? `version ${header.version}` : 'no ledger';
  throw new LedgerError(
    `${path} is ${version}; expected version ${HEADER.version} of a ledger of backfills`,
    'Move it away to begin anew (what is in the database already stays), or use the release that wrote it.',
  );
}

function entryOf(path: string, line: number, text: string): LedgerEntry {
  const entry = parsed(text) as Partial<LedgerEntry> | undefined;
  if (typeof entry?.unit === 'string' && UNIT_STATES.includes(entry.state as UnitState))
    return entry as LedgerEntry;
  throw new LedgerError(
    `${path}:${line} is damaged`,
    'Delete this line: its unit is fetched again, which changes nothing that is right.',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
