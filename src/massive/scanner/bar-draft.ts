import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { Present, SLOT_COUNT } from './event-fields.ts';
import { WindowStart } from './window-start.ts';

/** What is known of the bar being read. One draft serves every event; `present` says which parts are this event's. */
export class BarDraft {
  /** By Slot; NaN where the event has none. */
  readonly values = new Float64Array(SLOT_COUNT).fill(Number.NaN);
  readonly trades = new Int64Words();
  readonly window: WindowStart;
  /** Id in the symbol table of the rows that are being filled. */
  symbol = 0;
  /** A bit for each slot that is not null, and those of Present. */
  present = 0;

  constructor(calendar: SessionCalendar) {
    this.window = new WindowStart(calendar);
  }

  /**
   * Ends the fast reading of an event that has these parts: those that only the event before had become null. False
   * where the event has no ticker or no start.
   */
  complete(present: number): boolean {
    const left = this.present & ~present;
    this.present = present;
    if (left !== 0) this.#setNull(left);
    return (present & IDENTITY) === IDENTITY;
  }

  /** Forgets everything, whatever a reader that gave up has left behind. */
  clear(): void {
    this.values.fill(Number.NaN);
    this.present = 0;
  }

  #setNull(parts: number): void {
    for (let slot = 0; slot < SLOT_COUNT; slot++) if (parts & (1 << slot)) this.values[slot] = Number.NaN;
  }
}

const IDENTITY = Present.HAS_TICKER | Present.HAS_START;
