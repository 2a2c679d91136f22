import { expect } from 'chai';
import { memoryCounters } from '../../../src/base/counters.ts';
import { type FlatTable, flatDatasets, flatMonthPrefix } from '../../../src/massive/flat/datasets.ts';
import { S3_DEFAULTS } from '../../../src/massive/flat/s3-requests.ts';
import { S3Store } from '../../../src/massive/flat/s3-store.ts';
import { SIMULATED_MARKETS } from '../../../src/simulator/markets.ts';
import { dateDaysOf } from '../../../src/tables/epoch.ts';
import { type HistoryRow, truthOfRows } from '../../support/history-truth.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { type PlainBar, readGzip } from '../../unit/massive/flat/bars-harness.ts';
import { SimulatorHarness } from './simulator-harness.ts';

const DATE = '2026-10-01';

function rowOf({ values }: PlainBar): HistoryRow {
  const number = (name: string): number | undefined =>
    values[name] === null ? undefined : Number(values[name]);
  return {
    sym: String(values['sym']),
    startMs: Number((values['start'] as bigint) / 1_000_000n),
    open: number('open')!,
    high: number('high')!,
    low: number('low')!,
    close: number('close')!,
    volume: number('volume'),
    vwap: number('vwap'),
    trades: number('trades'),
  };
}

describe('flat files from the simulator', () => {
  let harness: SimulatorHarness;
  let store: S3Store;

  before(async () => {
    harness = await SimulatorHarness.start({
      markets: SIMULATED_MARKETS,
      symbols: 5,
      rate: 2,
      publish: 'at-once',
      filesFrom: DATE,
    });
    const keys = { accessKeyId: 'demo', secretAccessKey: 'demo-secret' };
    store = new S3Store(
      { ...S3_DEFAULTS, ...keys, endpoint: harness.simulator.httpUrl },
      {
        clock: harness.clock,
        random: () => 0.5,
        logger: new RecordingLogger(),
        counters: memoryCounters(),
        environment: {},
      },
    );
  });

  after(async () => {
    await store.close();
    await harness.simulator.close();
  });

  async function rowsOf(market: (typeof SIMULATED_MARKETS)[number], table: FlatTable): Promise<HistoryRow[]> {
    const { signal } = new AbortController();
    const rows: HistoryRow[] = [];
    for (const dataset of flatDatasets(market, table)) {
      const prefix = flatMonthPrefix(dataset, dateDaysOf(DATE));
      for await (const { key, ...listed } of store.list(prefix, signal)) {
        if (!key.includes(DATE)) continue;
        const found = await store.get(key, { ifMatch: listed.etag, signal });
        if (found.kind !== 'body') throw new Error(found.kind);
        expect(found.identity).to.deep.equal(listed);
        const { bars, rejected, error } = await readGzip(found.body, { market, table });
        expect([rejected, error]).to.deep.equal([[], undefined]);
        expect(bars.every(({ date }) => date === DATE)).to.equal(true);
        rows.push(...bars.map(rowOf));
      }
    }
    return rows;
  }

  for (const market of SIMULATED_MARKETS) {
    for (const table of ['agg1m', 'agg1d'] as const) {
      it(`${market} ${table} - store and reader bring what the truth says`, async () => {
        const rows = await rowsOf(market, table);
        expect(rows.length).to.be.above(4);
        expect(truthOfRows(market, rows)).to.deep.equal(
          await harness.simulator.historyTruth({ market, table, date: DATE }),
        );
      });
    }
  }
});
