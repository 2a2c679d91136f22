import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import { dateDaysOf, isoDateOf } from '../../../src/tables/epoch.ts';
import { MARKETS, type Market, SESSION_ZONE } from '../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';

const HOUR_MS = 3_600_000;

/** Trading date and `time` as text: `2025-03-09 03:00:00`, a negative time with its sign. */
function timeOf(market: Market, iso: string): string {
  const ms = Date.parse(iso);
  const { date, timeShiftMs } = new SessionCalendar(market).spanOf(ms);
  const seconds = (ms + timeShiftMs) / 1000;
  const clock = new Date(Math.abs(seconds) * 1000).toISOString().slice(11, 19);
  return `${isoDateOf(date)} ${seconds < 0 ? '-' : ''}${clock}`;
}

describe('session calendar - trading date and time', () => {
  it('counts stocks, options and indices by New York, also where UTC has another date', () => {
    for (const market of ['stocks', 'options', 'indices'] as const) {
      expect(timeOf(market, '2026-01-15T00:30:00Z')).equal('2026-01-14 19:30:00');
      expect(timeOf(market, '2026-07-15T23:59:59Z')).equal('2026-07-15 19:59:59');
    }
  });

  it('counts crypto and forex by UTC', () => {
    for (const market of ['crypto', 'forex'] as const) {
      expect(timeOf(market, '2026-07-15T23:59:59Z')).equal('2026-07-15 23:59:59');
      expect(timeOf(market, '2026-07-16T00:00:00Z')).equal('2026-07-16 00:00:00');
    }
  });

  it('gives a futures evening to the date on which its session ends, with a negative time', () => {
    expect(timeOf('futures', '2026-01-14T22:59:59Z')).equal('2026-01-14 16:59:59');
    expect(timeOf('futures', '2026-01-14T23:00:00Z')).equal('2026-01-15 -07:00:00');
    expect(timeOf('futures', '2026-01-15T05:59:59Z')).equal('2026-01-15 -00:00:01');
    expect(timeOf('futures', '2026-01-15T06:00:00Z')).equal('2026-01-15 00:00:00');
    expect(timeOf('futures', '2026-07-12T22:00:00Z')).equal('2026-07-13 -07:00:00'); // Sunday evening is Monday
  });

  it('keeps wall-clock time when summer time begins and ends', () => {
    expect(timeOf('stocks', '2025-03-09T06:59:59Z')).equal('2025-03-09 01:59:59');
    expect(timeOf('stocks', '2025-03-09T07:00:00Z')).equal('2025-03-09 03:00:00');
    expect(timeOf('stocks', '2025-11-02T05:30:00Z')).equal('2025-11-02 01:30:00');
    expect(timeOf('stocks', '2025-11-02T06:30:00Z')).equal('2025-11-02 01:30:00');
    expect(timeOf('stocks', '2025-11-03T04:59:59Z')).equal('2025-11-02 23:59:59');
    expect(timeOf('futures', '2025-03-09T08:00:00Z')).equal('2025-03-09 03:00:00');
    expect(timeOf('futures', '2025-03-09T22:00:00Z')).equal('2025-03-10 -07:00:00');
    expect(timeOf('futures', '2025-11-02T23:00:00Z')).equal('2025-11-03 -07:00:00');
  });

  it('agrees with the zone rules of the runtime at any instant, in whichever order instants come', () => {
    const random = seededRandom(7);
    const from = Date.UTC(2024, 0, 1);
    const changes = [
      Date.UTC(2025, 2, 9, 7),
      Date.UTC(2025, 10, 2, 6),
      Date.UTC(2026, 2, 8, 8),
      Date.UTC(2026, 10, 1, 7),
    ];
    for (const market of MARKETS) {
      const calendar = new SessionCalendar(market);
      for (let i = 0; i < 1500; i++) {
        const near = changes[i % changes.length]! + (random() - 0.5) * 60 * HOUR_MS;
        const ms = Math.floor(i % 2 ? near : from + random() * 1800 * 24 * HOUR_MS);
        const span = calendar.spanOf(ms);
        const wallMs = wallClockMs(ms, SESSION_ZONE[market]);
        const rolled = new Date(wallMs + (market === 'futures' ? 7 * HOUR_MS : 0)).toISOString().slice(0, 10);
        if (isoDateOf(span.date) !== rolled) expect.fail(`${market} ${new Date(ms).toISOString()}`);
        const midnightMs = Date.parse(`${rolled}T00:00:00Z`);
        if (ms + span.timeShiftMs !== wallMs - midnightMs)
          expect.fail(`${market} ${new Date(ms).toISOString()}`);
        if (ms < span.fromMs || ms >= span.untilMs) expect.fail(`${market} ${ms} outside its span`);
      }
    }
  });
});

describe('session calendar - rolls and offsets', () => {
  it('rolls at midnight of the session zone, futures at 17:00, on the day of a change too', () => {
    const rollAfter = (market: Market, iso: string) =>
      new Date(new SessionCalendar(market).nextRollMs(Date.parse(iso))).toISOString();
    expect(rollAfter('stocks', '2026-01-14T12:00:00Z')).equal('2026-01-15T05:00:00.000Z');
    expect(rollAfter('stocks', '2025-03-09T05:00:00Z')).equal('2025-03-10T04:00:00.000Z');
    expect(rollAfter('stocks', '2025-11-02T04:00:00Z')).equal('2025-11-03T05:00:00.000Z');
    expect(rollAfter('crypto', '2026-01-14T00:00:00Z')).equal('2026-01-15T00:00:00.000Z');
    expect(rollAfter('futures', '2026-01-14T22:59:59Z')).equal('2026-01-14T23:00:00.000Z');
    expect(rollAfter('futures', '2026-01-14T23:00:00Z')).equal('2026-01-15T23:00:00.000Z');
  });

  it('says what the clock of a tickerplant shows whose dates are trading dates', () => {
    const winter = Date.parse('2026-01-14T12:00:00Z');
    const summer = Date.parse('2026-07-14T12:00:00Z');
    const stocks = new SessionCalendar('stocks');
    expect([stocks.dateOffsetMs(winter), stocks.dateOffsetMs(summer)]).deep.equal([
      -5 * HOUR_MS,
      -4 * HOUR_MS,
    ]);
    const futures = new SessionCalendar('futures');
    expect([futures.dateOffsetMs(winter), futures.dateOffsetMs(summer)]).deep.equal([HOUR_MS, 2 * HOUR_MS]);
    expect(futures.utcOffsetMs(winter)).equal(-6 * HOUR_MS);
    expect(futures.tradingDate(winter)).equal(dateDaysOf('2026-01-14'));
  });
});

/** The wall clock of a zone as if it were UTC. */
function wallClockMs(ms: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  const seconds = Math.floor(ms / 1000) * 1000;
  return Date.parse(`${format.format(seconds).replace(' ', 'T')}Z`) + (ms - seconds);
}

const formats = new Map<string, Intl.DateTimeFormat>();
