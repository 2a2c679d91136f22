import { createHash } from 'node:crypto';
import type { Trouble } from './proxy.ts';

/** Processes that the conductor kills and freezes. */
export const VICTIMS = ['daemon', 'tickerplant', 'rdb', 'loader'] as const;

export type Victim = (typeof VICTIMS)[number];

/** Ways that lead through a proxy; up is towards Massive, and towards the tickerplant. */
export const WAYS = ['stream', 'rest', 'daemon-tickerplant', 'rdb-tickerplant'] as const;

export type Way = (typeof WAYS)[number];

/** What goes wrong. What lasts does so until it is healed after `forMs`. */
export type Fault =
  /** kill -9; started again when the time is over. */
  | { readonly kind: 'kill'; readonly victims: readonly Victim[] }
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'freeze'; readonly victim: Victim }
  /** kill -9 of the daemon, and its newest segment is damaged before it is started again. */
  | { readonly kind: 'damage-spool'; readonly how: 'garbage' | 'truncate' | 'flip'; readonly bytes: number }
  /** No byte can be added to a file of this process. */
  | { readonly kind: 'full-disk'; readonly victim: 'daemon' | 'tickerplant' }
  | { readonly kind: 'drop' | 'reset'; readonly way: Way }
  | { readonly kind: 'disturb'; readonly way: Way; readonly trouble: Trouble }
  /** Of the simulator, on the daemon's connection. */
  | {
      readonly kind: 'simulator';
      readonly name: string;
      readonly parameters: Readonly<Record<string, number | string>>;
    }
  /** The daemon's wall clock, and back when the time is over. */
  | { readonly kind: 'clock-step'; readonly seconds: number };

export interface PlannedFault {
  readonly atMs: number;
  readonly forMs: number;
  readonly fault: Fault;
}

/**
 * plain: no clock is stepped; clock: the daemon's is; midnight and new-york: the day of crypto or stocks ends in the
 * middle of the run; fast: time passes faster, so that what takes a minute fits in; still: no clock can be touched.
 */
export const PROFILES = ['plain', 'clock', 'midnight', 'new-york', 'fast', 'still'] as const;

export type Profile = (typeof PROFILES)[number];

/** Everything about a run that its seed decides. */
export interface Plan {
  readonly seed: number;
  readonly profile: Profile;
  readonly market: 'crypto' | 'stocks';
  /** Seconds that pass for the processes in one of ours. */
  readonly faster: number;
  /** Of real time, with faults. */
  readonly seconds: number;
  readonly symbols: number;
  /** Bars in a second of market time. */
  readonly rate: number;
  /** Share of second bars that are sent again, corrected. */
  readonly late: number;
  readonly drainMs: number;
  /** How long after the start the day ends, in real time, in the profiles in which it does. */
  readonly midnightMs: number;
  /** In the order of time. */
  readonly faults: readonly PlannedFault[];
}

/** A short name of a schedule: the same plan, the same hash. */
export function hashOf(plan: Plan): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 12);
}

/** A fault in a few words. */
export function labelOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill:${fault.victims.join('+')}`;
    case 'freeze':
    case 'full-disk':
      return `${fault.kind}:${fault.victim}`;
    case 'damage-spool':
      return `${fault.kind}:${fault.how}`;
    case 'drop':
    case 'reset':
      return `${fault.kind}:${fault.way}`;
    case 'disturb':
      return `${fault.trouble.how}:${fault.way}`;
    case 'simulator':
      return fault.name;
    case 'clock-step':
      return `clock-step:${fault.seconds}s`;
  }
}
