import type { Clock } from '../../src/base/clock.ts';
import { ConnectionEndedError, type Ending } from '../../src/massive/ending.ts';
import type { SessionState } from '../../src/massive/session-state.ts';
import { parseSubscriptions } from '../../src/massive/subscription.ts';
import { GapBook } from '../../src/realtime/gaps/book.ts';
import { BookFile } from '../../src/realtime/gaps/book-file.ts';
import { EventClock } from '../../src/realtime/gaps/event-clock.ts';
import type { Gap } from '../../src/realtime/gaps/gap.ts';
import type { Beat } from '../../src/realtime/gaps/heartbeat.ts';
import { GapWatch } from '../../src/realtime/gaps/watch.ts';
import type { Market } from '../../src/tables/markets.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import type { MemoryStateFiles } from './memory-state-files.ts';
import { RecordingLogger } from './recording-logger.ts';

export const BOOK = '/state/gaps.json';

export interface GapProcessOptions {
  readonly market?: Market;
  readonly subscriptions?: string;
  readonly correctionMs?: number;
  readonly delayMs?: number;
}

/** What is left of a process for the next one: the state directory. */
export interface LeftBehind {
  readonly files: MemoryStateFiles;
  beat: Beat | undefined;
}

/** The gaps of one feed process without its sockets: a test says when it streams, and what comes. */
export class GapProcess {
  readonly logger = new RecordingLogger();
  readonly book: GapBook;
  readonly watch: GapWatch;
  readonly #clock: Clock;
  readonly #left: LeftBehind;
  #state: SessionState = { name: 'idle', sinceMs: 0 };
  overflowedRows = 0;

  constructor(clock: Clock, left: LeftBehind, options: GapProcessOptions = {}) {
    const { market = 'stocks', subscriptions = SUBSCRIPTIONS[market], ...durations } = options;
    this.#clock = clock;
    this.#left = left;
    const { logger } = this;
    const file = new BookFile(BOOK, left.files);
    this.book = new GapBook({ market, name: market }, { clock, logger, file });
    const calendar = new SessionCalendar(market);
    const pairs = parseSubscriptions(market, subscriptions);
    this.watch = new GapWatch(
      { correctionMs: 900_000, delayMs: 0, ...durations },
      {
        book: this.book,
        clock,
        eventClock: new EventClock(clock),
        logger,
        calendar: () => calendar,
        subscriptions: () => pairs,
      },
      left.beat,
    );
  }

  get gaps(): readonly Gap[] {
    return this.book.gaps;
  }

  streams(): void {
    this.#enter({ name: 'streaming', sinceMs: 0 });
  }

  loses(ending: Ending = { kind: 'closed', code: 1006, reason: '', cause: undefined }): void {
    const error = new ConnectionEndedError('ws://massive', ending);
    this.#enter({ name: 'backing-off', sinceMs: 0, retryMs: 0, error });
  }

  suspends(): void {
    this.#enter({ name: 'suspended', sinceMs: 0, reason: 'disk and tickerplant are away' });
  }

  /** A drain, and the heartbeat after it. */
  drains(windowEndMs?: number, durable = true): void {
    const wallMs = this.#clock.wallMs();
    const rowCount = windowEndMs === undefined ? 0 : 1;
    this.watch.drained(
      { wallMs, lastReceiveMs: wallMs, rowCount, windowEndMs, durable },
      this.overflowedRows,
    );
    this.#left.beat = this.watch.beat(false) ?? this.#left.beat;
  }

  stops(): void {
    this.#enter({ name: 'stopping', sinceMs: 0 });
    this.#enter({ name: 'stopped', sinceMs: 0 });
    this.#left.beat = this.watch.beat(true) ?? this.#left.beat;
  }

  #enter(state: SessionState): void {
    const previous = this.#state;
    this.#state = state;
    this.watch.sessionChanged(state, previous);
  }
}

const SUBSCRIPTIONS: Readonly<Record<Market, string>> = {
  stocks: 'A.AAPL,AM.AAPL',
  options: 'AM.O:SPY261218C00650000',
  indices: 'AM.I:SPX',
  forex: 'CA.EUR/USD',
  crypto: 'XA.BTC-USD',
  futures: 'AM.ESZ6',
};
