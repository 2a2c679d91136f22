import PQueue from 'p-queue';
import { firstAborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import { EndingError } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { WaitingPart } from '../kdb/loader/answers.ts';
import { MissingFileError } from './errors.ts';
import type { BackfillObserver } from './observer.ts';
import type { Plan } from './plan.ts';
import { type BackfillReport, ReportDraft } from './report.ts';
import type { Unit, UnitGroup } from './unit.ts';
import { stageUnit, type UnitParts } from './unit-work.ts';

export interface BackfillOptions {
  /** Units that are fetched at once. */
  readonly concurrency: number;
  /** Does everything again, whatever the ledger says. */
  readonly force: boolean;
}

export interface BackfillParts extends Omit<UnitParts, 'request' | 'onRows'> {
  readonly clock: Clock;
}

/** One run of a plan: who watches it, and what ends it early. */
interface Run {
  readonly observer: BackfillObserver;
  readonly signal: AbortSignal;
}

/** Groups that may be staged and wait to be merged: staged rows take space in the database's directory. */
const MOST_GROUPS_WAITING = 3;

/** How a backfill ended. `error`: what stopped it before its end. */
export interface BackfillOutcome {
  readonly report: BackfillReport;
  /** Units that are not in the plan of the account. */
  readonly refused: readonly Unit[];
  readonly error: unknown;
}

/**
 * Carries out a plan: units are fetched and staged some at a time, in the plan's order; a group is merged and published
 * when its last unit is staged. What the ledger calls finished is left alone, and what an earlier run staged is merged
 * without being fetched again. An error of one unit costs that unit; one that would meet every unit ends the run.
 */
export class Backfill {
  readonly #plan: Plan;
  readonly #parts: BackfillParts;
  readonly #options: BackfillOptions;
  readonly #report: ReportDraft;
  readonly #refused: Unit[] = [];
  readonly #failure = new AbortController();

  constructor(plan: Plan, parts: BackfillParts, options: BackfillOptions) {
    this.#plan = plan;
    this.#parts = parts;
    this.#options = options;
    this.#report = new ReportDraft(plan);
  }

  /** The units that are still to be fetched or merged. */
  left(): Unit[] {
    return this.#plan.groups.flatMap(({ units }) => units.filter(unit => !this.#isFinished(unit)));
  }

  /** Never rejects: what ended it is in the outcome, and what was done until then in the report. */
  async run(stop: AbortSignal, observer: BackfillObserver): Promise<BackfillOutcome> {
    const startMs = this.#parts.clock.monotonicMs();
    const signal = firstAborted(stop, this.#failure.signal);
    let error: unknown;
    try {
      const waiting = await this.#parts.loader.use(loader => loader.waiting(), signal);
      await this.#runGroups(waiting, { observer, signal });
      signal.throwIfAborted();
    } catch (thrown) {
      error = this.#failure.signal.aborted ? this.#failure.signal.reason : thrown;
    }
    const report = this.#report.finish(this.#parts.clock.monotonicMs() - startMs);
    return { report, refused: this.#refused, error };
  }

  async #runGroups(waiting: readonly WaitingPart[], run: Run): Promise<void> {
    const queue = new PQueue({ concurrency: this.#options.concurrency });
    const unitsWaiting = new Set(waiting.map(({ unit }) => unit));
    /** In the plan's order; the last one ends last, because each waits for the one before. */
    const merges: Promise<void>[] = [];
    for (const group of this.#plan.groups) {
      const units = group.units.filter(unit => !this.#isFinished(unit));
      this.#report.before += group.units.length - units.length;
      if (units.length === 0) continue;
      if (merges.length === MOST_GROUPS_WAITING) await merges.shift();
      if (run.signal.aborted) break;
      const tasks = units.map(unit => queue.add(() => this.#stage(unit, unitsWaiting.has(unit.id), run)));
      merges.push(this.#mergeStaged(group, units, Promise.all(tasks), merges.at(-1), run));
    }
    await merges.at(-1);
  }

  /** One merge at a time is all that the loader does. */
  async #mergeStaged(
    group: UnitGroup,
    units: readonly Unit[],
    staged: Promise<readonly boolean[]>,
    before: Promise<void> | undefined,
    run: Run,
  ): Promise<void> {
    await before;
    const isStaged = await staged;
    const done = units.filter((_, i) => isStaged[i]);
    if (done.length > 0 && !run.signal.aborted) await this.#merge(group, done, run);
  }

  /** Whether the unit is staged afterwards. */
  async #stage(unit: Unit, isWaiting: boolean, { observer, signal }: Run): Promise<boolean> {
    if (signal.aborted) return false;
    const { ledger } = this.#parts;
    const entry = ledger.entryOf(unit);
    const isSameFile = unit.kind !== 'flat' || entry?.etag === unit.etag;
    if (isWaiting && entry?.state === 'staged' && isSameFile && !this.#options.force) {
      observer.unitStaged(unit, entry.rows ?? 0);
      return true;
    }
    observer.unitStarted(unit);
    try {
      const staged = await stageUnit(
        unit,
        { ...this.#parts, request: this.#plan.request, onRows: (of, rows) => observer.rows(of, rows) },
        signal,
      );
      if (staged.kind === 'missing') throw new MissingFileError(unit.id);
      this.#report.rows += staged.rows;
      this.#report.quarantined += staged.rejected;
      observer.unitStaged(unit, staged.rows);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (endsEverything(error)) {
        this.#failure.abort(error);
        return false;
      }
      if (isNotInPlan(error)) this.#refused.push(unit);
      this.#report.failed(unit, error);
      observer.unitFailed(unit, error);
      return false;
    }
  }

  async #merge(group: UnitGroup, units: readonly Unit[], { observer, signal }: Run): Promise<void> {
    const { loader, ledger, sources } = this.#parts;
    observer.mergeStarted(group);
    try {
      const dates = await loader.use(async loaded => {
        const names = new Set(units.map(({ id }) => id));
        const waiting = (await loaded.waiting()).filter(({ unit }) => names.has(unit));
        const days = [...new Set(waiting.flatMap(({ date }) => (date === undefined ? [] : [date])))];
        return waiting.length === 0 ? [] : await loaded.merge(group.table, days);
      }, signal);
      // The loader publishes what it merges in the same step.
      ledger.record(...units.map(unit => ({ ...ledger.entryOf(unit)!, state: 'published' as const })));
      for (const unit of units) if (unit.kind === 'flat') await sources.flat?.remove(unit.key);
      this.#report.published(units.length, dates);
      observer.groupPublished(group, units.length, dates);
    } catch (error) {
      if (!signal.aborted) this.#failure.abort(error);
    }
  }

  #isFinished(unit: Unit): boolean {
    return !this.#options.force && this.#parts.ledger.isFinished(unit);
  }
}

/** Whether every other unit would meet the same: the loader, the disk, the credentials, the quota. */
function endsEverything(error: unknown): boolean {
  if (!(error instanceof EndingError)) return true;
  return error.exitCode !== ExitCode.failed && !isNotInPlan(error);
}

/** Other units need not meet this: another date may be in the plan of the account. */
function isNotInPlan(error: unknown): boolean {
  return (
    error instanceof EndingError && (error.code === 'FLAT_NOT_IN_PLAN' || error.code === 'REST_NOT_IN_PLAN')
  );
}
