import type { Batch } from '../../src/kdb/batch.ts';
import type { MergedDate } from '../../src/kdb/loader/answers.ts';
import type { DateDays } from '../../src/tables/epoch.ts';
import { Watch } from './watch.ts';

export interface StagedUnit {
  readonly unit: string;
  readonly batches: readonly Batch[];
}

/** A loader as its client shows it: keeps what is staged, and says what was merged. */
export class FakeLoader {
  readonly watch = new Watch();
  readonly staged: StagedUnit[] = [];
  readonly merged: { readonly table: string; readonly dates: readonly DateDays[] }[] = [];
  /** Called before a merge; throws what the loader would answer. */
  onMerge: () => void = () => {};

  async stageBatches(unit: string, batches: AsyncIterable<Batch>): Promise<number> {
    const taken: Batch[] = [];
    for await (const batch of batches) taken.push({ ...batch, columns: batch.columns.slice() });
    this.staged.push({ unit, batches: taken });
    return taken.reduce((rows, batch) => rows + batch.rowCount, 0);
  }

  async merge(table: string, dates: readonly DateDays[] = []): Promise<MergedDate[]> {
    this.onMerge();
    this.merged.push({ table, dates });
    this.watch.changed();
    return [];
  }

  close(): void {}
}
