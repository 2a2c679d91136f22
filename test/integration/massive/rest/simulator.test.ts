import { expect } from 'chai';
import type { HistoryTruth } from '../../../../src/simulator/history/history-truth.ts';
import { SIMULATED_MARKETS, type SimulatedMarket } from '../../../../src/simulator/markets.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { truthOfRows } from '../../../support/history-truth.ts';
import { RestHarness } from '../../../support/rest-harness.ts';
import { SimulatorHarness } from '../../simulator/simulator-harness.ts';
import { barsOf, historyRow, isoDates } from './history-rows.ts';

const SYMBOLS = 20;
const FROM = dateDaysOf('2026-09-01');
const UNTIL = dateDaysOf('2026-09-30');
/** The dates whose values are compared; of the others the rows are counted. */
const CHECKED = ['2026-09-01', '2026-09-07', '2026-09-18', '2026-09-30'];
/** There is no list of them. */
const FUTURES = ['ESZ6', 'NQZ6', 'CLX6'];

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('REST against the simulator', () => {
  let simulator: SimulatorHarness;
  let rest: RestHarness;

  before(async () => {
    simulator = await SimulatorHarness.start({ markets: SIMULATED_MARKETS, symbols: SYMBOLS, rate: 2 });
    rest = new RestHarness({
      address: simulator.simulator.httpUrl,
      clock: simulator.clock,
      options: { key: 'demo' },
    });
  });

  function truthOf(
    market: SimulatedMarket,
    table: 'agg1m' | 'agg1d',
    date: string,
    symbols: readonly string[],
  ): Promise<HistoryTruth> {
    return simulator.simulator.historyTruth({ market, table, date, source: 'rest', symbols });
  }

  after(async () => {
    await rest.close();
    await simulator.simulator.close();
  });

  it('stocks, twenty symbols, a month of minutes - equal to the truth, day by day and column by column', async () => {
    const source = rest.source('stocks');
    const symbols = await collected(source.activeSymbols(FROM, rest.signal));
    expect(symbols.length).to.be.at.least(SYMBOLS);
    const bars = [];
    for (const sym of symbols) {
      const reading = source.bars('agg1m', sym, FROM, UNTIL, rest.signal);
      bars.push(...(await barsOf(reading)));
      expect(reading.completeUntilMs).to.equal(undefined);
      expect(reading.rejectedCount).to.equal(0);
    }
    expect(bars.length).to.be.above(100_000);
    for (const date of isoDates(FROM, UNTIL)) {
      const rows = bars.filter(bar => bar.date === date).map(historyRow);
      const truth = await truthOf('stocks', 'agg1m', date, symbols);
      expect(rows.length, date).to.equal(truth.rows);
      if (CHECKED.includes(date)) expect(truthOfRows('stocks', rows), date).to.deep.equal(truth);
    }
  });

  for (const market of SIMULATED_MARKETS) {
    for (const table of ['agg1m', 'agg1d'] as const) {
      it(`${market} ${table} - equal to the truth over a weekend, in canonical form`, async () => {
        const dates = isoDates(dateDaysOf('2026-09-24'), dateDaysOf('2026-09-29'));
        const source = rest.source(market);
        const symbols =
          market === 'futures' ? FUTURES : await collected(source.activeSymbols(UNTIL, rest.signal));
        const chosen = symbols.slice(0, 3);
        const bars = [];
        for (const sym of chosen) {
          const reading = source.bars(
            table,
            sym,
            dateDaysOf(dates[0]!),
            dateDaysOf(dates.at(-1)!),
            rest.signal,
          );
          bars.push(...(await barsOf(reading)));
        }
        expect(bars.length).to.be.above(table === 'agg1d' ? 7 : 500);
        expect(bars.every(({ values }) => values['src'] === 'rest' && values['mkt'] === market)).to.equal(
          true,
        );
        for (const date of dates) {
          const rows = bars.filter(bar => bar.date === date).map(historyRow);
          expect(truthOfRows(market, rows), date).to.deep.equal(await truthOf(market, table, date, chosen));
        }
        expect(rest.rejected).to.deep.equal([]);
      });
    }
  }
});
