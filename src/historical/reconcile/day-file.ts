import { ExitCode } from '../../base/exit-codes.ts';
import { type FlatDataset, flatDatasets, flatFileKey } from '../../massive/flat/datasets.ts';
import type { LocalFile } from '../../massive/flat/download.ts';
import { type DateDays, isoDateOf } from '../../tables/epoch.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { FlatSource } from '../sources.ts';
import { isTradingDate } from '../trading-dates.ts';
import { NoFileError, NotPublishedError } from './errors.ts';

/** A flat file of the date, on this machine. */
export interface DayFile {
  readonly dataset: FlatDataset;
  readonly key: string;
  readonly file: LocalFile;
}

/** Days after which a file that is not there is not waited for any more. */
const LATE_DAYS = 10;

/**
 * The files of minute bars of a date, brought to this machine: one, in futures one for each exchange that has one.
 *
 * @param today the market's trading date now
 * @throws NotPublishedError, NoFileError; FlatFileError where a file cannot be had
 */
export async function fetchDayFiles(
  flat: FlatSource,
  calendar: SessionCalendar,
  date: DateDays,
  today: DateDays,
  signal: AbortSignal,
): Promise<DayFile[]> {
  requirePossible(calendar, date, today);
  const files: DayFile[] = [];
  for (const dataset of flatDatasets(calendar.market, 'agg1m')) {
    const key = flatFileKey(dataset, date);
    const file = await flat.fetch(key, signal);
    if (file) files.push({ dataset, key, file });
  }
  if (files.length > 0) return files;
  if (today - date <= LATE_DAYS) {
    throw new NotPublishedError(
      `the flat file of ${calendar.market} of ${isoDateOf(date)} is not published yet`,
    );
  }
  throw new NoFileError(
    `the store has no flat file of ${calendar.market} of ${isoDateOf(date)}, ${today - date} days later`,
    ExitCode.failed,
    'It was probably left out: compare with REST instead, with massive-kdb backfill --source rest.',
  );
}

function requirePossible(calendar: SessionCalendar, date: DateDays, today: DateDays): void {
  const { market } = calendar;
  const isoDate = isoDateOf(date);
  if (!isTradingDate(calendar, date)) {
    throw new NoFileError(
      `${isoDate} is no trading date of ${market}: there is no flat file of it, and never will be`,
      ExitCode.usage,
      'Choose a trading date.',
    );
  }
  const firstDate = Math.min(...flatDatasets(market, 'agg1m').map(dataset => dataset.firstDate));
  if (date < firstDate) {
    throw new NoFileError(
      `flat files of ${market} begin on ${isoDateOf(firstDate)}: there never will be one of ${isoDate}`,
      ExitCode.usage,
      'Choose a later date.',
    );
  }
  if (date >= today) throw new NotPublishedError(`${isoDate} has not ended: its flat file comes after it`);
}
