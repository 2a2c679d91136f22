import { ExitCode } from '../../base/exit-codes.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { Backfill, type BackfillParts } from '../backfill.ts';
import { BackfillError } from '../errors.ts';
import { UNOBSERVED } from '../observer.ts';
import { makePlan } from '../plan.ts';
import type { BackfillReport } from '../report.ts';
import type { BackfillRequest } from '../request.ts';
import type { FlatSource } from '../sources.ts';

/** A repair did not come to its end. Code `RECONCILE_REPAIR`. */
export class RepairError extends BackfillError {
  constructor(unit: string, message: string) {
    super('RECONCILE_REPAIR', ExitCode.failed, {
      what: `${unit} could not be loaded: ${message}`,
      remedy: 'Run it again: what the database has is as it was before, or whole.',
    });
  }
}

/** What a repair needs: the parts of a backfill, whose unit it carries out, but for its sources. */
export interface RepairParts extends Omit<BackfillParts, 'sources'> {
  readonly flat: FlatSource;
  readonly calendar: SessionCalendar;
}

/**
 * Loads a date's file as `massive-kdb backfill --source flat` does, whatever the ledger says of it: what the database holds
 * has been looked at. Rejects with RepairError, or with what stopped it.
 */
export async function repairDay(
  request: BackfillRequest,
  parts: RepairParts,
  signal: AbortSignal,
): Promise<BackfillReport> {
  const sources = { flat: keptFiles(parts.flat), rest: undefined };
  const plan = await makePlan(request, sources, parts.calendar, signal);
  const backfill = new Backfill(plan, { ...parts, sources }, { concurrency: 1, force: true });
  const { report, error } = await backfill.run(signal, UNOBSERVED);
  if (error !== undefined) throw error;
  const [failure] = report.failures;
  if (failure) throw new RepairError(failure.unit, failure.message);
  return report;
}

/** The same files, which stay on this machine when they are loaded: they are compared again. */
function keptFiles(flat: FlatSource): FlatSource {
  return {
    list: (dataset, date, signal) => flat.list(dataset, date, signal),
    fetch: (key, signal) => flat.fetch(key, signal),
    read: (file, key, dataset, wants, signal) => flat.read(file, key, dataset, wants, signal),
    remove: async () => {},
  };
}
