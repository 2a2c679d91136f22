import { expect } from 'chai';
import { midnightMs, tradingBeginMs, tradingEndMs } from '../../../../src/massive/bars/trading-bounds.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { MARKETS } from '../../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';

describe('trading bounds', () => {
  for (const market of MARKETS) {
    it(`${market} - leave no instant between two dates, through both changes of the clock`, () => {
      const calendar = new SessionCalendar(market);
      for (let date = dateDaysOf('2026-01-01'); date <= dateDaysOf('2026-12-31'); date++) {
        const beginMs = tradingBeginMs(calendar, date);
        const endMs = tradingEndMs(calendar, date);
        expect(calendar.tradingDate(beginMs)).to.equal(date);
        expect(calendar.tradingDate(beginMs - 1)).to.equal(date - 1);
        expect(calendar.tradingDate(endMs - 1)).to.equal(date);
        expect(calendar.tradingDate(endMs)).to.equal(date + 1);
      }
    });
  }

  it('midnight and the beginning of a date - as clocks in Chicago and New York show them', () => {
    const futures = new SessionCalendar('futures');
    const monday = dateDaysOf('2026-03-09');
    expect(new Date(midnightMs(futures, monday)).toISOString()).to.equal('2026-03-09T05:00:00.000Z');
    // Sunday evening, hours after the clock went forward.
    expect(new Date(tradingBeginMs(futures, monday)).toISOString()).to.equal('2026-03-08T22:00:00.000Z');
    const stocks = new SessionCalendar('stocks');
    expect(new Date(midnightMs(stocks, dateDaysOf('2026-11-01'))).toISOString()).to.equal(
      '2026-11-01T04:00:00.000Z',
    );
    expect(new Date(tradingEndMs(stocks, dateDaysOf('2026-11-01'))).toISOString()).to.equal(
      '2026-11-02T05:00:00.000Z',
    );
  });
});
