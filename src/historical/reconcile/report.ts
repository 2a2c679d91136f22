import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import type { BarExample, BarKind } from './bar-example.ts';
import { COMPARED_COLUMNS } from './bar-piece.ts';
import type { DayFile } from './day-file.ts';
import type { DayComparison, NotSubscribed } from './reconcile-day.ts';
import { type BarCounts, type ColumnCounts, faultsOf, type SymbolCounts } from './tally.ts';

/**
 * How a reconciliation ends. `equal`: the database has what the file has, and nothing else. `repaired`: a repair was asked for, and
 * it has all that the file has; bars that only the database has stay. `nothing`: no bar was there to be compared.
 */
export type ReconcileOutcome = 'equal' | 'repaired' | 'different' | 'nothing';

export interface MinuteReport {
  /** Wall-clock time of the session zone, `09:30`. */
  readonly minute: string;
  readonly file: number;
  readonly missing: number;
  readonly different: number;
  readonly extra: number;
}

export interface RepairReport {
  /** Rows of the file that were loaded. */
  readonly rows: number;
  /** Versions of bars that they superseded. */
  readonly superseded: number;
  /** The database against the file before. */
  readonly before: BarCounts;
}

/** A gap of the date, held against its file. */
export interface GapVerdict {
  readonly id: string;
  /** The interval that the feed could not listen to, UTC. */
  readonly begin: string;
  readonly end: string;
  /** Its state now. */
  readonly state: string;
  /** Bars of the file in it that the database does not have. */
  readonly missing: number;
}

export interface ReconcileReport {
  readonly market: Market;
  readonly table: 'agg1m';
  readonly date: string;
  readonly outcome: ReconcileOutcome;
  readonly files: readonly { readonly key: string; readonly etag: string; readonly bytes: number }[];
  readonly fileRows: number;
  /** Rows of the file that could not be read; they are in the quarantine. */
  readonly rejectedRows: number;
  /** Rows of the file whose start belongs to another trading date; they are not compared. */
  readonly otherDateRows: number;
  /** What was captured live against the file. */
  readonly captured: BarCounts & {
    readonly symbols: number;
    readonly symbolsWithFaults: number;
    readonly columns: Readonly<Record<string, ColumnCounts>>;
    /** Minutes in which something is not equal. */
    readonly minutes: readonly MinuteReport[];
    readonly worst: readonly SymbolCounts[];
    readonly examples: Readonly<Record<BarKind, readonly BarExample[]>>;
  };
  /** The database now against the file. */
  readonly database: BarCounts;
  readonly repair: RepairReport | null;
  readonly notSubscribed: NotSubscribed;
  readonly gaps: readonly GapVerdict[];
  readonly seconds: number;
}

export interface ReportContext {
  readonly market: Market;
  readonly date: DateDays;
  readonly files: readonly DayFile[];
  /** Whether a repair was asked for; `repair` is undefined where nothing was left to do. */
  readonly isRepair: boolean;
  readonly repair: RepairReport | undefined;
  /** The database against the file after the repair. */
  readonly databaseAfter: BarCounts | undefined;
  readonly gaps: readonly GapVerdict[];
  readonly seconds: number;
}

export function reportOf(comparison: DayComparison, context: ReportContext): ReconcileReport {
  const { captured, notSubscribed } = comparison;
  const database = context.databaseAfter ?? comparison.database;
  return {
    market: context.market,
    table: 'agg1m',
    date: isoDateOf(context.date),
    outcome: outcomeOf(database, context.isRepair),
    files: context.files.map(({ key, file }) => ({
      key,
      etag: file.identity.etag,
      bytes: file.identity.sizeBytes,
    })),
    fileRows: comparison.fileRows,
    rejectedRows: comparison.rejectedRows,
    otherDateRows: comparison.otherDateRows,
    captured: {
      ...captured.totals,
      symbols: captured.symbols,
      symbolsWithFaults: captured.symbolsWithFaults,
      columns: Object.fromEntries(COMPARED_COLUMNS.map((name, at) => [name, captured.columns[at]!])),
      minutes: minutesOf(comparison),
      worst: captured.worst,
      examples: captured.examples,
    },
    database,
    repair: context.repair ?? null,
    notSubscribed,
    gaps: context.gaps,
    seconds: context.seconds,
  };
}

export function outcomeOf(database: BarCounts, isRepair: boolean): ReconcileOutcome {
  if (database.file === 0 && database.held === 0) return 'nothing';
  if (faultsOf(database) === 0) return 'equal';
  return isRepair && database.missing === 0 && database.different === 0 ? 'repaired' : 'different';
}

function minutesOf({ captured, session }: DayComparison): MinuteReport[] {
  const { file, missing, different, extra } = captured.minutes;
  const minutes: MinuteReport[] = [];
  for (let at = 0; at < session.count; at++) {
    if (missing[at]! + different[at]! + extra[at]! === 0) continue;
    minutes.push({
      minute: session.label(at),
      file: file[at]!,
      missing: missing[at]!,
      different: different[at]!,
      extra: extra[at]!,
    });
  }
  return minutes;
}
