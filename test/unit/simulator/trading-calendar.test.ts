import { expect } from 'chai';
import { usHolidays } from '../../../src/simulator/history/holidays.ts';
import { TradingCalendar } from '../../../src/simulator/history/trading-calendar.ts';
import { US_HOLIDAYS } from '../../../src/tables/us-holidays.ts';

function utc(second: number): string {
  return new Date(second * 1000).toISOString().slice(0, 16);
}

describe('simulator trading calendar', () => {
  it('holidays - by rule are those that the exchange has announced', () => {
    const ruled = [2024, 2025, 2026, 2027, 2028].flatMap(usHolidays);
    expect(ruled.map(({ date, earlyClose }) => `${date} ${earlyClose}`)).to.deep.equal(
      US_HOLIDAYS.map(({ date, earlyClose = false }) => `${date} ${earlyClose}`),
    );
  });

  it('stocks - trade from 04:00 to 20:00 in New York, whatever the offset, and not on holidays', () => {
    const calendar = new TradingCalendar('stocks', 'calendar', []);
    const bounds = (date: string): string[] | undefined => {
      const session = calendar.session(date);
      return session && [session.midnight, session.from, session.regular.until, session.until].map(utc);
    };
    expect(bounds('2026-10-02')).to.deep.equal([
      '2026-10-02T04:00',
      '2026-10-02T08:00',
      '2026-10-02T20:00',
      '2026-10-03T00:00',
    ]);
    expect(bounds('2026-11-27')).to.deep.equal([
      '2026-11-27T05:00',
      '2026-11-27T09:00',
      '2026-11-27T18:00',
      '2026-11-27T22:00',
    ]);
    for (const closed of ['2026-10-03', '2026-10-04', '2026-11-26'])
      expect(bounds(closed)).to.equal(undefined);
  });

  it('futures - a session begins at 17:00 in Chicago on the evening before, Sunday for Monday', () => {
    const calendar = new TradingCalendar('futures', 'calendar', []);
    const monday = calendar.session('2026-10-05')!;
    expect([utc(monday.from), utc(monday.until)]).to.deep.equal(['2026-10-04T22:00', '2026-10-05T21:00']);
    expect(calendar.session('2026-10-04')).to.equal(undefined);
  });

  it('forex - from Sunday to Friday 17:00 in New York, cut into UTC dates; crypto always', () => {
    const forex = new TradingCalendar('forex', 'calendar', []);
    expect(utc(forex.session('2026-10-04')!.from)).to.equal('2026-10-04T21:00');
    expect(utc(forex.session('2026-10-02')!.until)).to.equal('2026-10-02T21:00');
    expect(forex.session('2026-10-03')).to.equal(undefined);
    const saturday = new TradingCalendar('crypto', 'calendar', []).session('2026-10-03')!;
    expect(saturday.until - saturday.from).to.equal(86_400);
  });

  it('own holidays - are kept, and always is every day', () => {
    const own = [
      { date: '2026-10-05', name: 'x', earlyClose: false },
      { date: '2026-10-06', name: 'y', earlyClose: true },
    ];
    const calendar = new TradingCalendar('stocks', 'calendar', own);
    expect(calendar.session('2026-10-05')).to.equal(undefined);
    expect(utc(calendar.session('2026-10-06')!.until)).to.equal('2026-10-06T21:00');
    expect(new TradingCalendar('stocks', 'always', own).session('2026-10-04')).not.to.equal(undefined);
  });
});
