import { rmSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackfillStatus } from '../base/backfill-status.ts';
import type { Clock, Timer } from '../base/clock.ts';
import { makeDirectory } from '../base/directories.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { systemProcesses } from '../base/process-lock.ts';
import { replaceFile } from '../base/replace-file.ts';
import type { BackfillObserver } from './observer.ts';
import type { Plan } from './plan.ts';
import { RowMeter } from './row-meter.ts';
import type { Unit, UnitGroup } from './unit.ts';

const WRITE_EVERY_MS = 1_000;

/** A file that has not been written for so long is of a process that no longer runs, whoever has its pid now. */
const LEFT_MS = 60_000;

/** Dates that are shown of a run of many; most of them follow those in work. */
const MOST_DATES = 60;
const DATES_BEFORE = 10;

type DateState = BackfillStatus['dates'][number]['state'];

interface DateProgress {
  readonly name: string;
  readonly units: number;
  state: DateState;
  rows: number;
  failed: number;
}

export interface ProgressFileParts {
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly pid?: number;
}

/**
 * How far a backfill is, in a file that a daemon of this machine shows: written anew each second while it runs, and
 * removed at its end. A disk that does not take it costs a warning, not the backfill.
 */
export class ProgressFile implements BackfillObserver {
  readonly #plan: Plan;
  readonly #parts: ProgressFileParts;
  readonly #pid: number;
  readonly #file: string;
  readonly #meter: RowMeter;
  readonly #startedMs: number;
  readonly #dates: readonly DateProgress[];
  readonly #dateOf = new Map<string, DateProgress>();
  readonly #total: number;
  #staged = 0;
  #finished = 0;
  #failed = 0;
  #timer: Timer | undefined;
  #warned = false;

  /** @param left the units of the plan that are still to be done */
  constructor(plan: Plan, left: readonly Unit[], parts: ProgressFileParts) {
    this.#plan = plan;
    this.#parts = parts;
    this.#pid = parts.pid ?? process.pid;
    this.#file = progressFile(parts.stateDirectory, this.#pid);
    this.#meter = new RowMeter(parts.clock);
    this.#startedMs = parts.clock.wallMs();
    this.#total = left.length;
    const isLeft = new Set(left.map(({ id }) => id));
    this.#dates = plan.groups.flatMap(group => {
      const units = group.units.filter(({ id }) => isLeft.has(id));
      const date = { name: group.name, units: units.length, state: 'waiting' as const, rows: 0, failed: 0 };
      for (const unit of units) this.#dateOf.set(unit.id, date);
      return units.length > 0 ? [date] : [];
    });
    this.#write();
  }

  unitStarted(unit: Unit): void {
    this.#move(unit, 'fetching');
  }

  rows(unit: Unit, rows: number): void {
    const date = this.#dateOf.get(unit.id);
    const added = this.#meter.take(unit, rows);
    if (date) date.rows += added;
  }

  unitStaged(unit: Unit, rows: number): void {
    this.rows(unit, rows);
    this.#move(unit, 'fetching');
    this.#staged++;
  }

  unitFailed(unit: Unit): void {
    this.#failed++;
    const date = this.#dateOf.get(unit.id);
    if (date && ++date.failed === date.units) date.state = 'failed';
  }

  mergeStarted(group: UnitGroup): void {
    this.#moveGroup(group, 'merging');
  }

  groupPublished(group: UnitGroup, units: number): void {
    this.#finished += units;
    this.#moveGroup(group, 'published');
  }

  /** Removes the file. */
  end(): void {
    this.#timer?.cancel();
    try {
      rmSync(this.#file, { force: true });
    } catch (error) {
      this.#warn(error);
    }
  }

  #move(unit: Unit, state: DateState): void {
    const date = this.#dateOf.get(unit.id);
    if (date) date.state = state;
  }

  #moveGroup(group: UnitGroup, state: DateState): void {
    const unit = group.units.find(({ id }) => this.#dateOf.has(id));
    if (unit) this.#move(unit, state);
  }

  #write(): void {
    const { stateDirectory, clock } = this.#parts;
    this.#timer = clock.after(WRITE_EVERY_MS, () => this.#write(), false);
    try {
      makeDirectory(join(stateDirectory, 'backfill'), 0o700);
      replaceFile(this.#file, JSON.stringify(this.#status()));
    } catch (error) {
      this.#warn(error);
    }
  }

  #status(): BackfillStatus {
    const { market, table } = this.#plan.request;
    const meter = this.#meter;
    const remainingMs = meter.remainingMs(this.#staged + this.#failed, this.#total);
    return {
      pid: this.#pid,
      market,
      table,
      startedMs: Math.round(this.#startedMs),
      changedMs: Math.round(this.#parts.clock.wallMs()),
      units: { total: this.#total, finished: this.#finished, failed: this.#failed },
      rows: meter.rows,
      rowsPerSecond: meter.rate(),
      remainingMs: remainingMs === undefined ? null : Math.round(remainingMs),
      dates: this.#shownDates().map(({ name, state, rows }) => ({ name, state, rows })),
    };
  }

  #shownDates(): readonly DateProgress[] {
    const inWork = this.#dates.findIndex(({ state }) => state !== 'published' && state !== 'failed');
    const latest = this.#dates.length - MOST_DATES;
    const first = inWork < 0 ? latest : Math.min(inWork - DATES_BEFORE, latest);
    return this.#dates.slice(Math.max(0, first)).slice(0, MOST_DATES);
  }

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#parts.logger.warn(`how far this backfill is cannot be shown elsewhere: ${messageOf(error)}`);
  }
}

/** The process table and the time, as a reader needs them. */
export interface ProgressReading {
  readonly isRunning: (pid: number) => Promise<boolean>;
  readonly nowMs: () => number;
}

const SYSTEM_READING: ProgressReading = {
  isRunning: async pid => (await systemProcesses.startOf(pid)) !== undefined,
  nowMs: Date.now,
};

/**
 * The backfills that run with a state directory, by their start. What a process left that was killed is removed; a file
 * that cannot be read is left out. Nothing else waits for the disk, and it never rejects.
 */
export async function readBackfills(
  stateDirectory: string,
  reading = SYSTEM_READING,
): Promise<BackfillStatus[]> {
  const found: BackfillStatus[] = [];
  for (const pid of await progressPids(stateDirectory)) {
    const file = progressFile(stateDirectory, pid);
    if (!(await reading.isRunning(pid))) {
      // Where it cannot be removed it is ignored all the same.
      await rm(file, { force: true }).catch(() => {});
      continue;
    }
    const status = await readStatus(file);
    if (status && reading.nowMs() - status.changedMs < LEFT_MS) found.push(status);
  }
  return found.sort((one, other) => one.startedMs - other.startedMs);
}

function progressFile(stateDirectory: string, pid: number): string {
  return join(stateDirectory, 'backfill', `progress-${pid}.json`);
}

async function progressPids(stateDirectory: string): Promise<number[]> {
  const names = await readdir(join(stateDirectory, 'backfill')).catch(() => []);
  return names.flatMap(name => {
    const pid = /^progress-(\d+)\.json$/.exec(name)?.[1];
    return pid === undefined ? [] : [Number(pid)];
  });
}

async function readStatus(file: string): Promise<BackfillStatus | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as BackfillStatus;
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
