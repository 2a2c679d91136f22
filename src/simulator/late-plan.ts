import { hash3, unit } from './hash.ts';

/** Massive sends a bar again when a trade for it arrives within this time. */
export const CORRECTION_WINDOW_SECONDS = 15 * 60;

/** In each second trades arrive late for so many earlier seconds. */
export const LATE_TARGETS = 2;

/** At most so many late arrivals concern one second. */
export const LATE_ENTRIES = 8;

const RECENT_SECONDS = 4;
const EARLIER_SECONDS = 60;

/** Late trades that arrive in one second for one earlier second: for which symbols, `lateTradeDice` says. */
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

/** What has been planned for bars of a second. */
export interface LateSchedule {
  /** In the order of arrival. */
  targeting(second: number): readonly LateArrival[];
}

/** The dice of one late trade of a symbol, or 0 where there is none. */
export function lateTradeDice(symbolSeed: number, late: LateArrival): number {
  const hash = hash3(symbolSeed, late.arrival, 0x1a7e + late.ordinal);
  return unit(hash) < late.chance ? hash | 1 : 0;
}

/** Which earlier seconds get trades late, and when: a function of the seed and the time, and of the share at a time. */
export class LatePlan {
  readonly reachSeconds: number;
  readonly #seed: number;
  /** Newest last; each counts from a second of arrival on. */
  readonly #shares: { readonly from: number; readonly share: number }[];

  /**
   * @param reachSeconds how far back a late trade may reach, at most the correction window
   * @param share of all second bars that are sent again
   */
  constructor(seed: number, reachSeconds: number, share: number) {
    this.#seed = seed;
    this.reachSeconds = reachSeconds;
    this.#shares = [{ from: Number.NEGATIVE_INFINITY, share }];
  }

  /** Grows with every change of the share. */
  get version(): number {
    return this.#shares.length;
  }

  /** Changes the share of what arrives from a second on. */
  changeShare(from: number, share: number): void {
    this.#shares.push({ from, share });
  }

  /** Chance that a bar of a second gets one of the late trades that arrive in second `arrival`. */
  chanceAt(arrival: number): number {
    let newest = this.#shares.length - 1;
    while (this.#shares[newest]!.from > arrival) newest--;
    return this.#shares[newest]!.share / LATE_TARGETS;
  }

  /** The second whose trades arrive in second `arrival`; the first is some seconds ago, the other one minutes. */
  target(arrival: number, ordinal: number): number {
    const hash = hash3(this.#seed, arrival, ordinal) >>> 0;
    const delay =
      ordinal === 0
        ? RECENT_SECONDS + (hash % (EARLIER_SECONDS - RECENT_SECONDS))
        : EARLIER_SECONDS + (hash % (this.reachSeconds - EARLIER_SECONDS));
    return arrival - delay;
  }
}
