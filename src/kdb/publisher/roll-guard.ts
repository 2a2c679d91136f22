import type { Clock } from '../../base/clock.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Batch } from '../batch.ts';
import type { TickerplantCalendar } from '../tickerplant/calendar-check.ts';

/** How far the tickerplant's clock may be ahead of ours without rolling unexpected. */
const CLOCK_DIFFERENCE_MS = 1_000;

/** How long a reading of the date is good where a roll is due. */
const FRESH_MS = 50;

/** Rows of `date` were answered when the tickerplant may have had another date already. */
export type TellDoubtful = (rowCount: number, date: DateDays) => void;

/**
 * Keeps rows from being filed under a date that is not theirs. A tickerplant files what it gets under its own date,
 * which is read at intervals; so when the market's calendar says that it rolls, it is read anew before anything is sent.
 * It can still roll while a batch is on its way: what was answered after the last reading of the old date is doubtful,
 * and told.
 */
export class RollGuard {
  readonly #calendar: TickerplantCalendar;
  readonly #clock: Clock;
  readonly #tellDoubtful: TellDoubtful;
  #date: DateDays | undefined;
  #readMs = Number.NEGATIVE_INFINITY;
  /** Rows answered between the question that was last answered with this date and the latest one. */
  #unconfirmedRows = 0;
  /** Rows answered since the latest question. */
  #latestRows = 0;

  constructor(calendar: TickerplantCalendar, clock: Clock, tellDoubtful: TellDoubtful) {
    this.#calendar = calendar;
    this.#clock = clock;
    this.#tellDoubtful = tellDoubtful;
  }

  /** The tickerplant's date as last read. */
  get date(): DateDays | undefined {
    return this.#date;
  }

  /** Whether the date must be read before anything is sent: the tickerplant rolls about now, or is late to. */
  get mustRead(): boolean {
    if (this.#clock.monotonicMs() - this.#readMs <= FRESH_MS) return false;
    return this.#calendar.expectedDate(this.#clock.wallMs() + CLOCK_DIFFERENCE_MS) > this.#date!;
  }

  /** The tickerplant is being asked for its date. */
  asked(): void {
    this.#unconfirmedRows += this.#latestRows;
    this.#latestRows = 0;
  }

  /** Its answer. Returns whether the date is another than before. */
  read(date: DateDays): boolean {
    this.#readMs = this.#clock.monotonicMs();
    const previous = this.#date;
    const doubtfulRows = this.#unconfirmedRows + this.#latestRows;
    this.#unconfirmedRows = 0;
    if (date === previous) return false;
    this.#date = date;
    this.#latestRows = 0;
    if (previous !== undefined && doubtfulRows > 0) this.#tellDoubtful(doubtfulRows, previous);
    return true;
  }

  /** A batch was answered. */
  answered({ rowCount, tradingDate }: Batch): void {
    if (tradingDate === this.#date) this.#latestRows += rowCount;
    else this.#tellDoubtful(rowCount, tradingDate);
  }
}
