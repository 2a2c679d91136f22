import type { Market } from '../../tables/markets.ts';

/** Why a feed could not listen. `refused`: Massive did not take some subscriptions; `overflow`: rows found no room. */
export const GAP_CAUSES = [
  'disconnect',
  'silence',
  'restart',
  'crash',
  'suspended',
  'refused',
  'overflow',
] as const;

export type GapCause = (typeof GAP_CAUSES)[number];

/**
 * What is becoming of a gap.
 * - `suspected`: a connection went quiet and was replaced; REST says whether it missed anything, or there was nothing.
 * - `open`: nothing was brought yet. After an attempt that failed, `retryMs` is when the next one is due.
 * - `filling`: REST is being asked.
 * - `filled`: what REST has is brought; `final` once it was asked again after the correction window.
 * - `verified`: held against the flat file of the day.
 * - `deferred`: left to the flat file of the day.
 * - `unfillable`: nothing will bring it.
 */
export type GapState =
  | { readonly name: 'suspected'; readonly silentFromMs: number }
  | {
      readonly name: 'open';
      readonly attempts: number;
      readonly retryMs?: number;
      readonly reason?: string;
      /** Somebody has asked for it: no limit of requests holds. */
      readonly byHand?: true;
    }
  | { readonly name: 'filling' }
  | { readonly name: 'filled'; readonly final: boolean }
  | { readonly name: 'verified' }
  | { readonly name: 'deferred'; readonly reason: string }
  | { readonly name: 'unfillable'; readonly reason: string };

export type GapStateName = GapState['name'];

/** An interval, in event time, whose windows may be missing or not have their last version. Ms since 1970. */
export interface Gap {
  /** `stocks-12` */
  readonly id: string;
  readonly market: Market;
  readonly channels: readonly string[];
  /** Absent: all that the feed subscribes to. */
  readonly symbols?: readonly string[];
  /** Start of the first window. */
  readonly beginMs: number;
  /** Start of the first window after it; absent while it lasts. */
  readonly endMs?: number;
  readonly cause: GapCause;
  readonly state: GapState;
  /** Bars that were brought for it. */
  readonly rows: number;
  readonly openedMs: number;
  readonly changedMs: number;
}

/** Which states may follow a state. */
const NEXT: Readonly<Record<GapStateName, readonly GapStateName[]>> = {
  suspected: ['open'],
  open: ['open', 'filling', 'deferred', 'unfillable', 'verified'],
  filling: ['open', 'filled', 'deferred', 'unfillable'],
  filled: ['filled', 'open', 'verified', 'unfillable'],
  verified: [],
  deferred: ['open', 'verified', 'unfillable'],
  unfillable: ['open', 'verified'],
};

export function mayFollow(state: GapState, next: GapState): boolean {
  return NEXT[state.name].includes(next.name);
}

/** Whether nothing more will happen to a gap by itself. */
export function isFinished({ state }: Gap): boolean {
  if (state.name === 'filled') return state.final;
  return state.name === 'verified' || state.name === 'unfillable';
}

/** Whether first versions of bars may be missing that are still to be brought. */
export function isMissing({ state }: Gap): boolean {
  return state.name === 'open' || state.name === 'filling' || state.name === 'suspected';
}

/** Why a gap is in its state, where there is more to say than its name. */
export function reasonOf({ state }: Gap): string {
  return 'reason' in state ? (state.reason ?? '') : '';
}
