import { expect } from 'chai';
import { DateTime } from 'luxon';
import type { Market } from '../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { HOLIDAYS_KNOWN_UNTIL, US_HOLIDAYS } from '../../../src/tables/us-holidays.ts';

/** Whether a market is open at a wall-clock time of a zone. */
function isOpen(market: Market, local: string, zone = 'America/New_York'): boolean {
  return new SessionCalendar(market).isOpen(DateTime.fromISO(local, { zone }).toMillis());
}

/** Checks that a market opens at one minute and closes at another. */
function expectOpen(market: Market, from: string, until: string, zone?: string): void {
  const minuteBefore = (local: string) =>
    DateTime.fromISO(local).minus({ minutes: 1 }).toFormat("yyyy-MM-dd'T'HH:mm");
  expect(
    [isOpen(market, minuteBefore(from), zone), isOpen(market, from, zone)],
    `${market} opens`,
  ).deep.equal([false, true]);
  expect(
    [isOpen(market, minuteBefore(until), zone), isOpen(market, until, zone)],
    `${market} closes`,
  ).deep.equal([true, false]);
}

describe('session hours', () => {
  it('opens stocks from 04:00 to 20:00, options to 16:15 and indices to 16:00, winter and summer', () => {
    for (const day of ['2026-01-14', '2026-07-14']) {
      expectOpen('stocks', `${day}T04:00`, `${day}T20:00`);
      expectOpen('options', `${day}T09:30`, `${day}T16:15`);
      expectOpen('indices', `${day}T09:30`, `${day}T16:00`);
    }
  });

  it('closes them on weekends and holidays, and early before and after some', () => {
    for (const market of ['stocks', 'options', 'indices'] as const) {
      for (const day of ['2026-10-03', '2026-10-04', '2026-11-26', '2025-01-09']) {
        expect(isOpen(market, `${day}T12:00`), `${market} ${day}`).equal(false);
      }
    }
    expectOpen('stocks', '2026-11-27T04:00', '2026-11-27T17:00');
    expectOpen('options', '2026-11-27T09:30', '2026-11-27T13:15');
    expectOpen('indices', '2026-11-27T09:30', '2026-11-27T13:00');
  });

  it('opens forex from Sunday 17:00 to Friday 17:00 in New York', () => {
    expectOpen('forex', '2026-10-04T17:00', '2026-10-09T17:00');
    expect(isOpen('forex', '2026-11-26T03:00')).equal(true);
  });

  it('opens futures from Sunday 17:00 to Friday 16:00 in Chicago with an hour of rest each day', () => {
    expectOpen('futures', '2026-10-04T17:00', '2026-10-05T16:00', 'America/Chicago');
    expectOpen('futures', '2026-10-05T17:00', '2026-10-06T16:00', 'America/Chicago');
    expectOpen('futures', '2026-10-08T17:00', '2026-10-09T16:00', 'America/Chicago');
    expect(isOpen('futures', '2026-10-09T17:00', 'America/Chicago')).equal(false);
    expectOpen('futures', '2026-11-25T17:00', '2026-11-26T12:00', 'America/Chicago');
    expectOpen('futures', '2026-11-26T17:00', '2026-11-27T12:00', 'America/Chicago');
  });

  it('never closes crypto', () => {
    for (let hour = 0; hour < 24 * 7; hour++) {
      expect(new SessionCalendar('crypto').isOpen(Date.UTC(2026, 11, 24) + hour * 3_600_000)).equal(true);
    }
  });
});

describe('US holidays', () => {
  it('are the days that the exchange rules give, observed where they fall on a weekend', () => {
    for (const year of [2024, 2025, 2026, 2027, 2028]) {
      const full = US_HOLIDAYS.filter(({ date, earlyClose }) => date.startsWith(String(year)) && !earlyClose);
      const byRule = [
        observed(year, 1, 1, false),
        nthMonday(year, 1, 3),
        nthMonday(year, 2, 3),
        easter(year).minus({ days: 2 }),
        lastMonday(year, 5),
        observed(year, 6, 19),
        observed(year, 7, 4),
        nthMonday(year, 9, 1),
        thanksgiving(year),
        observed(year, 12, 25),
      ].flatMap(day => (day ? [day.toISODate()!] : []));
      // A day of mourning is decreed, not ruled.
      expect(full.map(({ date }) => date).filter(date => date !== '2025-01-09')).deep.equal(byRule);
    }
  });

  it('close early after Thanksgiving, and before Independence Day and Christmas where both are weekdays', () => {
    for (const year of [2024, 2025, 2026, 2027, 2028]) {
      const early = US_HOLIDAYS.filter(({ date, earlyClose }) => date.startsWith(String(year)) && earlyClose);
      const weekdayPair = (month: number, day: number) => {
        const eve = DateTime.utc(year, month, day);
        return eve.weekday <= 5 && eve.plus({ days: 1 }).weekday <= 5 ? [eve] : [];
      };
      const byRule = [...weekdayPair(7, 3), thanksgiving(year).plus({ days: 1 }), ...weekdayPair(12, 24)];
      expect(early.map(({ date }) => date)).deep.equal(byRule.map(day => day.toISODate()));
    }
    expect(US_HOLIDAYS.at(-1)!.date <= HOLIDAYS_KNOWN_UNTIL).equal(true);
  });
});

/** A Saturday's holiday is kept on Friday, a Sunday's on Monday; New Year's never in the old year. */
function observed(year: number, month: number, day: number, onFriday = true): DateTime | undefined {
  const date = DateTime.utc(year, month, day);
  if (date.weekday === 6) return onFriday ? date.minus({ days: 1 }) : undefined;
  return date.weekday === 7 ? date.plus({ days: 1 }) : date;
}

function nthMonday(year: number, month: number, n: number): DateTime {
  const first = DateTime.utc(year, month, 1);
  return first.plus({ days: ((8 - first.weekday) % 7) + 7 * (n - 1) });
}

function lastMonday(year: number, month: number): DateTime {
  const last = DateTime.utc(year, month, 1).endOf('month').startOf('day');
  return last.minus({ days: last.weekday - 1 });
}

function thanksgiving(year: number): DateTime {
  const first = DateTime.utc(year, 11, 1);
  return first.plus({ days: ((11 - first.weekday) % 7) + 21 });
}

/** Western Easter (the anonymous Gregorian computus). */
function easter(year: number): DateTime {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return DateTime.utc(year, Math.floor(f / 31), (f % 31) + 1);
}
