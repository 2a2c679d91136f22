import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import { RestBarSource } from '../../src/historical/rest-source.ts';
import { type BudgetOptions, RequestBudget } from '../../src/massive/rest/request-budget.ts';
import { REST_DEFAULTS, type RestOptions, RestRequests } from '../../src/massive/rest/requests.ts';
import type { RejectedEvent } from '../../src/massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import type { Market } from '../../src/tables/markets.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import { RecordingLogger } from './recording-logger.ts';
import { testSecret } from './secrets.ts';

export const REST_KEY = testSecret('rest_', '+=');

export interface RestHarnessOptions {
  readonly address: string;
  readonly clock?: Clock;
  readonly options?: Partial<RestOptions>;
  readonly budget?: Partial<BudgetOptions>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** What was put into the quarantine, its bytes as text. */
export interface RejectedText extends Omit<RejectedEvent, 'raw'> {
  readonly raw: string;
}

/** A client of REST as a process has one, with a state directory of its own. */
export class RestHarness {
  readonly clock: Clock;
  readonly logger = new RecordingLogger();
  readonly counters = memoryCounters();
  readonly rejected: RejectedText[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), 'massive-kdb-rest-'));
  readonly budget: RequestBudget;
  readonly requests: RestRequests;
  readonly signal = new AbortController().signal;

  constructor({ address, clock = systemClock, options, budget, environment = {} }: RestHarnessOptions) {
    this.clock = clock;
    const key = options?.key ?? REST_KEY;
    this.budget = new RequestBudget(
      key,
      {
        directory: join(this.directory, 'rest'),
        requestsPerMinute: 60_000,
        dailyRequests: undefined,
        maxPauseMs: 60_000,
        ...budget,
      },
      { clock, logger: this.logger },
    );
    this.requests = this.#connect({ ...REST_DEFAULTS, address, key, ...options }, environment);
  }

  source(market: Market = 'stocks', settledAfterMs = 20 * 60_000): RestBarSource {
    return new RestBarSource(
      {
        requests: this.requests,
        calendar: new SessionCalendar(market),
        receiveClock: new ReceiveClock(this.clock),
        quarantine: {
          put: rejected =>
            void this.rejected.push({ ...rejected, raw: Buffer.from(rejected.raw).toString() }),
        },
        clock: this.clock,
        logger: this.logger,
      },
      { requestsPerMinute: 60_000, settledAfterMs },
    );
  }

  counted(name: string): number {
    return this.counters.snapshot().get(name) ?? 0;
  }

  #connect(options: RestOptions, environment: NodeJS.ProcessEnv): RestRequests {
    const { clock, logger, counters, budget } = this;
    try {
      return new RestRequests(options, { clock, random: () => 0.5, logger, counters, budget, environment });
    } catch (error) {
      rmSync(this.directory, { recursive: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.requests.close();
    rmSync(this.directory, { recursive: true });
  }
}

/** What a promise rejects with, which it has to. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}
