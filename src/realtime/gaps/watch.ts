import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { findChannel } from '../../massive/channels.ts';
import { isOver, type SessionState } from '../../massive/session-state.ts';
import { ALL_TICKERS, type Subscription } from '../../massive/subscription.ts';
import { WINDOW_MS } from '../../tables/definitions.ts';
import { openSpans } from '../../tables/open-spans.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { CompletedDrain } from '../feed-listener.ts';
import { Absence, type Missed } from './absence.ts';
import type { GapBook } from './book.ts';
import type { EventClock } from './event-clock.ts';
import type { GapCause } from './gap.ts';
import type { Beat } from './heartbeat.ts';
import { Rhythm } from './rhythm.ts';

/** A window's bars are sent within so long of its end. */
const SENT_WITHIN_MS = 10_000;

/** A clock that is further behind than this is seen by the stream, whose bars come two seconds after their window. */
const UNSEEN_MS = 3_000;

/** A clock that is further behind is worth a line. */
const TOLD_AHEAD_MS = 1_000;

/** After a market has closed and the corrections are due, nothing more is expected after so long. */
const LAST_MS = 300_000;

export interface WatchOptions {
  /** How long after its end a window may be sent again with corrections. */
  readonly correctionMs: number;
  /** How far the host of the feed is behind the market. */
  readonly delayMs: number;
}

export interface WatchParts {
  readonly book: GapBook;
  readonly clock: Clock;
  readonly eventClock: EventClock;
  readonly logger: Logger;
  /** Asked each time: holidays may be announced. */
  readonly calendar: () => SessionCalendar;
  /** Asked each time: a reload may change them. */
  readonly subscriptions: () => readonly Subscription[];
}

type Listening =
  /** There was no stream yet, in this process or before it: nothing is promised. */
  | { readonly name: 'not-yet' }
  /** Windows that begin at `sinceMs` or later are received, by the stream that began at `monotonicMs`. */
  | { readonly name: 'listening'; readonly sinceMs: number; readonly monotonicMs: number }
  | { readonly name: 'absent'; readonly absence: Absence };

/** Pairs that Massive does not send, by channel. */
export type RefusedSymbols = ReadonlyMap<string, readonly string[]>;

/**
 * Sees when a feed does not listen, and enters what it misses into the gap book.
 *
 * A gap begins the correction window before the end of the last window that was received, and not before the last
 * stream had begun: whatever may have been sent meanwhile is in it, corrections too. It ends with the first window that
 * begins after the stream is there again. After a crash the last window on disk takes the place of the last received.
 */
export class GapWatch {
  readonly #options: WatchOptions;
  readonly #parts: WatchParts;
  readonly #rhythm = new Rhythm();
  readonly #refused = new Map<string, Absence>();
  #refusedText = '';
  #listening: Listening = { name: 'not-yet' };
  /** What the last absence missed, once it has ended. */
  #lastMissed: Missed | undefined;
  #receivedEndMs: number | undefined;
  #durableEndMs: number | undefined;
  #isDurable = true;
  #overflowedRows = 0;

  /** @param before the last beat of the process before this one */
  constructor(options: WatchOptions, parts: WatchParts, before: Beat | undefined) {
    this.#options = options;
    this.#parts = parts;
    this.#receivedEndMs = before?.windowEndMs;
    this.#durableEndMs = before?.windowEndMs;
    if (before?.windowEndMs !== undefined) parts.eventClock.saw(before.windowEndMs);
    this.#takeOver(before);
  }

  get isListening(): boolean {
    return this.#listening.name === 'listening';
  }

  /** End of the latest window received, ms since 1970. */
  get receivedEndMs(): number | undefined {
    return this.#receivedEndMs;
  }

  sessionChanged(state: SessionState, previous: SessionState): void {
    if (state.name === 'streaming') this.#listens();
    else if (previous.name === 'streaming' && !isOver(state)) this.#lost(causeOf(state));
  }

