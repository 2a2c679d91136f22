import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { memoryCounters } from '../../../../src/base/counters.ts';
import { COUNTED } from '../../../../src/ops/metrics/counted.ts';
import { Metrics } from '../../../../src/ops/metrics/metrics.ts';
import type { DaemonStatus } from '../../../../src/ops/status/report.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MovingDaemon } from '../../../support/moving-status.ts';
import { checkMetrics } from '../../../support/promtool.ts';

const SOURCES = fileURLToPath(new URL('../../../../src/', import.meta.url));
const FEEDS = [
  { name: 'stocks', market: 'stocks', channels: ['A', 'AM'], eventsPerSecond: 9000 },
  { name: 'futures-cme', market: 'futures', channels: ['AM'], eventsPerSecond: 10 },
];

describe('metrics', () => {
  const daemon = new MovingDaemon(FEEDS);
  const counters = memoryCounters();
  const clock = new ManualClock();
  let status: DaemonStatus;
  let metrics: Metrics;
  const source = {
    status: () => status,
    configuration: () => ({ settings: [] }),
    routesOf: () => undefined,
  };

  before(() => {
    metrics = new Metrics({ counters, clock });
  });
  beforeEach(async () => {
    status = daemon.status();
    await clock.advance(1000);
  });

  /** The values of one metric, by its labels. */
  async function values(name: string): Promise<Map<string, number>> {
    const text = await metrics.text(source);
    const found = [...text.matchAll(new RegExp(`^${name}(\\{.*\\})? (\\S+)$`, 'gm'))];
    return new Map(found.map(([, labels = '', value]) => [labels, Number(value)]));
  }

  it('tell of each feed and each target, and nothing twice after two scrapes', async () => {
    const target = status.feeds[0]!.targets[0]!;
    const { verified } = status.feeds[0]!.gaps.counts;
    await metrics.text(source);
    await clock.advance(1000);
    const delivered = await values('massive_kdb_target_delivered_rows_total');
    expect(delivered.get(`{feed="stocks",target="${target.name}",table="agg1s"}`)).to.equal(
      target.deliveredRows['agg1s'],
    );
    expect((await values('massive_kdb_feed_lost_rows_total')).get('{feed="stocks"}')).to.equal(0);
    expect((await values('massive_kdb_feed_session_streaming')).get('{feed="futures-cme"}')).to.equal(1);
    expect((await values('massive_kdb_feed_gaps')).get('{feed="stocks",state="verified"}')).to.equal(
      verified,
    );
  });

  it('a state that has ended is told no more', async () => {
    daemon.feeds[0]!.session = { ...daemon.feeds[0]!.session, state: 'backing-off' };
    status = daemon.status();
    expect([...(await values('massive_kdb_feed_session_state')).keys()]).to.deep.equal([
      '{feed="stocks",state="backing-off"}',
      '{feed="futures-cme",state="streaming"}',
    ]);
    expect((await values('massive_kdb_feed_session_streaming')).get('{feed="stocks"}')).to.equal(0);
  });

  it('subscriptions that fail are all counted, though some are named only', async () => {
    const [first] = status.feeds;
    const session = { ...first!.session, failedSubscriptions: 5_000, failedPairs: ['A.ZZZT'] };
    status = { ...status, feeds: [{ ...first!, session }] };
    const failed = await values('massive_kdb_feed_failed_subscriptions');
    expect(failed.get('{feed="stocks"}')).to.equal(5_000);
  });

  it('what is not known is left out, and not 0', async () => {
    expect((await values('massive_kdb_rest_quota_limit_requests')).get('')).to.equal(300);
    const feeds = status.feeds.map(feed => ({ ...feed, lastDrainMs: null }));
    status = { ...status, feeds, quota: null };
    await clock.advance(1000);
    expect(await values('massive_kdb_rest_quota_limit_requests')).to.be.empty;
    expect(await values('massive_kdb_feed_last_drain_timestamp_seconds')).to.be.empty;
  });

  it('lag is a histogram in seconds, with all of it in the last bucket', async () => {
    const { name, lagMs } = status.feeds[0]!.targets[0]!;
    const labels = `feed="stocks",target="${name}"`;
    const buckets = await values('massive_kdb_target_lag_seconds_bucket');
    for (const { atMostMs, count } of lagMs.buckets)
      expect(buckets.get(`{${labels},le="${atMostMs / 1000}"}`)).to.equal(count);
    expect(buckets.get(`{${labels},le="+Inf"}`)).to.equal(lagMs.count);
    expect((await values('massive_kdb_target_lag_seconds_count')).get(`{${labels}}`)).to.equal(lagMs.count);
    expect((await values('massive_kdb_target_lag_seconds_sum')).get(`{${labels}}`)).to.equal(
      lagMs.sumMs / 1000,
    );
  });

  it('the time of an answer is observed by batch', async () => {
    for (const ms of [3, 40, 700]) metrics.acknowledged('stocks', 'tickerplant', ms);
    const buckets = await values('massive_kdb_target_acknowledgement_seconds_bucket');
    const of = (le: string) => buckets.get(`{le="${le}",feed="stocks",target="tickerplant"}`);
    expect([of('0.0025'), of('0.005'), of('0.05'), of('1'), of('+Inf')]).to.deep.equal([0, 1, 2, 3, 3]);
  });

  it('counters of the code are told with their labels', async () => {
    counters.counter('rows_lost', { market: 'stocks', reason: 'drain-failed' }).add(7);
    counters
      .counter('rows_lost', { market: 'stocks', target: 'a', table: 'agg1s', reason: 'refused' })
      .add(2);
    const lost = await values('massive_kdb_lost_rows_total');
    expect(lost.get('{market="stocks",reason="drain-failed"}')).to.equal(7);
    expect(lost.get('{market="stocks",target="a",table="agg1s",reason="refused"}')).to.equal(2);
  });

  it('who asks twice within a second gets the same text, made once', async () => {
    let asked = 0;
    const counting = {
      ...source,
      status: () => {
        asked++;
        return status;
      },
    };
    const first = await metrics.text(counting);
    expect(await metrics.text(counting)).to.equal(first);
    expect(asked).to.equal(1);
    await clock.advance(1000);
    expect(await metrics.text(counting)).not.to.equal('');
    expect(asked).to.equal(2);
  });

  it('promtool has nothing to say against them', async function () {
    for (const [name, { labels }] of Object.entries(COUNTED))
      counters.counter(name, Object.fromEntries(labels.map(label => [label, 'x "y" \\z']))).add();
    const complaints = checkMetrics(await metrics.text(source));
    if (complaints === undefined) {
      console.log('      promtool is not installed: skipped');
      this.skip();
    }
    expect(complaints).to.equal('');
  });
});

describe('metrics - counters of the code', () => {
  const code = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts'))
    .map(path => readFileSync(join(SOURCES, path), 'utf8'));
  const names = code.flatMap(text =>
    [...text.matchAll(/(?:\bcounter|#count)\(\s*'([a-z_]+)'/g)].map(([, name]) => name!),
  );

  it('are all told, and none is told that is not counted', () => {
    expect(Object.keys(COUNTED).sort()).to.deep.equal([...new Set(names)].sort());
  });

  it('each has a name of its own', () => {
    const metrics = Object.values(COUNTED).map(({ metric }) => metric);
    expect(metrics).to.deep.equal([...new Set(metrics)]);
  });
});
