import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { makeDirectory } from '../../base/directories.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Logger } from '../../base/logger.ts';
import type { Configuration } from '../../config/schema.ts';
import { Backfill, type BackfillOutcome } from '../../historical/backfill.ts';
import { fallbackOf } from '../../historical/fallback.ts';
import { Ledger } from '../../historical/ledger.ts';
import type { LoaderLink } from '../../historical/loader-link.ts';
import { observedByAll } from '../../historical/observer.ts';
import { makePlan, type Plan } from '../../historical/plan.ts';
import { ProgressFile } from '../../historical/progress-file.ts';
import type { BackfillRequest } from '../../historical/request.ts';
import type { Sources } from '../../historical/sources.ts';
import type { Unit } from '../../historical/unit.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { CommandContext } from '../command.ts';
import { planLines, reportLines } from './plan-text.ts';
import { jsonProgress, lineProgress, type Progress, terminalProgress } from './progress.ts';
import type { BackfillFlags } from './request-flags.ts';

/** What running a backfill needs. */
export interface RunParts {
  readonly configuration: Configuration;
  readonly flags: BackfillFlags;
  /** Units at once. */
  readonly concurrency: number;
  readonly context: CommandContext;
  readonly sources: Sources;
  readonly calendar: SessionCalendar;
  readonly loader: LoaderLink;
  readonly logger: Logger;
}

/** Prints the plan of a request, as if nothing of it were done. */
export async function showPlan(request: BackfillRequest, parts: RunParts): Promise<void> {
  const { sources, calendar, context, flags } = parts;
  const plan = await makePlan(request, sources, calendar, context.stop);
  print(planLines(plan, unitsOf(plan), requestsPerMinute(sources)), flags, context);
  context.stderr.write('the loader cannot be asked what of this is done already\n');
}

/** Carries out a request, and over the other source what the first does not have. */
export async function runRequest(request: BackfillRequest, parts: RunParts): Promise<ExitCode> {
  const { configuration, context, sources, loader } = parts;
  const ledger = Ledger.open(await ledgerPath(loader, configuration, request, context.stop));
  try {
    const plan = await makePlan(request, sources, parts.calendar, context.stop);
    const outcome = await runPlan(plan, ledger, parts);
    const others = outcome?.error === undefined ? fallbackOf(plan, outcome?.refused ?? [], sources) : [];
    if (!outcome && (others.length === 0 || parts.flags['dry-run'])) return ExitCode.ok;
    let exitCode = outcome ? conclude(outcome, parts, others.length > 0) : ExitCode.ok;
    for (const other of others) {
      if (context.stop.aborted || parts.flags['dry-run']) break;
      const second = await runPlan(
        await makePlan(other, sources, parts.calendar, context.stop),
        ledger,
        parts,
      );
      if (second) exitCode = worse(exitCode, conclude(second, parts, false));
    }
    return exitCode;
  } finally {
    ledger.close();
  }
}

/** Undefined where nothing is to be done, or only to be shown. */
async function runPlan(plan: Plan, ledger: Ledger, parts: RunParts): Promise<BackfillOutcome | undefined> {
  const { configuration, flags, concurrency, context, sources, loader, logger } = parts;
  const backfill = new Backfill(
    plan,
    { sources, ledger, loader, logger, clock: systemClock },
    { concurrency, force: flags.force },
  );
  const left = backfill.left();
  print(planLines(plan, left, requestsPerMinute(sources)), flags, context);
  if (flags['dry-run'] || left.length === 0) return undefined;
  const progress = progressOf(flags, left.length, context);
  const file = new ProgressFile(plan, left, {
    stateDirectory: configuration.state.directory,
    clock: systemClock,
    logger,
  });
  try {
    return await backfill.run(context.stop, observedByAll(progress, file));
  } finally {
    progress.end();
    file.end();
  }
}

function requestsPerMinute({ rest }: Sources): number {
  return rest?.requestsPerMinute ?? 1;
}

function worse(left: ExitCode, right: ExitCode): ExitCode {
  return left === ExitCode.ok ? right : left;
}

/** A ledger belongs to one database: another one in the same place begins with an empty one. */
export async function ledgerPath(
  loader: LoaderLink,
  { state }: Configuration,
  { market }: Pick<BackfillRequest, 'market'>,
  stop: AbortSignal,
): Promise<string> {
  const { identity } = await loader.use(async ({ facts }) => facts, stop);
  return join(state.directory, 'backfill', `${market}.${identity}.ledger`);
}

function unitsOf({ groups }: Plan): Unit[] {
  return groups.flatMap(({ units }) => units);
}

/** Lines for people: beside the JSON, where that is asked for. */
function print(lines: readonly string[], { json }: BackfillFlags, { stdout, stderr }: CommandContext): void {
  for (const line of lines) (json ? stderr : stdout).write(`${line}\n`);
}

function progressOf({ json }: BackfillFlags, units: number, { stdout, stderr }: CommandContext): Progress {
  if (json) return jsonProgress(stdout);
  const isTerminal = (stderr as NodeJS.WriteStream).isTTY === true;
  return isTerminal
    ? terminalProgress(stderr as NodeJS.WriteStream, units, systemClock)
    : lineProgress(stderr, units, systemClock);
}

/** Writes the report, prints it, and finds the exit code. What the other source is to bring has not failed yet. */
function conclude(
  { report, refused, error }: BackfillOutcome,
  { configuration, flags, context }: RunParts,
  hasFallback: boolean,
): ExitCode {
  const { stdout, stop } = context;
  const directory = join(configuration.state.directory, 'backfill', 'reports');
  makeDirectory(directory, 0o700);
  const time = new Date(systemClock.wallMs()).toISOString().replace(/[:.]/g, '-');
  const file = join(directory, `${report.market}-${report.table}-${time}.json`);
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`, { mode: 0o600 });
  if (flags.json) stdout.write(`${JSON.stringify({ event: 'report', file, ...report })}\n`);
  else for (const line of reportLines(report, file)) stdout.write(`${line}\n`);
  if (stop.aborted) return ExitCode.interrupted;
  if (error !== undefined) throw error;
  const failed = report.units.failed - (hasFallback ? refused.length : 0);
  return failed > 0 ? ExitCode.failed : ExitCode.ok;
}
