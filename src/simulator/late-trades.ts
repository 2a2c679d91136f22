import { hash3, unit } from './hash.ts';

/** Massive sends a bar again when a trade for it arrives within this time. */
export const CORRECTION_WINDOW_SECONDS = 15 * 60;

/** In each second trades arrive late for so many earlier seconds. */
export const LATE_TARGETS = 2;

const RECENT_SECONDS = 4;
const EARLIER_SECONDS = 60;
const RING = 1024;
const ENTRIES = 8;

/** Late trades that arrive in one second for one earlier second: for which symbols, `LateTrades.concerns` says. */
export interface LateArrival {
  /** Second (since 1970) in which they arrive. */
  readonly arrival: number;
  /** Second in which they were made. */
  readonly target: number;
  /** Chance that a bar of the target gets one. */
  readonly chance: number;
  /** Number among those of its arrival second. */
  readonly ordinal: number;
}

/**
 * Which trades are reported late, and when. A function of the seed and the time alone, so that any version of any
 * bar within the correction window can be computed again, and a market that is started now already has a past.
 */
export class LateTrades {
  readonly #seed: number;
  readonly #reachSeconds: number;
  readonly #byArrival: LateArrival[][] = Array.from({ length: RING }, () => []);
  readonly #byTarget: LateArrival[][] = Array.from({ length: RING }, () => []);
  #plannedThrough: number;
  #share: number;

  /**
   * @param reachSeconds how far back a late trade may reach, at most the correction window
   * @param share of all second bars that are sent again
   */
  constructor(seed: number, startSecond: number, reachSeconds: number, share: number) {
    this.#seed = seed;
    this.#reachSeconds = reachSeconds;
    this.#share = share;
    this.#plannedThrough = startSecond - RING;
    this.planThrough(startSecond);
  }

  /** Changes the share of what arrives from now on. */
  set share(share: number) {
    this.#share = share;
  }

  /** Settles what arrives up to and including `second`. */
  planThrough(second: number): void {
    while (this.#plannedThrough < second) this.#plan(++this.#plannedThrough);
  }

  arriving(second: number): readonly LateArrival[] {
    return this.#byArrival[second & (RING - 1)]!;
  }

  /** What has been planned for bars of `second`, in the order of arrival. */
  targeting(second: number): readonly LateArrival[] {
    return this.#byTarget[second & (RING - 1)]!;
  }

  /** The dice of one late trade of a symbol, or 0 where there is none. */
  concerns(symbolSeed: number, late: LateArrival): number {
    const hash = hash3(symbolSeed, late.arrival, 0x1a7e + late.ordinal);
    return unit(hash) < late.chance ? hash | 1 : 0;
  }

  #plan(arrival: number): void {
    const slot = arrival & (RING - 1);
    // What the ring held here is older than any bar that can still change.
    this.#byTarget[slot] = [];
    const arriving: LateArrival[] = [];
    for (let ordinal = 0; ordinal < LATE_TARGETS; ordinal++) {
      const target = arrival - this.#delaySeconds(arrival, ordinal);
      const targeting = this.#byTarget[target & (RING - 1)]!;
      if (targeting.length === ENTRIES || arriving.some(late => late.target === target)) continue;
      const late = { arrival, target, chance: this.#share / LATE_TARGETS, ordinal };
      arriving.push(late);
      targeting.push(late);
    }
    this.#byArrival[slot] = arriving;
  }

  /** The first target is some seconds ago, the other one minutes. */
  #delaySeconds(arrival: number, ordinal: number): number {
    const hash = hash3(this.#seed, arrival, ordinal) >>> 0;
    if (ordinal === 0) return RECENT_SECONDS + (hash % (EARLIER_SECONDS - RECENT_SECONDS));
    return EARLIER_SECONDS + (hash % (this.#reachSeconds - EARLIER_SECONDS));
  }
}
