import {
  LATE_ENTRIES,
  LATE_TARGETS,
  type LateArrival,
  type LatePlan,
  type LateSchedule,
} from './late-plan.ts';

const RING = 1024;

/**
 * What the plan has for the seconds that can still change. Any version of any bar within the correction window can be
 * computed again, and a market that is started now already has a past.
 */
export class LateTrades implements LateSchedule {
  readonly plan: LatePlan;
  readonly #byArrival: LateArrival[][] = Array.from({ length: RING }, () => []);
  readonly #byTarget: LateArrival[][] = Array.from({ length: RING }, () => []);
  #plannedThrough: number;

  constructor(plan: LatePlan, startSecond: number) {
    this.plan = plan;
    this.#plannedThrough = startSecond - RING;
    this.planThrough(startSecond);
  }

  /** Changes the share of what arrives from now on. */
  set share(share: number) {
    this.plan.changeShare(this.#plannedThrough + 1, share);
  }

  /** Settles what arrives up to and including `second`. */
  planThrough(second: number): void {
    while (this.#plannedThrough < second) this.#plan(++this.#plannedThrough);
  }

  arriving(second: number): readonly LateArrival[] {
    return this.#byArrival[second & (RING - 1)]!;
  }

  targeting(second: number): readonly LateArrival[] {
    return this.#byTarget[second & (RING - 1)]!;
  }

  #plan(arrival: number): void {
    const slot = arrival & (RING - 1);
    // What the ring held here is older than any bar that can still change.
    this.#byTarget[slot] = [];
    const arriving: LateArrival[] = [];
    const chance = this.plan.chanceAt(arrival);
    for (let ordinal = 0; ordinal < LATE_TARGETS; ordinal++) {
      const target = this.plan.target(arrival, ordinal);
      const targeting = this.#byTarget[target & (RING - 1)]!;
      if (targeting.length === LATE_ENTRIES) continue;
      const late = { arrival, target, chance, ordinal };
      arriving.push(late);
      targeting.push(late);
    }
    this.#byArrival[slot] = arriving;
  }
}
