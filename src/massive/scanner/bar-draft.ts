import { Int64Words } from '../../tables/int64-words.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import { PRESENT_START, PRESENT_TICKER, SLOT_COUNT } from './event-fields.ts';
import { WindowStart } from './window-start.ts';

/** What is known of the bar being read. One draft serves every event; `present` says which parts are this event's. */
export class BarDraft {
  /** By Slot. */
  readonly values = new Float64Array(SLOT_COUNT);
  readonly trades = new Int64Words();
  readonly window: WindowStart;
  /** Id in the symbol table of the rows that are being filled. */
  symbol = 0;
  /** A bit for each slot, and the PRESENT_ bits. */
  present = 0;

  constructor(calendar: SessionCalendar) {
    this.window = new WindowStart(calendar);
  }

  get identified(): boolean {
    return (this.present & IDENTITY) === IDENTITY;
  }

  /** The decimal in a slot; null (NaN) where this event has none. */
  decimal(slot: number): number {
    return this.present & (1 << slot) ? this.values[slot]! : Number.NaN;
  }
}

const IDENTITY = PRESENT_TICKER | PRESENT_START;
