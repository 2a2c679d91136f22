import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { Convention } from '../../tables/conventions.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Batch, BatchSource } from '../batch.ts';
import type { KdbError } from '../errors.ts';
import type { Target } from '../target.ts';
import type { TickerplantCalendar } from '../tickerplant/calendar-check.ts';
import type { PublisherState } from './state.ts';

/**
 * How batches are sent.
 * - `sync`: each as a synchronous message, acknowledged by its own answer.
 * - `async+chaser`: several asynchronous messages, acknowledged together by the answer to an empty synchronous
 *   one behind them. Faster on a long line; an error in a batch stays on the tickerplant's console.
 * - `async-unverified`: asynchronous messages and nothing else. Never called acknowledged.
 */
export type PublishMode = 'sync' | 'async+chaser' | 'async-unverified';

/** How much may be on its way to the tickerplant without an answer. */
export interface PublisherLimits {
  readonly inFlightBatches: number;
  readonly inFlightBytes: number;
}

export const DEFAULT_PUBLISHER_LIMITS: PublisherLimits = {
  inFlightBatches: 16,
  inFlightBytes: 32 * 1024 * 1024,
};

export interface PublisherTiming {
  /** Connection, TLS and authentication together. */
  readonly connectTimeoutMs: number;
  /** Longest wait for an answer while one is due; then the connection is destroyed. */
  readonly answerTimeoutMs: number;
  /** How often the tickerplant's date is read. */
  readonly dateIntervalMs: number;
  /** The first wait after a failure; each further one doubles it, up to the last, with jitter. */
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** For how long every connection must have been refused until that is taken for the password's fault. */
  readonly refusedMs: number;
}

export const DEFAULT_PUBLISHER_TIMING: PublisherTiming = {
  connectTimeoutMs: 5_000,
  answerTimeoutMs: 30_000,
  dateIntervalMs: 1_000,
  firstBackoffMs: 250,
  longestBackoffMs: 30_000,
  refusedMs: 20_000,
};

/** What to publish and where. */
export interface PublisherOptions {
  readonly target: Target;
  readonly convention: Convention;
  /** The tables that the tickerplant must have. */
  readonly tables: readonly TableDefinition[];
  /** Tables that it may lack: batches of them are then left out. */
  readonly optionalTables: readonly TableDefinition[];
  readonly source: BatchSource;
  readonly mode: PublishMode;
  /** The function that takes a batch; without it our own tickerplant's `.fh.upd`, and `.u.upd` of any other. */
  readonly functionName?: string;
  /** Accept a tickerplant without a log: the state says `unlogged` all the same, but counts as ready. */
  readonly allowUnlogged: boolean;
  /** Fail at once where the first connection cannot be opened, instead of waiting for the tickerplant. */
  readonly failFast: boolean;
  readonly limits: PublisherLimits;
  readonly timing: PublisherTiming;
}

export interface PublisherListener {
  stateChanged?(state: PublisherState): void;
  /** The first start failed for good; the state is `failed`. */
  failed?(error: KdbError): void;
  /** `ackMs`: from sending to the answer. */
  acknowledged?(batch: Batch, ackMs: number): void;
  /** The tickerplant's date, at connect and at each roll. */
  dateChanged?(date: DateDays): void;
}

/** The effects and observers of a publisher. */
export interface PublisherParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly calendar: TickerplantCalendar;
  readonly listener: PublisherListener;
}