  /** @param overflowedRows rows that found no room, since the start */
  drained({ windowEndMs, rowCount, durable }: CompletedDrain, overflowedRows: number): void {
    const { clock, eventClock, calendar } = this.#parts;
    const earlierMs = this.#receivedEndMs;
    if (windowEndMs !== undefined) {
      this.#receivedEndMs = Math.max(windowEndMs, earlierMs ?? windowEndMs);
      this.#saw(windowEndMs);
    }
    this.#isDurable = durable;
    if (durable) this.#durableEndMs = this.#receivedEndMs;
    const nowMs = eventClock.nowMs();
    if (!calendar().isOpen(nowMs)) this.#rhythm.pause();
    else if (rowCount > 0) this.#rhythm.heard(clock.monotonicMs());
    if (overflowedRows > this.#overflowedRows) this.#overflowed(earlierMs);
    this.#overflowedRows = overflowedRows;
    if (this.#listening.name === 'absent') this.#listening.absence.goesOn(calendar(), nowMs);
    for (const absence of this.#refused.values()) absence.goesOn(calendar(), nowMs);
  }

  /** Tells which symbols the connection was asked for and does not carry; without effect while there is none. */
  refused(symbols: RefusedSymbols): void {
    if (this.#listening.name !== 'listening') return;
    const text = JSON.stringify([...symbols]);
    if (text === this.#refusedText) return;
    this.#refusedText = text;
    const nowMs = this.#nextWindowMs();
    for (const absence of this.#refused.values()) absence.ends(this.#parts.calendar(), nowMs);
    this.#refused.clear();
    const { sinceMs } = this.#listening;
    for (const [channel, names] of symbols) {
      const missed: Missed = { cause: 'refused', channels: [channel], symbols: names };
      this.#refused.set(channel, new Absence(this.#parts.book, missed, sinceMs));
    }
  }

  /** What the next process is to know. */
  beat(stopped: boolean): Beat | undefined {
    const shared = {
      windowEndMs: stopped ? this.#receivedEndMs : this.#durableEndMs,
      durable: stopped || this.#isDurable,
      stopped,
    };
    switch (this.#listening.name) {
      case 'not-yet':
        return undefined;
      case 'listening': {
        const { sinceMs } = this.#listening;
        return { listening: true, atMs: this.#parts.eventClock.nowMs(), sinceMs, ...shared };
      }
      case 'absent': {
        const { toldUntilMs } = this.#listening.absence;
        return { listening: false, atMs: toldUntilMs, sinceMs: toldUntilMs, ...shared };
      }
    }
  }

  #takeOver(before: Beat | undefined): void {
    const { book } = this.#parts;
    const lasting = book.gaps.filter(gap => gap.endMs === undefined);
    for (const gap of lasting.filter(({ cause }) => cause === 'refused')) {
      book.end(gap.id, before?.atMs ?? gap.changedMs);
    }
    const own = lasting.find(({ cause }) => cause !== 'refused');
    const channels = this.#channels();
    // What was received while the disk took nothing went from memory, and may have been lost with it.
    const unsavedMs =
      before?.durable === false && before.windowEndMs !== undefined
        ? this.#backFrom(before.windowEndMs)
        : Number.POSITIVE_INFINITY;
    if (own) {
      const crash = new Absence(book, { channels, cause: 'crash' }, unsavedMs);
      if (unsavedMs < own.beginMs) crash.ends(this.#parts.calendar(), own.beginMs);
      const missed = { channels, cause: own.cause };
      this.#listening = { name: 'absent', absence: new Absence(book, missed, own.beginMs, own.id) };
    } else if (before) {
      const missed: Missed = { channels, cause: before.stopped ? 'restart' : 'crash' };
      const fromMs = before.listening
        ? this.#beginAfter(before.atMs, before.sinceMs, before.windowEndMs)
        : before.atMs;
      this.#listening = { name: 'absent', absence: new Absence(book, missed, Math.min(fromMs, unsavedMs)) };
    }
  }

  #listens(): void {
    const fromMs = this.#nextWindowMs();
    if (this.#listening.name === 'absent') {
      const { absence } = this.#listening;
      absence.ends(this.#parts.calendar(), fromMs);
      this.#lastMissed = absence.missed;
    }
    this.#listening = { name: 'listening', sinceMs: fromMs, monotonicMs: this.#parts.clock.monotonicMs() };
    this.#rhythm.pause();
  }

  #lost(cause: GapCause): void {
    if (this.#listening.name !== 'listening') return;
    const { book, clock, eventClock, calendar } = this.#parts;
    const { sinceMs } = this.#listening;
    const fromMs = this.#beginAfter(eventClock.nowMs(), sinceMs, this.#receivedEndMs);
    const channels = this.#channels();
    const isCertain =
      cause !== 'silence' || this.#isWholeMarket() || this.#rhythm.isBroken(clock.monotonicMs());
    const missed: Missed = isCertain
      ? { channels, cause }
      : { channels, cause, silentFromMs: Math.max(sinceMs, this.#receivedEndMs ?? sinceMs) };
    const absence = new Absence(book, missed, fromMs);
    absence.goesOn(calendar(), eventClock.nowMs());
    this.#listening = { name: 'absent', absence };
  }

  #overflowed(earlierMs: number | undefined): void {
    const { book, eventClock, calendar } = this.#parts;
    const sinceMs = this.#listening.name === 'listening' ? this.#listening.sinceMs : eventClock.nowMs();
    const fromMs = this.#beginAfter(eventClock.nowMs(), sinceMs, earlierMs);
    new Absence(book, { channels: this.#channels(), cause: 'overflow' }, fromMs).ends(
      calendar(),
      this.#nextWindowMs(),
    );
  }

  /** Where the clock of this machine is behind, the stream began later than it seemed. */
  #saw(windowEndMs: number): void {
    const aheadMs = this.#parts.eventClock.saw(windowEndMs);
    if (aheadMs > TOLD_AHEAD_MS) {
      const text = `the stream is ${Math.round(aheadMs / 1000)} s ahead of this machine's clock: set the clock`;
      this.#parts.logger.warn(text);
    }
    if (this.#listening.name !== 'listening') return;
    const { sinceMs, monotonicMs } = this.#listening;
    const streamedMs = windowEndMs - (this.#parts.clock.monotonicMs() - monotonicMs);
    const fromMs = Math.max(sinceMs, this.#nextWindowMs(streamedMs));
    if (fromMs > sinceMs && this.#lastMissed) {
      new Absence(this.#parts.book, this.#lastMissed, sinceMs).ends(this.#parts.calendar(), fromMs);
    }
    this.#listening = { name: 'listening', sinceMs: fromMs, monotonicMs };
  }

  /**
   * Where a gap begins, by when the stream was last listened to, since when, and what it had brought. Of a session that
   * had been over long enough while the stream was listened to, nothing is missing.
   */
  #beginAfter(listenedMs: number, sinceMs: number, windowEndMs: number | undefined): number {
    const { delayMs } = this.#options;
    // A stream that was lost before its first whole window brought corrections of earlier ones.
    const earliestMs = this.#backFrom(Math.max(windowEndMs ?? 0, Math.min(sinceMs, listenedMs)));
    const longMs = delayMs + this.#backMs() + LAST_MS;
    const heardFromMs = Math.max(sinceMs, earliestMs);
    let closedFromMs = heardFromMs;
    let beginMs = earliestMs;
    for (const span of openSpans(this.#parts.calendar(), heardFromMs, listenedMs)) {
      if (span.fromMs - closedFromMs >= longMs) beginMs = span.fromMs;
      closedFromMs = span.untilMs;
    }
    return listenedMs - closedFromMs >= longMs ? listenedMs : beginMs;
  }

  /** Start of the earliest window of which something may have been missed since the one that ended at `knownMs`. */
  #backFrom(knownMs: number): number {
    const windowMs = this.#windowMs();
    return Math.floor((knownMs - this.#backMs()) / windowMs) * windowMs;
  }

  #backMs(): number {
    return Math.max(this.#options.correctionMs, this.#windowMs()) + SENT_WITHIN_MS;
  }

  /** Start of the first window of which nothing can have been sent at an instant, be the clock a little behind. */
  #nextWindowMs(atMs = this.#parts.eventClock.nowMs()): number {
    const windowMs = this.#windowMs();
    return Math.ceil((atMs + UNSEEN_MS) / windowMs) * windowMs;
  }

  /** The longest one: the bounds of a gap are those of all channels. */
  #windowMs(): number {
    const { market } = this.#parts.calendar();
    return Math.max(...this.#channels().map(channel => WINDOW_MS[findChannel(market, channel)!.table]));
  }

  #channels(): readonly string[] {
    return [...new Set(this.#parts.subscriptions().map(({ channel }) => channel))];
  }

  /** The whole market is never quiet while it is open. */
  #isWholeMarket(): boolean {
    return this.#parts.subscriptions().some(({ ticker }) => ticker === ALL_TICKERS);
  }
}

function causeOf(state: SessionState): GapCause {
  if (state.name === 'suspended') return 'suspended';
  return state.name === 'backing-off' && state.error.ending.kind === 'silent' ? 'silence' : 'disconnect';
}
