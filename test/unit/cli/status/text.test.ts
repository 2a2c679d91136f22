import { expect } from 'chai';
import { statusLines } from '../../../../src/cli/status/text.ts';
import type { DaemonStatus, FeedStatus } from '../../../../src/ops/status/report.ts';

const NOW = Date.UTC(2026, 9, 2, 14, 30);

const feed: FeedStatus = {
  name: 'stocks',
  market: 'stocks',
  channels: ['A', 'AM'],
  lines: {
    session: { severity: 'good', text: 'Streaming all stocks since 13:30 UTC, last bar 0.4 s ago' },
    tickerplant: { severity: 'bad', text: 'The tickerplant main (:5010) is away \x1b[2J; 12 rows wait' },
    spool: { severity: 'warning', text: 'The spool fills up' },
  },
  ready: false,
  reasons: ['The tickerplant main (:5010) is away'],
  session: {
    ...{ state: 'streaming', sinceMs: NOW, retryMs: null, error: null, connections: 2, reconnects: 1 },
    ...{
      lastFrameMs: NOW,
      marketOpen: true,
      delayMs: 0,
      subscriptions: 2,
      failedSubscriptions: 0,
      failedPairs: [],
    },
  },
  receivedRows: { agg1s: 1_000, agg1m: 200 },
  injectedRows: {},
  receivedEvents: 1_200,
  lostRows: 7,
  targets: [
    {
      ...{ name: 'main', address: ':5010', state: 'backing-off', detail: null, date: '2026-10-02' },
      ...{ deliveredRows: { agg1s: 1_180 }, refusedRows: 3, lateRows: 0, lostRows: 0, unverifiedRows: 0 },
      ...{ waitingRows: 12, backlogBytes: 0, lagMs: { p50: 1, p99: 2, sumMs: 3, count: 4, buckets: [] } },
    },
  ],
  spool: {
    ...{ protection: 'protected', detail: null, sinceMs: null, usedBytes: 5_000_000, maxBytes: 8e9 },
    ...{ waitingRows: 12, lateBytes: 0 },
  },
  gaps: { counts: { open: 2, filled: 1 }, missing: 2 },
  settled: { settledMs: NOW - 9_000, correctedMs: null },
  quarantine: { events: 1, batches: 0 },
  lastDrainMs: NOW,
  point: {
    ...{ atMs: NOW, eventsPerSecond: 1_500, rowsPerSecond: 1_400, lagP50Ms: 2_300, lagP99Ms: 4_100 },
    ...{ spoolRows: 12, eventLoopDelayMs: 3, residentBytes: 2e8 },
  },
};

const daemon: DaemonStatus = {
  ...{ version: '0.1.0', nodeVersion: '20.19.0', pid: 7, startedMs: NOW - 600_000, nowMs: NOW },
  line: feed.lines.tickerplant,
  ready: false,
  reasons: feed.reasons,
  process: { residentBytes: 2e8, cpuMs: 60_000, eventLoopDelayMs: 3 },
  feeds: [feed],
  backfills: [
    {
      ...{ pid: 9, market: 'stocks', table: 'agg1m', startedMs: NOW, changedMs: NOW, rows: 5_000_000 },
      ...{
        units: { total: 20, finished: 8, failed: 1 },
        rowsPerSecond: 81_000,
        remainingMs: 90_000,
        dates: [],
      },
    },
  ],
  quota: { requestsPerMinute: 5, lastMinute: 3, today: 120, dailyRequests: 500 },
};

describe('massive-kdb status - text', () => {
  it('says how everything is, in lines that fit', () => {
    const lines = statusLines([daemon], { width: 80, colours: false });
    expect(lines.filter(line => line.length > 80)).to.deep.equal([]);
    expect(lines).to.deep.equal([
      'BAD  The tickerplant main (:5010) is away \\x1b[2J; 12 rows wait',
      '     Not ready. massive-kdb 0.1.0, pid 7, up 10 min, Node 20.19.0, 191 MiB, CPU',
      '     10 %, event loop at most 3 ms late.',
      '',
      'stocks  A, AM; 2 subscriptions',
      '  ok   session      Streaming all stocks since 13:30 UTC, last bar 0.4 s ago',
      '  BAD  tickerplant  The tickerplant main (:5010) is away \\x1b[2J; 12 rows wait',
      '  warn spool        The spool fills up',
      '  last second       1,500 events, 1,400 rows acknowledged, 2.3 s after the end',
      '                    of their window (99 % within 4.1 s)',
      '  since start       1,200 rows received, 1,180 acknowledged, 1 reconnect, 7',
      '                    lost, 3 refused, 1 event quarantined',
      '  spool             12 rows wait, 4.8 MiB used',
      '  gaps              2 open, 1 filled',
      '  settled           until 2026-10-02 14:29:51 UTC, 9.0 s ago',
      '',
      '  REST requests     3 of 5 in the last minute, 120 of 500 today',
      '  backfill          stocks agg1m: 8 of 20 units, 1 failed, 5,000,000 rows,',
      '                    81,000 rows/s, 90 s left',
    ]);
  });

  it('lists every daemon and every feed, in colours where there are some', () => {
    const two = { ...daemon, feeds: [feed, { ...feed, name: 'crypto' }], quota: null, backfills: [] };
    const lines = statusLines([daemon, two], { width: 120, colours: true });
    expect(lines.filter(line => line.startsWith('\x1b[1mstocks\x1b[0m'))).to.have.length(2);
    expect(lines.filter(line => line.startsWith('\x1b[1mcrypto\x1b[0m'))).to.have.length(1);
    expect(lines[0]).to.match(/^\x1b\[1;31mBAD \x1b\[0m /);
  });
});
