import { restClient } from '@massive.com/client-js';
import { expect } from 'chai';
import { RestClient } from './rest-client.ts';
import { SimulatorHarness } from './simulator-harness.ts';

/** What the client returns at run time: the body itself. */
interface Body {
  readonly results: readonly Record<string, unknown>[];
}

describe('simulator with the official REST client', () => {
  let harness: SimulatorHarness;
  let plain: RestClient;

  before(async () => {
    harness = await SimulatorHarness.start({ symbols: 12, rate: 8 });
    plain = new RestClient(harness.simulator.httpUrl);
  });

  after(() => harness.simulator.close());

  const official = () => restClient('demo', harness.simulator.httpUrl, { pagination: true });

  async function expectSame(body: unknown, path: string, key: string): Promise<void> {
    const byKey = (rows: readonly object[]) => rows.map(row => JSON.stringify(row)).toSorted();
    const { results } = body as Body;
    expect(results.length).to.be.above(3);
    expect(results[0]).to.include.keys(key);
    expect(byKey(results)).to.deep.equal(byKey(await plain.bars(path)));
  }

  it('aggregates - with pages', async () => {
    const body = await official().getStocksAggregates({
      stocksTicker: 'AAPL',
      multiplier: 1,
      timespan: 'minute',
      from: '2026-10-01',
      to: '2026-10-01',
      adjusted: false,
      limit: 300,
    } as never);
    await expectSame(body, '/v2/aggs/ticker/AAPL/range/1/minute/2026-10-01/2026-10-01?adjusted=false', 'vw');
  });

  it('grouped daily and previous close', async () => {
    const grouped = await official().getGroupedStocksAggregates({ date: '2026-10-01' } as never);
    await expectSame(grouped, '/v2/aggs/grouped/locale/us/market/stocks/2026-10-01', 'T');
    const previous = (await official().getPreviousStocksAggregates({
      stocksTicker: 'AAPL',
    } as never)) as unknown as Body;
    expect(previous.results[0]).to.include({ T: 'AAPL', t: Date.parse('2026-10-01T20:00Z') });
  });

  it('tickers, splits and dividends - with pages', async () => {
    await expectSame(await official().listTickers({ limit: 5 } as never), '/v3/reference/tickers', 'ticker');
    await expectSame(
      await official().listStockSplits({ limit: 2 } as never),
      '/v3/reference/splits?limit=1000',
      'split_to',
    );
    await expectSame(
      await official().getStocksV1Splits({ limit: 2 } as never),
      '/stocks/v1/splits',
      'adjustment_type',
    );
    await expectSame(
      await official().listDividends({ ticker: 'AMZN', limit: 10 } as never),
      '/v3/reference/dividends?ticker=AMZN&limit=1000',
      'cash_amount',
    );
    await expectSame(
      await official().getStocksV1Dividends({ limit: 100 } as never),
      '/stocks/v1/dividends?limit=5000',
      'distribution_type',
    );
  });
});
