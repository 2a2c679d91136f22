import { concat, defer, firstValueFrom, lastValueFrom, map, of, Subject, share, takeUntil } from 'rxjs';

import { aborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { MassiveKdbError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { FrameScanner } from '../massive/scanner/frame-scanner.ts';
import { Session, type SessionDependencies, type SessionOptions } from '../massive/session.ts';
import type { SessionState } from '../massive/session-state.ts';
import type { Subscription } from '../massive/subscription.ts';
import type { TableRows } from '../tables/table-rows.ts';
import { drainTicks } from './drain-ticks.ts';
import { StreamEndedError } from './errors.ts';
import type { FeedListener } from './feed-listener.ts';
import type { FeedTarget } from './feed-target.ts';
import { latestWindowEndMs } from './latest-window.ts';
import { type FeedSummary, SummaryLines } from './summary.ts';

const SUMMARY_INTERVAL_MS = 60_000;

export interface FeedOptions {
  readonly session: SessionOptions;
  readonly drainIntervalMs: number;
  /** Longest time that a stop may take: closing the session and waiting for answers together. */
  readonly stopMs: number;
}

export interface FeedParts extends SessionDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly scanner: FrameScanner;
  /** Makes the targets; `failed` is to be called when one has failed for good. */
  readonly createTargets: (failed: (error: Error) => void) => readonly FeedTarget[];
}

/**
 * One market, from Massive to its tickerplants.
 *
 * frames -> scanner (typed columns) -> drain each interval -> batches -> backlog and publisher of each target
 *
 * Runs until it is stopped or fails for good. A stop closes the session first, then drains what is left, then waits
 * for the tickerplants' answers.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #parts: FeedParts;
  readonly #session: Session;
  readonly #targets: readonly FeedTarget[];
  readonly #failures = new Subject<never>();
  readonly #stopDraining = new Subject<void>();
  readonly #receivedRows: Record<string, number> = {};
  readonly #injectedRows: Record<string, number> = {};
  readonly #listeners: FeedListener[] = [];
  #injected: Injected[] = [];
  #drainedForTheLastTime = false;
  #connections = 0;

  constructor(options: FeedOptions, parts: FeedParts) {
    this.#options = options;
    this.#parts = parts;
    this.#session = new Session(options.session, parts, {
      frame: bytes => parts.scanner.scan(bytes),
      stateChanged: (state, previous) => this.#sessionChanged(state, previous),
      failed: error => this.#failures.error(error),
    });
    this.#targets = parts.createTargets(error => this.#failures.error(error));
  }

  /**
   * Runs the feed until `stop` is aborted; resolves with what it did.
   *
   * @throws MassiveKdbError when Massive or a tickerplant refuses the feed for good at the start; StreamEndedError
   *   when the drain ends by itself. The log says so at once, and the feed is stopped.
   */
  async run(stop: AbortSignal): Promise<FeedSummary> {
    const { market } = this.#options.session;
    const drained = lastValueFrom(this.#drains(), { defaultValue: 0 });
    const unexpectedEnd = drained.then(
      () => Promise.reject(new StreamEndedError(market)),
      cause => Promise.reject(new StreamEndedError(market, cause)),
    );
    const ended = Promise.race([aborted(stop), firstValueFrom(this.#failures), unexpectedEnd]);
    const lines = new SummaryLines(this.#parts.logger, market);
    const minutes = drainTicks(this.#parts.clock, SUMMARY_INTERVAL_MS).subscribe(() =>
      lines.minute(this.summary()),
    );

    this.#session.start();
    for (const target of this.#targets) target.start();
    try {
      await ended;
    } catch (error) {
      this.#parts.logger.error(
        messageOf(error),
        error instanceof MassiveKdbError ? { code: error.code } : {},
      );
      throw error;
    } finally {
      await this.#shutDown(drained);
      minutes.unsubscribe();
      lines.exit(this.summary());
    }
    return this.summary();
  }

  /** Tells `listener` what happens from now on. */
  addListener(listener: FeedListener): void {
    this.#listeners.push(listener);
  }

  /** Changes what is subscribed to, without a new connection; one that waits to try again tries now. */
  updateSubscriptions(subscriptions: readonly Subscription[]): void {
    this.#session.updateSubscriptions(subscriptions);
    this.#session.resume();
  }

  /**
   * Rows of another origin than the stream, of any table: they leave with the next drain, before what was received. They
   * are the caller's again once the promise is settled; it says whether they are on disk then. False: in memory only, or
   * the feed has stopped and they are not taken.
   */
  inject(rows: TableRows): Promise<boolean> {
    if (this.#drainedForTheLastTime) return Promise.resolve(false);
    return new Promise(settled => this.#injected.push({ rows, settled }));
  }

  summary(): FeedSummary {
    const { scanner } = this.#parts;
    return {
      market: this.#options.session.market,
      session: this.#session.state.name,
      connections: this.#connections,
      receivedRows: { ...this.#receivedRows },
      injectedRows: { ...this.#injectedRows },
      quarantinedEvents: scanner.totals.quarantined,
      overflowedRows: scanner.totals.lostRows,
      targets: this.#targets.map(target => target.totals()),
    };
  }

  /** The rows of each completed drain. It completes with one more drain once the session has been closed. */
  #drains() {
    const ticks = drainTicks(this.#parts.clock, this.#options.drainIntervalMs);
    const last = defer(() => {
      this.#drainedForTheLastTime = true;
      return of(undefined);
    });
    return concat(ticks.pipe(takeUntil(this.#stopDraining)), last).pipe(
      map(() => this.#drain()),
      share(),
    );
  }

  #drain(): number {
    const { scanner, clock } = this.#parts;
    const drainedMs = clock.wallMs();
    const lastReceiveMs = this.#session.lastFrameMs;
    const injected = this.#injected.splice(0);
    for (const { rows } of injected) this.#handOver(rows, drainedMs, this.#injectedRows);
    const tables = scanner.drain();
    for (const rows of tables) this.#handOver(rows, drainedMs, this.#receivedRows);
    const rowCount = tables.reduce((sum, rows) => sum + rows.rowCount, 0);
    const windowEndMs = latestWindowEndMs(tables);
    scanner.recycle(tables);
    for (const target of this.#targets) target.wake();
    for (const { settled } of injected) settled(false);
    for (const listener of this.#listeners) {
      listener.drained?.({ wallMs: drainedMs, lastReceiveMs, rowCount, windowEndMs, durable: false });
    }
    return rowCount;
  }

  #handOver(rows: TableRows, drainedMs: number, totals: Record<string, number>): void {
    const { name } = rows.definition;
    for (const target of this.#targets) target.append(rows, drainedMs);
    totals[name] = (totals[name] ?? 0) + rows.rowCount;
  }

  async #shutDown(drained: Promise<number>): Promise<void> {
    const { clock } = this.#parts;
    const deadlineMs = clock.monotonicMs() + this.#options.stopMs;
    await this.#session.stop(this.#options.stopMs / 2);
    this.#stopDraining.next();
    await drained.catch(() => this.#tellUndrained());
    const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
    await Promise.all(this.#targets.map(target => target.stop(leftMs)));
  }

  /** The drain has failed: what it had not handed over to the targets by then is lost. */
  #tellUndrained(): void {
    const { scanner, counters, logger } = this.#parts;
    const { market } = this.#options.session;
    const drainedRows = Object.values(this.#receivedRows).reduce((sum, count) => sum + count, 0);
    const lostRows = scanner.totals.rows - drainedRows;
    counters.counter('rows_lost', { market, reason: 'drain-failed' }).add(lostRows);
    logger.error(`lost ${lostRows} rows of ${market}: they were received, and the drain has failed`);
  }

  #sessionChanged(state: SessionState, previous: SessionState): void {
    if (state.name === 'streaming') this.#connections++;
    for (const listener of this.#listeners) listener.sessionChanged?.(state, previous);
  }
}

/** Rows that wait for the next drain. */
interface Injected {
  readonly rows: TableRows;
  readonly settled: (durable: boolean) => void;
}
