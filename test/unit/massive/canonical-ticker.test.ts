import { expect } from 'chai';
import { canonicalTicker, restTicker } from '../../../src/massive/canonical-ticker.ts';
import type { Market } from '../../../src/tables/markets.ts';

const SPELLINGS: readonly (readonly [Market, sym: string, ...spellings: string[]])[] = [
  ['stocks', 'BApA', 'BApA'],
  ['stocks', 'NE.WS.A', 'NE.WS.A'],
  ['options', 'O:A260618C00100000', 'O:A260618C00100000', 'A260618C00100000'],
  ['indices', 'I:SPX', 'I:SPX', 'SPX'],
  ['forex', 'EUR/USD', 'C:EURUSD', 'C:EUR-USD', 'EUR/USD', 'EURUSD'],
  ['crypto', 'BTC-USD', 'X:BTCUSD', 'X:BTC-USD', 'BTC-USD', 'BTC/USD'],
  ['crypto', 'BTC-USDT', 'X:BTCUSDT', 'X:BTC-USDT'],
  ['crypto', 'USDT-USD', 'X:USDTUSD'],
  ['crypto', 'ETH-BTC', 'X:ETHBTC'],
  ['crypto', '1INCH-EUR', 'X:1INCHEUR'],
  ['futures', '1OZZ5-1OZG6', '1OZZ5-1OZG6'],
];

describe('canonical ticker - spelling', () => {
  it('is one whatever REST and files spell', () => {
    for (const [market, sym, ...spellings] of SPELLINGS) {
      for (const spelling of spellings) {
        expect(canonicalTicker(market, spelling), spelling).to.equal(sym);
        expect(canonicalTicker(market, restTicker(market, sym)), sym).to.equal(sym);
      }
    }
  });

  it('is that of REST on the way back', () => {
    expect(restTicker('forex', 'EUR/USD')).to.equal('C:EURUSD');
    expect(restTicker('crypto', 'BTC-USD')).to.equal('X:BTCUSD');
    expect(restTicker('indices', 'I:SPX')).to.equal('I:SPX');
  });

  it('does not exist for what names nothing', () => {
    const nothing: [Market, string][] = [
      ['stocks', ''],
      ['options', 'O:'],
      ['forex', 'C:EURUSDX'],
      ['forex', 'C:'],
      ['crypto', 'X:USD'],
      ['crypto', 'X:USDT'],
      ['crypto', 'X:BTC USD'],
    ];
    for (const [market, text] of nothing) {
      expect(canonicalTicker(market, text), text).to.equal(undefined);
    }
  });
});
