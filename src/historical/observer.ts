import type { MergedDate } from '../kdb/loader/answers.ts';
import type { Unit, UnitGroup } from './unit.ts';

/** Who watches a backfill. */
export interface BackfillObserver {
  unitStarted(unit: Unit): void;
  /** How many rows of a unit there are by now. */
  rows(unit: Unit, rows: number): void;
  unitStaged(unit: Unit, rows: number): void;
  unitFailed(unit: Unit, error: unknown): void;
  mergeStarted(group: UnitGroup): void;
  /** `units`: how many of the group it concerns. */
  groupPublished(group: UnitGroup, units: number, dates: readonly MergedDate[]): void;
}

/** For a backfill that nobody watches. */
export const UNOBSERVED: BackfillObserver = {
  unitStarted: () => {},
  rows: () => {},
  unitStaged: () => {},
  unitFailed: () => {},
  mergeStarted: () => {},
  groupPublished: () => {},
};

/** Several who watch the same backfill, told in their order. */
export function observedByAll(...observers: readonly BackfillObserver[]): BackfillObserver {
  const tell = (what: (observer: BackfillObserver) => void): void => {
    for (const observer of observers) what(observer);
  };
  return {
    unitStarted: unit => tell(each => each.unitStarted(unit)),
    rows: (unit, rows) => tell(each => each.rows(unit, rows)),
    unitStaged: (unit, rows) => tell(each => each.unitStaged(unit, rows)),
    unitFailed: (unit, error) => tell(each => each.unitFailed(unit, error)),
    mergeStarted: group => tell(each => each.mergeStarted(group)),
    groupPublished: (group, units, dates) => tell(each => each.groupPublished(group, units, dates)),
  };
}
