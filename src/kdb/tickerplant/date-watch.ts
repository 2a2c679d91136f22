import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Convention } from '../../tables/conventions.ts';
import type { DateDays } from '../../tables/epoch.ts';
import { calendarDifference, type TickerplantCalendar } from './calendar-check.ts';
import { type Questions, readDate, readOffsetMs } from './facts.ts';

export interface DateWatchOptions {
  readonly questions: Questions;
  readonly convention: Convention;
  readonly target: string;
  readonly calendar: TickerplantCalendar;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface DateWatchListener {
  /** The tickerplant is being asked. */
  asked(): void;
  /** Every reading. */
  read(date: DateDays): void;
}

/** Reads the tickerplant's date again and again, and says when date or zone are not what the calendar has. */
export class DateWatch {
  readonly #options: DateWatchOptions;
  readonly #listener: DateWatchListener;
  #timer: Timer | undefined;
  #reading = false;
  #stopped = false;
  #difference: string | undefined;

  constructor(options: DateWatchOptions, listener: DateWatchListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** What is wrong with the tickerplant's date or zone. */
  get difference(): string | undefined {
    return this.#difference;
  }

  /** Begins with a reading that is already there. */
  start(date: DateDays, offsetMs: number | undefined): void {
    const { logger, target: tickerplant } = this.#options;
    if (offsetMs === undefined) logger.warn("the tickerplant's zone cannot be read", { tickerplant });
    this.#compare(date, offsetMs);
    this.#arm();
  }

  /** Reads at once, unless a reading is under way. */
  readNow(): void {
    if (this.#reading) return;
    this.#timer?.cancel();
    void this.#read();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(): void {
    this.#timer = this.#options.clock.after(this.#options.intervalMs, () => void this.#read(), false);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    this.#listener.asked();
    const date = await this.#ask();
    this.#reading = false;
    if (this.#stopped) return;
    this.#arm();
    if (date !== undefined) this.#listener.read(date);
  }

  /** The date; undefined where it cannot be read. */
  async #ask(): Promise<DateDays | undefined> {
    const { questions, convention, target, logger } = this.#options;
    try {
      const date = await readDate(questions, convention, target);
      const offsetMs = await readOffsetMs(questions);
      if (!this.#stopped) this.#compare(date, offsetMs);
      return date;
    } catch (error) {
      // Once the connection has ended, somebody else says so.
      if (!this.#stopped) {
        logger.warn(`the tickerplant's date cannot be read: ${messageOf(error)}`, { tickerplant: target });
      }
      return undefined;
    }
  }

  #compare(date: DateDays, offsetMs: number | undefined): void {
    const { calendar, clock, logger, target: tickerplant } = this.#options;
    const difference = calendarDifference(date, offsetMs, calendar, clock.wallMs());
    if (difference === this.#difference) return;
    this.#difference = difference;
    if (difference) logger.error(difference, { tickerplant });
    else logger.info("the tickerplant's date and zone are those of its market again", { tickerplant });
  }
}
