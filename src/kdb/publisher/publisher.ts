import { Backoff } from '../../base/backoff.ts';
import type { Timer } from '../../base/clock.ts';
import { seconds } from '../../base/durations.ts';
import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { Batch } from '../batch.ts';
import { KdbError } from '../errors.ts';
import { targetName } from '../target.ts';
import { DateWatch } from '../tickerplant/date-watch.ts';
import { type Inspection, inspect } from '../tickerplant/inspection.ts';
import { Delivery } from './delivery.ts';
import type { PublisherOptions, PublisherParts } from './options.ts';
import { RollGuard } from './roll-guard.ts';
import { Session } from './session.ts';
import { type HoldReason, isReady, logState, type PublisherState } from './state.ts';

/** A q process that is just starting or ending, or away behind a proxy, also closes connections: few are no proof. */
const REFUSALS_TO_FAIL = 3;

interface Stopping {
  readonly unanswered: Promise<readonly Batch[]>;
  resolve(unanswered: readonly Batch[]): void;
  readonly limit: Timer;
}

/**
 * Takes batches from a source and brings them to one tickerplant, several on their way at a time.
 *
 * - Every batch taken is given back exactly once: acknowledged, sent unverified, refused, or rewound.
 * - Batches are sent in the order in which the source gives them. One that meets an error of the tickerplant's own
 *   is sent again before anything new, and with it those that were sent behind it, answered or not: the last version
 *   of a bar comes last.
 * - Nothing is taken unless the tickerplant's tables and date are known.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #parts: PublisherParts;
  readonly #name: string;
  readonly #delivery: Delivery;
  readonly #roll: RollGuard;
  readonly #connectBackoff: Backoff;
  readonly #holdBackoff: Backoff;
  #state: PublisherState = { name: 'idle' };
  #session: Session | undefined;
  #dateWatch: DateWatch | undefined;
  #attempt = 0;
  #refusedConnections = 0;
  /** Monotonic: the first refusal since anything else was met. */
  #refusedSinceMs = 0;
  /** Whether it has ever published: from then on nothing but `stop` ends it. */
  #proven = false;
  /** Monotonic: when the last connection was lost. */
  #lostMs: number | undefined;
  #toldAbsent = '';
  #retryDue = false;
  #retryTimer: Timer | undefined;
  #stopping: Stopping | undefined;

  constructor(options: PublisherOptions, parts: PublisherParts) {
    this.#options = options;
    this.#parts = parts;
    this.#name = targetName(options.target);
    this.#delivery = new Delivery(options, parts, {
      settled: batch => this.#roll.answered(batch),
      answered: () => this.#proceed(),
      hold: (reason, detail) => this.#hold(reason, detail),
    });
    this.#roll = new RollGuard(parts.calendar, parts.clock, (rows, date) => this.#tellDoubtful(rows, date));
    const limits = { baseMs: options.timing.firstBackoffMs, capMs: options.timing.longestBackoffMs };
    this.#connectBackoff = new Backoff(limits, parts.random);
    this.#holdBackoff = new Backoff(limits, parts.random);
  }

  get state(): PublisherState {
    return this.#state;
  }

  /** Whether data reaches a tickerplant that keeps it. */
  get ready(): boolean {
    return isReady(this.#state);
  }

  /** The tickerplant's date as last read. */
  get date(): DateDays | undefined {
    return this.#roll.date;
  }

  /** What is wrong with the tickerplant's date or zone, and what to do about it. */
  get calendarDifference(): string | undefined {
    return this.#dateWatch?.difference;
  }

  /** What is sent and not answered. */
  get inFlight(): { readonly batches: number; readonly bytes: number } {
    return { batches: this.#delivery.batchCount, bytes: this.#delivery.byteCount };
  }

  start(): void {
    if (this.#state.name === 'idle') void this.#connect();
  }

  /** The source has new batches. */
  wake(): void {
    this.#pump();
  }

  /**
   * Sends what the source still has and waits for the answers, `limitMs` at most; then ends the connections. Resolves
   * with the batches that were sent and not answered; they have been rewound.
   */
  stop(limitMs: number): Promise<readonly Batch[]> {
    if (this.#over) return Promise.resolve([]);
    if (this.#stopping) return this.#stopping.unanswered;
    let resolve: Stopping['resolve'] = () => {};
    const unanswered = new Promise<readonly Batch[]>(settle => {
      resolve = settle;
    });
    const limit = this.#parts.clock.after(limitMs, () => this.#end({ name: 'stopped' }));
    this.#stopping = { unanswered, resolve, limit };
    if (this.#state.name === 'idle') this.#end({ name: 'stopped' });
    else this.#pump();
    return unanswered;
  }

  get #over(): boolean {
    return this.#state.name === 'stopped' || this.#state.name === 'failed';
  }

  async #connect(): Promise<void> {
    const { target, timing } = this.#options;
    this.#attempt++;
    this.#enter({ name: 'connecting', attempt: this.#attempt });
    try {
      const session = await Session.open(target, timing, this.#parts.clock, {
        lost: (lost, error) => this.#lost(lost, error),
        drained: () => this.#pump(),
        unasked: () => this.#count('kdb_messages_unasked'),
      });
      if (this.#over) {
        session.close();
        return;
      }
      this.#session = session;
      this.#delivery.attach(session.data);
    } catch (error) {
      if (!(error instanceof KdbError)) throw error;
      if (!this.#over) this.#notConnected(error);
      return;
    }
    await this.#check();
  }

  #notConnected(error: KdbError): void {
    const final =
      this.#options.failFast ||
      error.code === 'KDB_NOT_Q' ||
      error.code === 'KDB_TLS' ||
      this.#isRefusedForGood(error);
    if (final && !this.#proven) this.#end({ name: 'failed', error });
    else this.#backOff(error);
  }

  #isRefusedForGood({ code }: KdbError): boolean {
    if (code !== 'KDB_REFUSED_PASSWORD') {
      this.#refusedConnections = 0;
      return false;
    }
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#refusedConnections++ === 0) this.#refusedSinceMs = nowMs;
    const isLong = nowMs - this.#refusedSinceMs >= this.#options.timing.refusedMs;
    return isLong && this.#refusedConnections >= REFUSALS_TO_FAIL;
  }

  #backOff(error: KdbError): void {
    const { clock } = this.#parts;
    const retryMs = this.#connectBackoff.next();
    this.#enter({ name: 'backing-off', error, retryAtMs: clock.monotonicMs() + retryMs });
    this.#retryTimer = clock.after(retryMs, () => void this.#connect());
  }

  /** Reads tables, date, zone and log; publishes if they are as they should be. */
  async #check(): Promise<void> {
    const session = this.#session!;
    this.#enter({ name: 'checking' });
    this.#roll.asked();
    try {
      const inspection = await inspect(session.questions, this.#options, this.#name);
      if (session === this.#session) this.#accept(session, inspection);
    } catch (error) {
      if (!(error instanceof KdbError)) throw error;
      // The end of the connection has been dealt with by then.
      if (session !== this.#session) return;
      if (this.#proven) this.#hold('schema', error.message);
      else this.#end({ name: 'failed', error });
    }
  }

  #accept(session: Session, inspection: Inspection): void {
    const { date, offsetMs, logged } = inspection;
    this.#proven = true;
    this.#delivery.suit(inspection);
    this.#tellAbsent(inspection.absentTables);
    this.#dateWatch ??= this.#watchDate(session, date, offsetMs);
    this.#dateRead(date);
    if (logged) this.#enter({ name: 'publishing' });
    else this.#enter({ name: 'unlogged', accepted: this.#options.allowUnlogged });
    this.#tellReturn();
    this.#pump();
  }

  #tellAbsent(tables: readonly string[]): void {
    const names = tables.join(', ');
    if (names !== '' && names !== this.#toldAbsent) {
      this.#parts.logger.warn(
        `the tickerplant has no table ${names} as q/schema.q has it: its rows are left out. Load q/schema.q.`,
        {
          tickerplant: this.#name,
        },
      );
    }
    this.#toldAbsent = names;
  }

  #tellReturn(): void {
    if (this.#lostMs === undefined) return;
    const { clock, logger } = this.#parts;
    const away = seconds(clock.monotonicMs() - this.#lostMs);
    logger.info(`the tickerplant is back after ${away}`, { tickerplant: this.#name });
    this.#lostMs = undefined;
  }

  #watchDate(session: Session, date: DateDays, offsetMs: number | undefined): DateWatch {
    const { convention, timing } = this.#options;
    const { calendar, clock, logger } = this.#parts;
    const target = this.#name;
    const { questions } = session;
    const watch = new DateWatch(
      { questions, convention, target, calendar, intervalMs: timing.dateIntervalMs, clock, logger },
      {
        asked: () => this.#roll.asked(),
        read: read => {
          // A connection that has lasted this long is a good one.
          this.#connectBackoff.reset();
          this.#dateRead(read);
        },
      },
    );
    watch.start(date, offsetMs);
    return watch;
  }

  #dateRead(date: DateDays): void {
    if (this.#roll.read(date)) {
      this.#parts.logger.info(`the tickerplant files under ${isoDateOf(date)}`, { tickerplant: this.#name });
      this.#parts.listener.dateChanged?.(date);
    }
    this.#pump();
  }

  #tellDoubtful(rows: number, date: DateDays): void {
    this.#count('kdb_rows_date_doubtful', rows);
    this.#parts.logger.warn(
      `${rows} rows of ${isoDateOf(date)} were answered about when the tickerplant went on to ` +
        `${isoDateOf(this.#roll.date!)}: they may be filed under that date`,
      { tickerplant: this.#name },
    );
  }

  #pump(): void {
    if (this.#state.name !== 'publishing' && this.#state.name !== 'unlogged') return;
    if (this.#roll.mustRead) {
      this.#dateWatch!.readNow();
      return;
    }
    const allAnswered = this.#delivery.pump(this.#roll.date!);
    if (allAnswered && this.#stopping && !this.#options.source.fetching) this.#end({ name: 'stopped' });
  }

  /** Sends nothing for a while, then looks at the tickerplant again and tries one batch. */
  #hold(reason: HoldReason, detail: string): void {
    if (this.#state.name === 'holding') return;
    const { clock } = this.#parts;
    const retryMs = this.#holdBackoff.next();
    this.#count('kdb_holds');
    this.#enter({ name: 'holding', reason, detail, retryAtMs: clock.monotonicMs() + retryMs });
    this.#retryTimer = clock.after(retryMs, () => {
      this.#retryDue = true;
      this.#proceed();
    });
  }

  /** Goes on after an answer, or after a hold once everything sent before it has been answered. */
  #proceed(): void {
    if (this.#state.name !== 'holding') {
      this.#holdBackoff.reset();
      this.#pump();
    } else if (this.#retryDue && this.#delivery.batchCount === 0) {
      this.#retryDue = false;
      this.#delivery.probe();
      void this.#check();
    }
  }

  #lost(session: Session, error: KdbError): void {
    if (session !== this.#session) return;
    this.#count('kdb_connections_lost');
    this.#lostMs ??= this.#parts.clock.monotonicMs();
    this.#release();
    this.#delivery.detach();
    if (this.#options.failFast && !this.#proven) this.#end({ name: 'failed', error });
    else this.#backOff(error);
  }

  /** Forgets the session and every timer that belongs to it. */
  #release(): void {
    this.#session = undefined;
    this.#dateWatch?.stop();
    this.#dateWatch = undefined;
    this.#retryTimer?.cancel();
    this.#retryDue = false;
  }

  #end(state: PublisherState & { readonly name: 'stopped' | 'failed' }): void {
    this.#session?.close();
    this.#release();
    const unanswered = this.#delivery.detach();
    this.#stopping?.limit.cancel();
    this.#enter(state);
    if (state.name === 'failed') this.#parts.listener.failed?.(state.error);
    this.#stopping?.resolve(unanswered);
  }

  #enter(state: PublisherState): void {
    this.#state = state;
    logState(state, this.#parts.logger, this.#name, this.#parts.clock.monotonicMs());
    this.#parts.listener.stateChanged?.(state);
  }

  #count(name: string, count = 1): void {
    this.#parts.counters.counter(name, { tickerplant: this.#name }).add(count);
  }
}
