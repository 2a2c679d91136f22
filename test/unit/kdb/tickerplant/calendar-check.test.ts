import { expect } from 'chai';
import {
  calendarDifference,
  type TickerplantCalendar,
} from '../../../../src/kdb/tickerplant/calendar-check.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';

const HOUR_MS = 3_600_000;

/** A market in a zone four hours behind UTC. */
const calendar: TickerplantCalendar = {
  expectedDate: nowMs => dateDaysOf(new Date(nowMs - 4 * HOUR_MS).toISOString().slice(0, 10)),
  expectedOffsetMs: () => -4 * HOUR_MS,
  timeZone: 'America/New_York',
};

const MORNING = Date.parse('2026-10-02T14:00:00Z');
const MIDNIGHT = Date.parse('2026-10-03T04:00:00Z');

describe('kdb calendar check', () => {
  it('finds nothing where date and zone are those of the market', () => {
    expect(calendarDifference(dateDaysOf('2026-10-02'), -4 * HOUR_MS + 12, calendar, MORNING)).equal(
      undefined,
    );
    expect(calendarDifference(dateDaysOf('2026-10-02'), undefined, calendar, MORNING)).equal(undefined);
  });

  it('names the zone to set where the tickerplant runs in another', () => {
    const difference = calendarDifference(dateDaysOf('2026-10-02'), 0, calendar, MORNING);
    expect(difference).include("tickerplant's clock is at UTC+00:00 and its market's at UTC-04:00");
    expect(difference).include('TZ=America/New_York');
  });

  it('names both dates where only the date differs', () => {
    const difference = calendarDifference(dateDaysOf('2026-10-01'), -4 * HOUR_MS, calendar, MORNING);
    expect(difference).include('files under 2026-10-01 while the market');
    expect(difference).include('2026-10-02');
  });

  it('allows a minute around the roll, either way', () => {
    const dates = [dateDaysOf('2026-10-02'), dateDaysOf('2026-10-03')];
    for (const date of dates) {
      expect(calendarDifference(date, -4 * HOUR_MS, calendar, MIDNIGHT - 59_000)).equal(undefined);
      expect(calendarDifference(date, -4 * HOUR_MS, calendar, MIDNIGHT + 59_000)).equal(undefined);
    }
    expect(calendarDifference(dates[0]!, -4 * HOUR_MS, calendar, MIDNIGHT + 61_000)).include('2026-10-02');
    expect(calendarDifference(dates[1]!, -4 * HOUR_MS, calendar, MIDNIGHT - 61_000)).include('2026-10-03');
  });

  it('writes zones that are half an hour off', () => {
    expect(calendarDifference(0, 5.5 * HOUR_MS, calendar, MORNING)).include('UTC+05:30');
  });
});
