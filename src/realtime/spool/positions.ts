import type { DateDays } from '../../tables/epoch.ts';
import type { SpoolFiles } from './files.ts';
import { type LedgerContent, writeLedger } from './ledger.ts';

/** How many ended dates are remembered; settings keep fewer. */
const MOST_ENDED_DATES = 400;

/** How far each reader is, and which dates have ended; on the disk as of the last `save`. */
export class Positions {
  readonly #files: SpoolFiles;
  readonly #directory: string;
  readonly #positions: Map<string, number>;
  #endedDates: readonly DateDays[];
  #unsaved = true;

  constructor(files: SpoolFiles, directory: string, { positions, endedDates }: LedgerContent) {
    this.#files = files;
    this.#directory = directory;
    this.#positions = new Map(Object.entries(positions));
    this.#endedDates = endedDates;
  }

  /** Up to here everything is acknowledged by every reader. */
  get acknowledgedByAll(): number {
    return Math.min(...this.#positions.values());
  }

  /** The dates that have ended, ascending. */
  get endedDates(): readonly DateDays[] {
    return this.#endedDates;
  }

  get content(): LedgerContent {
    return { positions: Object.fromEntries(this.#positions), endedDates: this.#endedDates };
  }

  of(reader: string): number {
    const position = this.#positions.get(reader);
    if (position === undefined)
      throw new RangeError(`${reader} is not a reader of the spool ${this.#directory}`);
    return position;
  }

  /** Positions only go on. */
  advance(reader: string, upTo: number): void {
    if (upTo <= this.of(reader)) return;
    this.#positions.set(reader, upTo);
    this.#unsaved = true;
  }

  end(date: DateDays): void {
    if (this.#endedDates.includes(date)) return;
    this.#endedDates = [...this.#endedDates, date].sort((a, b) => a - b).slice(-MOST_ENDED_DATES);
    this.#unsaved = true;
  }

  /** Writes the ledger, if there is anything new. Rejects with what the system says; the next call tries again. */
  async save(): Promise<void> {
    if (!this.#unsaved) return;
    this.#unsaved = false;
    try {
      await writeLedger(this.#files, this.#directory, this.content);
    } catch (error) {
      this.#unsaved = true;
      throw error;
    }
  }
}
