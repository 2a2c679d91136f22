import { systemClock } from '../../base/clock.ts';
import { seconds } from '../../base/durations.ts';
import type { Logger } from '../../base/logger.ts';
import type { Configuration } from '../../config/schema.ts';
import { Ledger } from '../../historical/ledger.ts';
import type { LoaderLink } from '../../historical/loader-link.ts';
import { isRepairable } from '../../historical/reconcile/compare.ts';
import { type DayFile, fetchDayFiles } from '../../historical/reconcile/day-file.ts';
import type { HeldClient } from '../../historical/reconcile/held-reader.ts';
import {
  type DayComparison,
  type ReconcileOptions,
  reconcileDay,
} from '../../historical/reconcile/reconcile-day.ts';
import { repairDay } from '../../historical/reconcile/repair.ts';
import { type ReconcileReport, type RepairReport, reportOf } from '../../historical/reconcile/report.ts';
import type { TallyLimits } from '../../historical/reconcile/tally.ts';
import type { BackfillRequest } from '../../historical/request.ts';
import type { FlatSource } from '../../historical/sources.ts';
import { SymbolSelection } from '../../historical/symbol-selection.ts';
import { FlatFileCorruptError } from '../../massive/flat/errors.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { ledgerPath } from '../backfill/run.ts';
import type { CommandContext } from '../command.ts';
import { verifyGaps } from './gaps.ts';

/** What a reconciliation needs. */
export interface ReconcileRunParts {
  readonly configuration: Configuration;
  readonly flat: FlatSource;
  readonly loader: LoaderLink<HeldClient>;
  readonly calendar: SessionCalendar;
  readonly logger: Logger;
  readonly context: CommandContext;
  readonly subscribed: SymbolSelection;
  /** Whether all that the feeds subscribe to is compared: only then can gaps be held against the file. */
  readonly isWholeFeed: boolean;
  readonly isRepair: boolean;
  readonly limits: TallyLimits;
}

export interface Reconciled {
  readonly report: ReconcileReport;
  /** As it was before a repair. */
  readonly comparison: DayComparison;
}

/** Compares the date of a request with its file, and repairs what differs where that is asked for. */
export async function runReconcile(request: BackfillRequest, parts: ReconcileRunParts): Promise<Reconciled> {
  const { configuration, flat, calendar, context, logger, subscribed, limits } = parts;
  const { market, fromDate: date } = request;
  const startMs = systemClock.monotonicMs();
  const today = calendar.tradingDate(systemClock.wallMs());
  const fetch = () => fetchDayFiles(flat, calendar, date, today, context.stop);
  let files = await fetch();
  const compare = () => reconcileDay(parts, { date, files, subscribed, limits }, context.stop);
  const comparison = await compare().catch(async (error: unknown) => {
    if (!(error instanceof FlatFileCorruptError)) throw error;
    logger.warn(`${error.message} It is fetched once more.`);
    await removeFiles(files, flat);
    files = await fetch();
    return await compare();
  });
  const repair =
    parts.isRepair && isRepairable(comparison.database)
      ? await repaired(request, comparison, parts, { date, files, subscribed, limits })
      : undefined;
  const last = repair?.after ?? comparison;
  const gaps =
    parts.isWholeFeed && last.database.file > 0
      ? await verifyGaps(market, last, configuration.state.directory, logger)
      : [];
  const report = reportOf(comparison, {
    market,
    date,
    files,
    isRepair: parts.isRepair,
    repair: repair?.report,
    databaseAfter: repair?.after.database,
    gaps,
    seconds: (systemClock.monotonicMs() - startMs) / 1000,
  });
  // What differs may be repaired next, without fetching the file again.
  if (report.outcome !== 'different') await removeFiles(files, flat);
  return { report, comparison };
}

interface Repaired {
  readonly report: RepairReport;
  /** The comparison after it. */
  readonly after: DayComparison;
}

async function repaired(
  request: BackfillRequest,
  comparison: DayComparison,
  parts: ReconcileRunParts,
  options: ReconcileOptions,
): Promise<Repaired> {
  const { configuration, flat, loader, calendar, logger, context, subscribed } = parts;
  const symbols = subscribed.isAll ? subscribed : SymbolSelection.of([...comparison.repairable].sort());
  const ledger = Ledger.open(await ledgerPath(loader, configuration, request, context.stop));
  try {
    const {
      rows,
      dates,
      seconds: took,
    } = await repairDay(
      { ...request, symbols },
      { flat, loader, calendar, ledger, logger, clock: systemClock },
      context.stop,
    );
    logger.info(`${rows} rows of ${symbols} loaded in ${seconds(took * 1000)}; comparing again`);
    const superseded = dates.reduce((sum, date) => sum + date.superseded, 0);
    const after = await reconcileDay(parts, options, context.stop);
    return { report: { rows, superseded, before: comparison.database }, after };
  } finally {
    ledger.close();
  }
}

async function removeFiles(files: readonly DayFile[], flat: FlatSource): Promise<void> {
  for (const { key } of files) await flat.remove(key);
}
