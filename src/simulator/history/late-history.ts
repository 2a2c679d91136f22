import {
  LATE_ENTRIES,
  LATE_TARGETS,
  type LateArrival,
  type LatePlan,
  type LateSchedule,
} from '../late-plan.ts';

/** All late trades of a stretch of time, whenever it was: what the plan had, has or will have for its seconds. */
export class LateHistory implements LateSchedule {
  readonly #plan: LatePlan;
  readonly #from: number;
  readonly #counts: Uint8Array;
  readonly #arrivals: Int32Array;
  readonly #ordinals: Uint8Array;
  /** Lists by length, to be filled again and again: there is one for every second bar of a history. */
  readonly #lists = Array.from({ length: LATE_ENTRIES + 1 }, (_, length) =>
    Array.from({ length }, () => ({ arrival: 0, target: 0, chance: 0, ordinal: 0 })),
  );

  /** @param from first second since 1970; `until` is the first one outside */
  constructor(plan: LatePlan, from: number, until: number) {
    const seconds = until - from;
    this.#plan = plan;
    this.#from = from;
    this.#counts = new Uint8Array(seconds);
    this.#arrivals = new Int32Array(seconds * LATE_ENTRIES);
    this.#ordinals = new Uint8Array(seconds * LATE_ENTRIES);
    for (let arrival = from; arrival < until + plan.reachSeconds; arrival++) {
      for (let ordinal = 0; ordinal < LATE_TARGETS; ordinal++) {
        const offset = plan.target(arrival, ordinal) - from;
        if (offset < 0 || offset >= seconds || this.#counts[offset] === LATE_ENTRIES) continue;
        const at = offset * LATE_ENTRIES + this.#counts[offset]!++;
        this.#arrivals[at] = arrival;
        this.#ordinals[at] = ordinal;
      }
    }
  }

  /** Good until it is asked again. */
  targeting(second: number): readonly LateArrival[] {
    const offset = second - this.#from;
    const list = this.#lists[this.#counts[offset] ?? 0]!;
    for (let i = 0; i < list.length; i++) {
      const late = list[i]!;
      const at = offset * LATE_ENTRIES + i;
      late.arrival = this.#arrivals[at]!;
      late.target = second;
      late.chance = this.#plan.chanceAt(late.arrival);
      late.ordinal = this.#ordinals[at]!;
    }
    return list;
  }
}
