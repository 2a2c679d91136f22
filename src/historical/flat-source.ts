import type { FlatDataset } from '../massive/flat/datasets.ts';
import { flatMonthPrefix } from '../massive/flat/datasets.ts';
import type { FlatDownloads, LocalFile } from '../massive/flat/download.ts';
import { FlatBars, fileBytes } from '../massive/flat/read-bars.ts';
import type { FlatStore, ListedFile } from '../massive/flat/store.ts';
import type { QuarantineSink } from '../massive/scanner/quarantine-sink.ts';
import type { ReceiveClock } from '../massive/scanner/receive-clock.ts';
import type { DateDays } from '../tables/epoch.ts';
import type { SessionCalendar } from '../tables/session-calendar.ts';
import type { BarReading, FlatSource } from './sources.ts';

export interface FlatBarSourceParts {
  readonly store: FlatStore;
  readonly downloads: FlatDownloads;
  readonly calendar: SessionCalendar;
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
}

/** One market's flat files, out of a store. */
export class FlatBarSource implements FlatSource {
  readonly #parts: FlatBarSourceParts;

  constructor(parts: FlatBarSourceParts) {
    this.#parts = parts;
  }

  list(dataset: FlatDataset, date: DateDays, signal: AbortSignal): AsyncIterable<ListedFile> {
    return this.#parts.store.list(flatMonthPrefix(dataset, date), signal);
  }

  fetch(key: string, signal: AbortSignal): Promise<LocalFile | undefined> {
    return this.#parts.downloads.fetch(key, signal);
  }

  remove(key: string): Promise<void> {
    return this.#parts.downloads.remove(key);
  }

  read(
    { path }: LocalFile,
    key: string,
    dataset: FlatDataset,
    wants: ((sym: string) => boolean) | undefined,
    signal: AbortSignal,
  ): BarReading {
    const { calendar, receiveClock, quarantine } = this.#parts;
    const bars = new FlatBars(fileBytes(path), {
      dataset,
      file: key,
      calendar,
      receiveClock,
      quarantine,
      ...(wants && { wants }),
      signal,
    });
    return {
      blocks: bars,
      completeUntilMs: undefined,
      get rejectedCount() {
        return bars.rejectedCount;
      },
    };
  }
}
