import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { FeedReport } from '../../../src/cli/start/status-feed.ts';
import { type Configuration, configurationSchema } from '../../../src/config/schema.ts';
import { MarketHours } from '../../../src/realtime/market-hours.ts';
import { FeedObservation } from '../../../src/realtime/observation/feed-observation.ts';
import { SharedBuffers } from '../../../src/realtime/shared-buffers.ts';
import { FeedHarness, START_MS } from '../../support/feed-harness.ts';

/** The report of a harness's feed, as `massive-kdb start` makes it. */
function reportOf({ feed, spool, late, logger }: FeedHarness, rowsAtStart = 0): FeedReport {
  const configuration = configurationSchema.parse({
    feeds: [{ market: 'stocks', channels: ['A', 'AM'], targets: ['local'] }],
    targets: [{ name: 'local', port: 5010 }],
  }) as Configuration;
  const hours = new MarketHours('stocks');
  const observation = new FeedObservation({
    tables: ['agg1s', 'agg1m'],
    calendar: () => hours.calendar,
    logger,
  });
  feed.addListener(observation);
  const book = { gaps: [] };
  const settled = () => ({ settledMs: undefined, correctedMs: undefined });
  return new FeedReport(configuration.feeds[0]!, configuration, {
    feed,
    gaps: { book, settled } as unknown as ConstructorParameters<typeof FeedReport>[2]['gaps'],
    files: { spool, late, readers: ['local'], buffers: new SharedBuffers(), close: async () => {} },
    hours,
    observation,
    clock: systemClock,
    lastSecond: () => ({ eventLoopDelayMs: 0, residentBytes: 0 }),
    rowsAtStart: { local: rowsAtStart },
  });
}

describe('report of a feed', () => {
  let harness: FeedHarness;
  afterEach(() => harness.close());

  it('counts no lag for what a delayed plan delays', async () => {
    // Bars whose windows ended four seconds before they could come at all.
    harness = await FeedHarness.create({ delayMs: Date.now() - START_MS - 5_000 });
    const report = reportOf(harness);
    await harness.start();
    await harness.send(['AAPL', 'MSFT']);
    await harness.until(2);
    await harness.stop();
    const { lagMs } = report.status().targets[0]!;
    expect(lagMs.count).to.equal(2);
    expect(lagMs.p50).to.be.within(3_700, 120_000);
    expect(lagMs.buckets.find(({ atMostMs }) => atMostMs === 1_000)!.count).to.equal(0);
    expect(lagMs.buckets.at(-1)!.count).to.equal(2);
    const [target] = harness.feed.targets;
    expect(target!.takeRecentLag().p50).to.be.within(3_700, 120_000);
    expect(target!.takeRecentLag().p50).to.equal(undefined);
  });

  it('counts what waits for a tickerplant that is away, and what an earlier process left for it', async () => {
    harness = await FeedHarness.create();
    harness.tickerplant.tables.clear();
    harness.tickerplant.onUpdate = () => 'close';
    await harness.tickerplant.server.close();
    const before = reportOf(harness);
    await harness.start();
    await harness.send(['A', 'B', 'C']);
    await harness.stored(3);
    const { targets, reasons, ready } = before.status();
    expect(targets[0]!.waitingRows).to.equal(3);
    expect(ready).to.equal(false);
    expect(reasons.join()).to.match(/tickerplant local \(:5010\) is not there yet: .*3 rows wait on disk/);
    await harness.stop();
    const { files } = harness;
    await harness.close();

    harness = await FeedHarness.create({ files });
    const left = await harness.spool.rowsAfter(harness.spool.position('local'));
    const after = reportOf(harness, left);
    expect(after.status().targets[0]!.waitingRows).to.equal(3);
    await harness.start();
    await harness.until(3);
    await harness.send(['D']);
    await harness.until(4);
    await harness.stop();
    expect(after.status().targets[0]!.waitingRows).to.equal(0);
  });

  it('counts what the tickerplant refuses for good', async () => {
    harness = await FeedHarness.create();
    harness.tickerplant.onUpdate = (_, count) =>
      count === 1 ? { signal: 'length' } : { value: { kind: 'primitive', type: 101, code: 0 } };
    const report = reportOf(harness);
    await harness.start();
    await harness.send(['A', 'B']);
    await harness.until(2);
    await harness.send(['C']);
    await harness.until(3);
    await harness.stop();
    const { targets, quarantine, lostRows } = report.status();
    expect(targets[0]).to.include({ refusedRows: 2, waitingRows: 0 });
    expect(quarantine.batches).to.equal(1);
    expect(lostRows).to.equal(2);
  });
});
