import type { Logger } from '../base/logger.ts';
import type { LocalFile } from '../massive/flat/download.ts';
import { FlatFileCorruptError } from '../massive/flat/errors.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { LoaderLink } from './loader-link.ts';
import type { BackfillRequest } from './request.ts';
import type { BarReading, Sources } from './sources.ts';
import type { FlatUnit, Unit } from './unit.ts';

/** What staging a unit needs. */
export interface UnitParts {
  readonly request: BackfillRequest;
  readonly sources: Sources;
  readonly ledger: Ledger;
  readonly loader: LoaderLink;
  readonly logger: Logger;
  /** Rows of a unit that the loader has so far. */
  readonly onRows: (unit: Unit, rows: number) => void;
}

/** What became of a unit. */
export type Staged =
  | { readonly kind: 'staged'; readonly rows: number; readonly rejected: number }
  /** The file that was listed is not there any more. */
  | { readonly kind: 'missing' };

/** Fetches a unit and stages all of it. What it throws leaves nothing of the unit that counts. */
export function stageUnit(unit: Unit, parts: UnitParts, signal: AbortSignal): Promise<Staged> {
  return unit.kind === 'flat' ? stageFile(unit, parts, signal) : stageAnswers(unit, parts, signal);
}

/** Files that arrive damaged are fetched once more: a copy on the way may have been the matter. */
async function stageFile(unit: FlatUnit, parts: UnitParts, signal: AbortSignal): Promise<Staged> {
  const flat = parts.sources.flat!;
  for (let attempt = 1; ; attempt++) {
    const file = await flat.fetch(unit.key, signal);
    if (!file) return { kind: 'missing' };
    parts.ledger.record({ unit: unit.id, state: 'fetched', etag: file.identity.etag });
    try {
      return await stageReading(unit, parts, () => readingOf(unit, file, parts, signal), file, signal);
    } catch (error) {
      if (!(error instanceof FlatFileCorruptError)) throw error;
      await flat.remove(unit.key);
      if (attempt > 1) throw error;
      parts.logger.warn(`${error.message} It is fetched once more.`);
    }
  }
}

function readingOf(unit: FlatUnit, file: LocalFile, parts: UnitParts, signal: AbortSignal): BarReading {
  const { symbols } = parts.request;
  const wants = symbols.isAll ? undefined : (sym: string) => symbols.includes(sym);
  return parts.sources.flat!.read(file, unit.key, unit.dataset, wants, signal);
}

function stageAnswers(unit: Exclude<Unit, FlatUnit>, parts: UnitParts, signal: AbortSignal): Promise<Staged> {
  const rest = parts.sources.rest!;
  const read = () =>
    unit.kind === 'grouped'
      ? rest.groupedDays(unit.date, signal)
      : rest.bars(unit.table, unit.sym, unit.fromDate, unit.untilDate, signal);
  return stageReading(unit, parts, read, undefined, signal);
}

/** Reads anew each time that the loader has to be given the unit from its beginning. */
async function stageReading(
  unit: Unit,
  parts: UnitParts,
  read: () => BarReading,
  file: LocalFile | undefined,
  signal: AbortSignal,
): Promise<Staged> {
  const { reading, rows } = await parts.loader.use(async loader => {
    const reading = read();
    const rows = await loader.stage(unit.id, reading.blocks, staged => parts.onRows(unit, staged));
    return { reading, rows };
  }, signal);
  const entry: LedgerEntry = {
    unit: unit.id,
    state: 'staged',
    rows,
    ...(file && { etag: file.identity.etag }),
    ...(reading.completeUntilMs !== undefined && { completeUntilMs: reading.completeUntilMs }),
  };
  parts.ledger.record(entry);
  return { kind: 'staged', rows, rejected: reading.rejectedCount };
}
