import { messageOf } from '../base/errors.ts';
import type { MergedDate } from '../kdb/loader/answers.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';
import type { Plan } from './plan.ts';
import type { Unit } from './unit.ts';

/** A unit that could not be brought, and why. */
export interface UnitFailure {
  readonly unit: string;
  readonly code: string;
  readonly message: string;
}

/** What a backfill came to; also written as a file. */
export interface BackfillReport {
  readonly market: string;
  readonly table: string;
  readonly source: 'rest' | 'flat';
  readonly from: string;
  readonly to: string;
  /** Units by what became of them; `before`: finished by an earlier run. */
  readonly units: {
    readonly planned: number;
    readonly before: number;
    readonly published: number;
    readonly failed: number;
    readonly left: number;
  };
  readonly rows: number;
  readonly quarantined: number;
  /** Partitions that changed; date is null for a table without partitions. */
  readonly dates: readonly {
    readonly date: string | null;
    readonly staged: number;
    readonly rows: number;
    readonly superseded: number;
  }[];
  readonly missing: readonly { readonly date: string; readonly why: string }[];
  readonly failures: readonly UnitFailure[];
  readonly seconds: number;
}

/** Gathers what a report says. */
export class ReportDraft {
  readonly #plan: Plan;
  readonly #dates = new Map<DateDays | undefined, MergedDate>();
  readonly #failures: UnitFailure[] = [];
  #published = 0;
  rows = 0;
  quarantined = 0;
  before = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  failed(unit: Unit, error: unknown): void {
    const code = (error as { code?: unknown }).code;
    this.#failures.push({
      unit: unit.id,
      code: typeof code === 'string' ? code : 'INTERNAL',
      message: messageOf(error),
    });
  }

  published(units: number, dates: readonly MergedDate[]): void {
    this.#published += units;
    for (const merged of dates) {
      const known = this.#dates.get(merged.date);
      this.#dates.set(merged.date, {
        ...merged,
        staged: merged.staged + (known?.staged ?? 0),
        superseded: merged.superseded + (known?.superseded ?? 0),
      });
    }
  }

  finish(durationMs: number): BackfillReport {
    const { request, source, groups, missing } = this.#plan;
    const planned = groups.reduce((sum, { units }) => sum + units.length, 0);
    return {
      market: request.market,
      table: request.table,
      source,
      from: isoDateOf(request.fromDate),
      to: isoDateOf(request.untilDate),
      units: {
        planned,
        before: this.before,
        published: this.#published,
        failed: this.#failures.length,
        left: planned - this.before - this.#published - this.#failures.length,
      },
      rows: this.rows,
      quarantined: this.quarantined,
      dates: [...this.#dates.values()]
        .sort((a, b) => (a.date ?? 0) - (b.date ?? 0))
        .map(({ date, staged, rows, superseded }) => ({
          date: date === undefined ? null : isoDateOf(date),
          staged,
          rows,
          superseded,
        })),
      missing: missing.map(({ date, why }) => ({ date: isoDateOf(date), why })),
      failures: this.#failures,
      seconds: Math.round(durationMs / 100) / 10,
    };
  }
}
