/**
 * Times in table columns count from 2000-01-01T00:00Z: timestamps in nanoseconds, dates in days. The sources
 * count from 1970; nothing else in the program counts from 2000.
 */
export const TABLE_EPOCH_MS = 946_684_800_000;

export const MS_PER_DAY = 86_400_000;

/** A date as days since 2000-01-01. */
export type DateDays = number;

export function dateDaysOf(isoDate: string): DateDays {
  return Math.round((Date.parse(`${isoDate}T00:00:00Z`) - TABLE_EPOCH_MS) / MS_PER_DAY);
}

export function isoDateOf(date: DateDays): string {
  return new Date(TABLE_EPOCH_MS + date * MS_PER_DAY).toISOString().slice(0, 10);
}
