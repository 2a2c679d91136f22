import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SIMULATED_MARKETS, type SimulatedMarket } from '../../../src/simulator/markets.ts';
import { buildUniverse, maxBarsPerSecond, type Universe } from '../../../src/simulator/universe.ts';
import { AT_MS } from './market-tape.ts';

const SAMPLES = new URL('../../../../shared/samples/', import.meta.url);

/** How the stream of each market spells a ticker. Source: Massive's WebSocket reference. */
const SPELLING: Readonly<Record<SimulatedMarket, RegExp>> = {
  stocks: /^[A-Za-z]+(\.[A-Z]+)*$/,
  options: /^O:[A-Z]{1,6}\d{6}[CP]\d{8}$/,
  indices: /^I:[A-Z]+$/,
  forex: /^[A-Z]{3}\/[A-Z]{3}$/,
  crypto: /^[A-Z]+-[A-Z]+$/,
  futures: /^[A-Z0-9]{1,3}[HMUZ]\d{1,2}(-[A-Z0-9]{1,3}[HMUZ]\d{1,2})?$/,
};

function universeOf(market: SimulatedMarket, symbols: number, atMs = AT_MS): Universe {
  return buildUniverse({ market, symbols, seed: 1, barsPerSecond: 1, atMs });
}

describe('simulator universe', () => {
  for (const market of SIMULATED_MARKETS) {
    it(`${market} - has as many different tickers as asked for, spelt as the stream does`, () => {
      for (const symbols of [1, 7, 12_000]) {
        const { tickers, indexOf } = universeOf(market, symbols);
        expect(tickers.length).to.equal(symbols);
        expect(indexOf.size).to.equal(symbols);
        for (const ticker of tickers) expect(ticker).to.match(SPELLING[market]);
      }
    });
  }

  it('stocks - have the mixed-case, dotted and test tickers of the real files', function () {
    if (!existsSync(SAMPLES)) {
      console.log('      skipped: no sample rows of the real service here');
      this.skip();
    }
    const real = readdirSync(SAMPLES).flatMap(file =>
      readFileSync(new URL(file, SAMPLES), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map(row => row.split(',')[0]!),
    );
    const { indexOf } = universeOf('stocks', 50);
    for (const ticker of new Set(real)) expect(indexOf.has(ticker), ticker).to.equal(true);
  });

  it('options - have not expired', () => {
    for (const atMs of [AT_MS, Date.UTC(2026, 9, 16, 23), Date.UTC(2027, 0, 31)]) {
      for (const ticker of universeOf('options', 500, atMs).tickers) {
        const [, year, month, day] = /(\d\d)(\d\d)(\d\d)[CP]/.exec(ticker)!.map(Number);
        expect(Date.UTC(2000 + year!, month! - 1, day! + 1), ticker).to.be.above(atMs);
        expect(new Date(Date.UTC(2000 + year!, month! - 1, day!)).getUTCDay(), ticker).to.equal(5);
      }
    }
  });

  it('rate - a symbol has at most one bar a second, and one a minute', () => {
    expect(maxBarsPerSecond(60)).to.be.within(60, 61);
  });
});
