const MS_PER_DAY = 86_400_000;
const SATURDAY = 6;

/** The ISO date so many days after another one. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * MS_PER_DAY).toISOString().slice(0, 10);
}

/** 0 is Sunday. */
export function dayOfWeek(date: string): number {
  return new Date(Date.parse(date)).getUTCDay();
}

/** The date, or the Monday after it. */
export function weekdayFrom(date: string): string {
  const day = dayOfWeek(date);
  if (day === SATURDAY) return addDays(date, 2);
  return day === 0 ? addDays(date, 1) : date;
}

/** Whether it is a date that exists, as YYYY-MM-DD. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}
