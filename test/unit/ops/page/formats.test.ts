import { expect } from 'chai';
import {
  bytes,
  delay,
  duration,
  instant,
  interval,
  percent,
  price,
  short,
  zoneOf,
} from '../../../../src/ops/page/browser/formats.js';
import { MARKETS, SESSION_ZONE } from '../../../../src/tables/markets.ts';

/** With plain spaces. */
function plain(texts: readonly string[]): string[] {
  return texts.map(text => text.replaceAll('\u00a0', ' '));
}

describe('numbers of the page', () => {
  it('never say that all is there where something is missing', () => {
    expect(plain([1, 0.99999, 0.9994, 0].map(percent))).to.deep.equal(['100 %', '99.9 %', '99.9 %', '0 %']);
  });

  it('go over to the next unit where they round up to it', () => {
    expect(plain([99_999, 999_499, 999_500, 1_234_567, 999.6e6].map(short))).to.deep.equal([
      '99,999',
      '999 k',
      '1 M',
      '1.23 M',
      '1 G',
    ]);
    expect(plain([1023, 1024, 1024 ** 2 - 1, 2.5 * 1024 ** 3].map(bytes))).to.deep.equal([
      '1,023 B',
      '1 KiB',
      '1 MiB',
      '2.5 GiB',
    ]);
    expect(plain([0.84, 9.97, 999.4, 999.7, 59_990].map(delay))).to.deep.equal([
      '0.8 ms',
      '10 ms',
      '999 ms',
      '1 s',
      '60 s',
    ]);
    expect(plain([59_600, 3_599_600, 200_000, 90_000_000].map(duration))).to.deep.equal([
      '1 min',
      '1 h',
      '3 min 20 s',
      '1 d 1 h',
    ]);
  });

  it('of prices keep the cents and what is below them', () => {
    expect([187.5, 0.07341, 0.002781254, 0, 265.4399, 67_123.456].map(price)).to.deep.equal([
      '187.50',
      '0.07341',
      '0.00278125',
      '0.00',
      '265.4399',
      '67,123.46',
    ]);
  });

  it('of times are those of the zone, across midnight with both dates', () => {
    const atMs = Date.UTC(2026, 9, 2, 3, 59, 30);
    expect(instant(atMs, 'America/New_York')).to.equal('2026-10-01 23:59:30');
    expect(interval(atMs, atMs + 60_000, 'America/New_York')).to.equal(
      '2026-10-01 23:59:30 to 2026-10-02 00:00:30',
    );
    expect(interval(atMs, null, 'UTC')).to.equal('since 2026-10-02 03:59:30');
  });

  it('of a market are in the zone of its trading dates', () => {
    expect(Object.fromEntries(MARKETS.map(market => [market, zoneOf(market)]))).to.deep.equal(SESSION_ZONE);
  });
});
