import { expect } from 'chai';
import { type Market, rollsBetween, tradingDate } from './market-calendar.ts';

const rolls = (market: Market, from: string, hours: number): string[] =>
  rollsBetween(market, Date.parse(from), Date.parse(from) + hours * 3_600_000).map(
    ({ atMs, ended, begun }) => `${new Date(atMs).toISOString()} ${ended} ${begun}`,
  );

describe('market day - calendar', () => {
  it('stocks - roll at midnight in New York, before and after the clocks change', () => {
    expect(rolls('stocks', '2026-03-07T12:00Z', 48)).to.deep.equal([
      '2026-03-08T05:00:00.000Z 2026-03-07 2026-03-08',
      '2026-03-09T04:00:00.000Z 2026-03-08 2026-03-09',
    ]);
    expect(rolls('stocks', '2026-10-31T12:00Z', 48)).to.deep.equal([
      '2026-11-01T04:00:00.000Z 2026-10-31 2026-11-01',
      '2026-11-02T05:00:00.000Z 2026-11-01 2026-11-02',
    ]);
  });

  it('futures - roll at five in the afternoon in Chicago, crypto at midnight of UTC', () => {
    expect(rolls('futures', '2026-03-07T12:00Z', 48)).to.deep.equal([
      '2026-03-07T23:00:00.000Z 2026-03-07 2026-03-08',
      '2026-03-08T22:00:00.000Z 2026-03-08 2026-03-09',
    ]);
    expect(rolls('crypto', '2026-03-07T12:00Z', 24)).to.deep.equal([
      '2026-03-08T00:00:00.000Z 2026-03-07 2026-03-08',
    ]);
    expect(tradingDate('futures', Date.parse('2026-12-31T23:30Z'))).to.equal('2027-01-01');
  });
});
