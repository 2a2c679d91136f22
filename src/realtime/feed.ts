import { concat, defer, firstValueFrom, lastValueFrom, map, of, Subject, share, takeUntil } from 'rxjs';

import { aborted } from '../base/abort.ts';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { MassiveKdbError, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch } from '../kdb/batch.ts';
import type { FrameScanner } from '../massive/scanner/frame-scanner.ts';
import { Session, type SessionDependencies, type SessionOptions } from '../massive/session.ts';
import type { SessionState } from '../massive/session-state.ts';
import type { Subscription } from '../massive/subscription.ts';
import type { TableRows } from '../tables/table-rows.ts';
import { drainTicks } from './drain-ticks.ts';
import { StreamEndedError } from './errors.ts';
import type { FeedDelivery, FeedDeliveryListener } from './feed-delivery.ts';
import type { FeedListener } from './feed-listener.ts';
import type { FeedTarget } from './feed-target.ts';
import { onlooker } from './onlooker.ts';
import type { Protection } from './protection.ts';
import { type FeedSummary, SummaryLines, sumOfRows } from './summary.ts';

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
  readonly createDelivery: (listener: FeedDeliveryListener) => FeedDelivery;
}

/**
 * One market, from Massive to its tickerplants.
 *
 * frames -> scanner (typed columns) -> drain each interval -> delivery (spool, backlog and publisher of each target)
 *
 * Runs until it is stopped or fails for good. A stop closes the session first, then drains what is left, then waits
 * for the disk and the tickerplants' answers.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #parts: FeedParts;
  readonly #session: Session;
  readonly #delivery: FeedDelivery;
  readonly #failures = new Subject<never>();
  readonly #stopDraining = new Subject<void>();
  readonly #receivedRows: Record<string, number> = {};
  readonly #injectedRows: Record<string, number> = {};
  readonly #listeners: FeedListener[] = [];
  #injected: Injected[] = [];
  #drainedForTheLastTime = false;
  /** Whether the last drain is with the targets. */
  #handedOver: Promise<void> = Promise.resolve();
  #subscriptions: readonly Subscription[];
  #connections = 0;

  constructor(options: FeedOptions, parts: FeedParts) {
    this.#options = options;
    this.#parts = parts;
    this.#subscriptions = options.session.subscriptions;
    this.#session = new Session(options.session, parts, {
      frame: bytes => parts.scanner.scan(bytes),
      stateChanged: (state, previous) => this.#sessionChanged(state, previous),
      failed: error => this.#failures.error(error),
    });
    this.#delivery = parts.createDelivery({
      failed: error => this.#failures.error(error),
      protectionChanged: protection => this.#protectionChanged(protection),
    });
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
    const minutes = drainTicks(this.#parts.clock, SUMMARY_INTERVAL_MS).subscribe(async () => {
      await this.#delivery.countWaiting();
      lines.minute(this.summary());
    });

    this.#session.start();
    this.#delivery.start();
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

  /** The same for one that only looks on: its trouble is told, and is not the feed's. */
  addOnlooker(listener: FeedListener): void {
    this.#listeners.push(onlooker(listener, this.#parts.logger));
  }

  /** What is to be subscribed to. */
  get subscriptions(): readonly Subscription[] {
    return this.#subscriptions;
  }

  /** Pairs that the connection was asked for and does not carry. */
  get failedPairs(): readonly string[] {
    return this.#session.failedPairs;
  }

  /** Where the connection to Massive stands. */
  get session(): SessionState {
    return this.#session.state;
  }

  /** When the last frame came, ms since 1970; undefined before the first. */
  get lastFrameMs(): number | undefined {
    return this.#session.lastFrameMs;
  }

  /** What becomes of rows if the process dies. */
  get protection(): Protection {
    return this.#delivery.protection;
  }

  /** In the order of the summary's. */
  get targets(): readonly FeedTarget[] {
    return this.#delivery.targets;
  }

  /** Events of the stream that were taken or quarantined. */
  get receivedEvents(): number {
    const { rows, lostRows, quarantined } = this.#parts.scanner.totals;
    return rows + lostRows + quarantined;
  }

  /** Rows that found no room between two drains. */
  get overflowedRows(): number {
    return this.#parts.scanner.totals.lostRows;
  }

  /** Changes what is subscribed to, without a new connection; one that waits to try again tries now. */
  updateSubscriptions(subscriptions: readonly Subscription[]): void {
    this.#subscriptions = subscriptions;
    this.#session.updateSubscriptions(subscriptions);
    if (this.#delivery.protection.name !== 'suspended') this.#session.resume();
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
      overflowedRows: this.overflowedRows,
      protection: this.#delivery.protection.name,
      targets: this.#delivery.totals(),
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
    const other = injected.flatMap(({ rows }) => this.#encode(rows, drainedMs, this.#injectedRows));
    const tables = scanner.drain();
    for (const listener of this.#listeners) for (const rows of tables) listener.received?.(rows);
    const received = tables.flatMap(rows => this.#encode(rows, drainedMs, this.#receivedRows));
    scanner.recycle(tables);
    const drain = {
      wallMs: drainedMs,
      lastReceiveMs,
      rowCount: received.reduce((sum, batch) => sum + batch.rowCount, 0),
      windowEndMs: latestOf(received),
    };
    this.#handedOver = new Promise(handedOver => {
      this.#delivery.deliver([...other, ...received], durable => {
        for (const { settled } of injected) settled(durable);
        for (const listener of this.#listeners) listener.drained?.({ ...drain, durable });
        handedOver();
      });
    });
    return drain.rowCount;
  }

  #encode(rows: TableRows, drainedMs: number, totals: Record<string, number>): Batch[] {
    const { name } = rows.definition;
    const batches = this.#delivery.encode(rows, drainedMs);
    totals[name] = (totals[name] ?? 0) + rows.rowCount;
    return batches;
  }

  async #shutDown(drained: Promise<number>): Promise<void> {
    const { clock } = this.#parts;
    const deadlineMs = clock.monotonicMs() + this.#options.stopMs;
    await this.#session.stop(this.#options.stopMs / 2);
    this.#stopDraining.next();
    await drained.catch(() => this.#tellUndrained());
    await this.#handedOver;
    await this.#delivery.stop(Math.max(0, deadlineMs - clock.monotonicMs()));
  }

  /** The drain has failed: what it had not handed over to the targets by then is lost. */
  #tellUndrained(): void {
    const { scanner, counters, logger } = this.#parts;
    const { market } = this.#options.session;
    const drainedRows = sumOfRows(this.#receivedRows);
    const lostRows = scanner.totals.rows - drainedRows;
    counters.counter('rows_lost', { market, reason: 'drain-failed' }).add(lostRows);
    logger.error(`lost ${lostRows} rows of ${market}: they were received, and the drain has failed`);
  }

  #sessionChanged(state: SessionState, previous: SessionState): void {
    if (state.name === 'streaming') this.#connections++;
    for (const listener of this.#listeners) listener.sessionChanged?.(state, previous);
  }

  #protectionChanged(protection: Protection): void {
    for (const listener of this.#listeners) listener.protectionChanged?.(protection);
    if (protection.name === 'suspended') this.#session.suspend(protection.detail);
    else if (this.#session.state.name === 'suspended') this.#session.resume();
  }
}

/** End of the latest window. */
function latestOf(batches: readonly Batch[]): number | undefined {
  const endsMs = batches.map(batch => batch.windowEndMs).filter(endMs => endMs !== undefined);
  return endsMs.length === 0 ? undefined : Math.max(...endsMs);
}

/** Rows that wait for the next drain. */
interface Injected {
  readonly rows: TableRows;
  readonly settled: (durable: boolean) => void;
}
