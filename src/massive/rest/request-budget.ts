import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import type { Clock } from '../../base/clock.ts';
import { delay } from '../../base/delay.ts';
import { seconds } from '../../base/durations.ts';
import type { Logger } from '../../base/logger.ts';
import { VersionedFile } from '../../base/versioned-file.ts';
import { RestQuotaError, RestUsageError } from './errors.ts';
import {
  type DayUsage,
  dayOf,
  isoDate,
  limitOf,
  NO_USAGE,
  parseUsage,
  type RateLimit,
  type Usage,
  waitOf,
  withBytes,
  withPause,
  withRequest,
} from './usage.ts';

export interface BudgetOptions {
  /** Where all processes of this machine count together; made if it does not exist. */
  readonly directory: string;
  readonly requestsPerMinute: number;
  /** Undefined: any number. */
  readonly dailyRequests: number | undefined;
  /** No pause is longer: the clock may have been set since it was asked for. */
  readonly maxPauseMs: number;
}

export interface BudgetParts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A wait that is longer is worth a line. */
const TOLD_WAIT_MS = 5_000;

/**
 * What may still be asked for with a key: the rate that its plan allows, and the day's quota, for all processes of this
 * machine together. They count in one file; the key is in its name as a short hash only. Within the process requests are
 * let through in the order in which they came.
 */
export class RequestBudget {
  readonly limit: RateLimit;
  readonly #options: BudgetOptions;
  readonly #parts: BudgetParts;
  readonly #file: VersionedFile;
  readonly #queue = new PQueue({ concurrency: 1 });

  /** @throws RestUsageError */
  constructor(key: string, options: BudgetOptions, parts: BudgetParts) {
    this.limit = limitOf(options.requestsPerMinute);
    this.#options = options;
    this.#parts = parts;
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
    this.#file = this.#kept(() => new VersionedFile(options.directory, `rest-${hash}`));
  }

  /**
   * Waits until one more request may be made, and counts it.
   *
   * @throws RestQuotaError, RestUsageError, the signal's reason
   */
  take(signal: AbortSignal): Promise<void> {
    return this.#queue.add(async () => {
      let isTold = false;
      for (;;) {
        signal.throwIfAborted();
        const waitMs = this.#tryTake();
        if (waitMs === 0) return;
        if (waitMs > TOLD_WAIT_MS && !isTold) {
          this.#parts.logger.info(`waiting ${seconds(waitMs)}: the plan's requests of the minute are made`);
          isTold = true;
        }
        await delay(this.#parts.clock, waitMs, signal);
      }
    });
  }

  /** Counts the bytes of an answer. Throws RestUsageError. */
  addBytes(bytes: number): void {
    const nowMs = this.#parts.clock.wallMs();
    this.#update(usage => ({ usage: withBytes(usage, bytes, nowMs), answer: undefined }));
  }

  /** Lets no process ask before `ms` have passed. Throws RestUsageError. */
  pause(ms: number): void {
    const untilMs = this.#parts.clock.wallMs() + Math.min(ms, this.#options.maxPauseMs);
    this.#update(usage => ({ usage: withPause(usage, untilMs), answer: undefined }));
  }

  /** What was asked for today, UTC; of a count that is damaged nothing is known. Rejects with RestUsageError. */
  async today(): Promise<DayUsage> {
    try {
      const text = (await this.#file.read()) ?? '';
      return dayOf(parseUsage(text) ?? NO_USAGE, this.#parts.clock.wallMs());
    } catch (error) {
      throw new RestUsageError(this.#options.directory, error);
    }
  }

  /** How long is to be waited; 0: a request is counted. */
  #tryTake(): number {
    const { dailyRequests } = this.#options;
    return this.#update(usage => {
      const nowMs = this.#parts.clock.wallMs();
      if (dailyRequests !== undefined && dayOf(usage, nowMs).requests >= dailyRequests) {
        throw new RestQuotaError(dailyRequests, isoDate(nowMs));
      }
      const waitMs = Math.ceil(waitOf(this.#withinPause(usage, nowMs), this.limit, nowMs));
      return waitMs > 0
        ? { answer: waitMs }
        : { usage: withRequest(usage, this.limit, nowMs), answer: waitMs };
    });
  }

  #withinPause(usage: Usage, nowMs: number): Usage {
    return { ...usage, pausedUntilMs: Math.min(usage.pausedUntilMs, nowMs + this.#options.maxPauseMs) };
  }

  #update<Answer>(change: (usage: Usage) => { readonly usage?: Usage; readonly answer: Answer }): Answer {
    return this.#kept(() =>
      this.#file.update(text => {
        const { usage, answer } = change(this.#usageOf(text));
        return usage === undefined ? { answer } : { text: JSON.stringify(usage), answer };
      }),
    );
  }

  #usageOf(text: string | undefined): Usage {
    if (text === undefined) return NO_USAGE;
    const usage = parseUsage(text);
    if (usage) return usage;
    this.#parts.logger.warn(
      `the count of requests in ${this.#options.directory} is damaged; it begins anew, and the day's quota with it`,
    );
    return NO_USAGE;
  }

  #kept<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof RestQuotaError) throw error;
      throw new RestUsageError(this.#options.directory, error);
    }
  }
}
