import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { isOver, type SessionState } from '../../massive/session-state.ts';
import { STATUS_TABLES } from '../../tables/definitions.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import type { CompletedDrain, FeedListener } from '../feed-listener.ts';
import { type Settled, settledOf } from '../settled.ts';
import { type FeedSummary, sumOfRows } from '../summary.ts';
import type { GapBook } from './book.ts';
import type { EventClock } from './event-clock.ts';
import type { GapFiller } from './filler.ts';
import type { Gap } from './gap.ts';
import type { Heartbeat } from './heartbeat.ts';
import { type StatusRow, statusRows } from './status-rows.ts';
import type { GapWatch, RefusedSymbols } from './watch.ts';

const MINUTE_MS = 60_000;

/** What is needed of a feed. */
export interface WatchedFeed {
  addListener(listener: FeedListener): void;
  inject(rows: TableRows): Promise<boolean>;
  summary(): FeedSummary;
  /** Rows that found no room between two drains. */
  readonly overflowedRows: number;
  /** Pairs that the connection was asked for and does not carry. */
  readonly failedPairs: readonly string[];
}

export interface FeedGapsParts {
  readonly feed: WatchedFeed;
  readonly book: GapBook;
  readonly watch: GapWatch;
  readonly filler: GapFiller;
  readonly heartbeat: Heartbeat;
  readonly clock: Clock;
  readonly eventClock: EventClock;
  readonly calendar: () => SessionCalendar;
  readonly logger: Logger;
}

export interface FeedGapsOptions {
  readonly delayMs: number;
  readonly correctionMs: number;
}

/**
 * The gaps of one running feed: listens to it, keeps its book, has gaps filled, and publishes the tables `gap`, at each
 * change of a gap's state, and `feedstat`, each minute.
 */
export class FeedGaps implements FeedListener {
  readonly #options: FeedGapsOptions;
  readonly #parts: FeedGapsParts;
  readonly #stop = new AbortController();
  #filling: Promise<void> = Promise.resolve();
  #minute: Timer | undefined;
  #deliveredRows = 0;

  constructor(options: FeedGapsOptions, parts: FeedGapsParts) {
    this.#options = options;
    this.#parts = parts;
    parts.book.onChange(gap => this.#publish(gap));
    parts.feed.addListener(this);
  }

  /** Begins to fill and to report. Call it when the feed runs; it ends by itself when the feed's session does. */
  start(): void {
    const { filler, logger } = this.#parts;
    this.#filling = filler.run(this.#stop.signal).catch((error: unknown) => {
      logger.error(`gaps are filled no longer: ${messageOf(error)}`);
    });
    this.#nextMinute();
  }

  /** Up to when what is known of windows is settled. */
  settled(): Settled {
    const { watch, book, eventClock, calendar } = this.#parts;
    return settledOf({
      ...this.#options,
      nowMs: eventClock.nowMs(),
      listening: watch.isListening,
      receivedEndMs: watch.receivedEndMs,
      gaps: book.gaps,
      calendar: calendar(),
    });
  }

  /** Leaves word for the next process. Call it when the feed has stopped and everything is delivered or on disk. */
  async stopped(): Promise<void> {
    await this.#filling;
    const beat = this.#parts.watch.beat(true);
    if (beat) await this.#parts.heartbeat.stop(beat);
  }

  sessionChanged(state: SessionState, previous: SessionState): void {
    const { watch } = this.#parts;
    watch.sessionChanged(state, previous);
    if (state.name === 'streaming') this.#lookForRefused();
    if (!isOver(state)) return;
    this.#minute?.cancel();
    this.#stop.abort();
  }

  received(rows: TableRows): void {
    this.#parts.filler.streamed.received(rows);
  }

  drained(drain: CompletedDrain): void {
    const { watch, heartbeat, feed } = this.#parts;
    watch.drained(drain, feed.overflowedRows);
    const beat = watch.beat(false);
    if (beat) heartbeat.beat(beat);
  }

  #nextMinute(): void {
    const { clock } = this.#parts;
    this.#minute = clock.after(MINUTE_MS - (clock.wallMs() % MINUTE_MS), () => {
      this.#lookForRefused();
      this.#report();
      this.#nextMinute();
    });
  }

  #lookForRefused(): void {
    const symbols = new Map<string, string[]>();
    for (const pair of this.#parts.feed.failedPairs) {
      const dot = pair.indexOf('.');
      const channel = pair.slice(0, dot);
      const names = symbols.get(channel);
      if (names) names.push(pair.slice(dot + 1));
      else symbols.set(channel, [pair.slice(dot + 1)]);
    }
    this.#parts.watch.refused(symbols satisfies RefusedSymbols);
  }

  /** One row for each channel of a gap. A suspicion is none yet. */
  #publish({ state, channels, market, beginMs, endMs, cause, rows }: Gap): void {
    if (state.name === 'suspected') return;
    const shared = { sym: market, mkt: market, begin: beginMs, end: endMs, state: state.name, cause, rows };
    this.#inject(
      'gap',
      channels.map(channel => ({ ...shared, channel })),
    );
  }

  #report(): void {
    const { feed } = this.#parts;
    const { market, targets } = feed.summary();
    // Where targets differ, the one that is behind counts.
    const delivered = Math.min(...targets.map(({ deliveredRows }) => sumOfRows(deliveredRows)));
    const lags = targets.map(({ lagMs }) => lagMs.p50).filter(lag => lag !== undefined);
    const { settledMs, correctedMs } = this.settled();
    const row: StatusRow = {
      sym: market,
      rows: delivered - this.#deliveredRows,
      lag: lags.length === 0 ? undefined : Math.max(...lags),
      spool: Math.max(...targets.map(({ backlogBytes }) => backlogBytes)),
      settled: settledMs,
      corrected: correctedMs,
    };
    this.#deliveredRows = delivered;
    this.#inject('feedstat', [row]);
  }

  #inject(table: keyof typeof STATUS_TABLES, rows: readonly StatusRow[]): void {
    const { feed, calendar, clock } = this.#parts;
    // Whether they are on disk already does not matter: a feed that has stopped reports no more.
    void feed.inject(statusRows(STATUS_TABLES[table], rows, calendar(), clock.wallMs()));
  }
}
