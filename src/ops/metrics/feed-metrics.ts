import type { FeedStatus, TargetStatus } from '../status/report.ts';
import { type Definition, inSeconds, type Reading, readingsOf } from './definition.ts';

type Value = number | boolean | null;

/** What is told of each feed. */
const FEED: readonly Definition[] = [
  feed('counter', 'feed_received_events_total', 'Events that came from Massive.', f => f.receivedEvents),
  feedTables('feed_received_rows_total', 'Rows that were made of them.', f => f.receivedRows),
  feedTables(
    'feed_injected_rows_total',
    'Rows that filled gaps, and those of the status tables.',
    f => f.injectedRows,
  ),
  feed(
    'counter',
    'feed_lost_rows_total',
    'Rows that were received and are neither delivered nor on disk.',
    f => f.lostRows,
  ),
  feed('counter', 'feed_quarantined_events_total', 'Events that are no bars.', f => f.quarantine.events),
  feed(
    'counter',
    'feed_quarantined_batches_total',
    'Batches that a tickerplant refused.',
    f => f.quarantine.batches,
  ),
  feed('counter', 'feed_connections_total', 'Connections that streamed.', f => f.session.connections),
  feed('counter', 'feed_reconnects_total', 'Connections after the first.', f => f.session.reconnects),
  feed('gauge', 'feed_ready', 'Whether rows arrive where they should: 1 or 0.', f => f.ready),
  feed(
    'gauge',
    'feed_session_streaming',
    'Whether the stream is open and subscribed: 1 or 0.',
    f => f.session.state === 'streaming',
  ),
  feed(
    'gauge',
    'feed_market_open',
    'Whether the calendar says that the market is open: 1 or 0.',
    f => f.session.marketOpen,
  ),
  feed('gauge', 'feed_plan_delay_seconds', 'By how much the plan of the key delays the stream.', f =>
    inSeconds(f.session.delayMs),
  ),
  feed(
    'gauge',
    'feed_subscriptions',
    'Pairs of channel and symbol that are asked for.',
    f => f.session.subscriptions,
  ),
  feed(
    'gauge',
    'feed_failed_subscriptions',
    'Those that Massive does not serve.',
    f => f.session.failedSubscriptions,
  ),
  feed('gauge', 'feed_last_frame_timestamp_seconds', 'When the last frame came.', f =>
    inSeconds(f.session.lastFrameMs),
  ),
  feed('gauge', 'feed_last_drain_timestamp_seconds', 'When the last drain was completed.', f =>
    inSeconds(f.lastDrainMs),
  ),
  feed(
    'gauge',
    'feed_settled_timestamp_seconds',
    'Windows that end by then are complete, but for corrections.',
    f => inSeconds(f.settled.settledMs),
  ),
  feed('gauge', 'feed_missing_gaps', 'Gaps whose bars are still to be brought.', f => f.gaps.missing),
  {
    kind: 'gauge',
    name: 'feed_gaps',
    help: 'Gaps in each state.',
    labels: ['feed', 'state'],
    read: ({ feeds }) => feeds.flatMap(f => byKey(f.gaps.counts, 'state', { feed: f.name })),
  },
  feedState('feed_session_state', 'The state of the session: 1.', 'state', f => f.session.state),
  feedState(
    'spool_protection',
    'How rows are protected: 1. Anything but protected is an alarm.',
    'protection',
    f => f.spool.protection,
  ),
  feed('gauge', 'spool_used_bytes', 'What the spool has on disk.', f => f.spool.usedBytes),
  feed('gauge', 'spool_limit_bytes', 'What it may have.', f => f.spool.maxBytes),
  feed(
    'gauge',
    'spool_waiting_rows',
    'Rows in it that a target has not acknowledged.',
    f => f.spool.waitingRows,
  ),
  feed('gauge', 'spool_late_bytes', 'Rows of ended dates that wait for the loader.', f => f.spool.lateBytes),
];

/** What is told of each target of a feed. */
const TARGET: readonly Definition[] = [
  {
    kind: 'counter',
    name: 'target_delivered_rows_total',
    help: 'Rows that the tickerplant acknowledged.',
    labels: ['feed', 'target', 'table'],
    read: ({ feeds }) =>
      feeds.flatMap(f =>
        f.targets.flatMap(t => byKey(t.deliveredRows, 'table', { feed: f.name, target: t.name })),
      ),
  },
  target(
    'counter',
    'target_refused_rows_total',
    'Rows that it refused: they are in quarantine.',
    t => t.refusedRows,
  ),
  target(
    'counter',
    'target_late_rows_total',
    'Rows of ended dates, which go to the loader.',
    t => t.lateRows,
  ),
  target('counter', 'target_lost_rows_total', 'Rows that never reached it.', t => t.lostRows),
  target(
    'counter',
    'target_unverified_rows_total',
    'Rows that were sent without asking for an answer.',
    t => t.unverifiedRows,
  ),
  target('gauge', 'target_waiting_rows', 'Rows on disk that it has not acknowledged.', t => t.waitingRows),
  target(
    'gauge',
    'target_backlog_bytes',
    'Rows in memory that it has not acknowledged.',
    t => t.backlogBytes,
  ),
  {
    kind: 'gauge',
    name: 'target_state',
    help: 'The state of the tickerplant: 1.',
    labels: ['feed', 'target', 'state'],
    read: ({ feeds }) =>
      feeds.flatMap(f =>
        f.targets.flatMap(t => readingsOf({ feed: f.name, target: t.name, state: t.state }, 1)),
      ),
  },
];

export const FEED_METRICS: readonly Definition[] = [...FEED, ...TARGET];

function feed(
  kind: Definition['kind'],
  name: string,
  help: string,
  read: (status: FeedStatus) => Value,
): Definition {
  const labels = ['feed'];
  return {
    kind,
    name,
    help,
    labels,
    read: ({ feeds }) => feeds.flatMap(f => readingsOf({ feed: f.name }, read(f))),
  };
}

function feedTables(
  name: string,
  help: string,
  read: (status: FeedStatus) => Readonly<Record<string, number>>,
): Definition {
  return {
    kind: 'counter',
    name,
    help,
    labels: ['feed', 'table'],
    read: ({ feeds }) => feeds.flatMap(f => byKey(read(f), 'table', { feed: f.name })),
  };
}

function feedState(
  name: string,
  help: string,
  label: string,
  read: (status: FeedStatus) => string,
): Definition {
  return {
    kind: 'gauge',
    name,
    help,
    labels: ['feed', label],
    read: ({ feeds }) => feeds.flatMap(f => readingsOf({ feed: f.name, [label]: read(f) }, 1)),
  };
}

function target(
  kind: Definition['kind'],
  name: string,
  help: string,
  read: (status: TargetStatus) => Value,
): Definition {
  return {
    kind,
    name,
    help,
    labels: ['feed', 'target'],
    read: ({ feeds }) =>
      feeds.flatMap(f => f.targets.flatMap(t => readingsOf({ feed: f.name, target: t.name }, read(t)))),
  };
}

function byKey(
  values: Readonly<Record<string, number>>,
  label: string,
  labels: Readonly<Record<string, string>>,
): Reading[] {
  return Object.entries(values).map(([key, value]) => ({ labels: { ...labels, [label]: key }, value }));
}
