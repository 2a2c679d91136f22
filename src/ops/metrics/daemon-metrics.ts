import { type Definition, inSeconds, ofDaemon, readingsOf } from './definition.ts';

/** What is told of the daemon as a whole. What Node and the process are at is told by prom-client itself. */
export const DAEMON_METRICS: readonly Definition[] = [
  {
    kind: 'gauge',
    name: 'build_info',
    help: 'The version in use: 1.',
    labels: ['version', 'node'],
    read: ({ version, nodeVersion }) => readingsOf({ version, node: nodeVersion }, 1),
  },
  ofDaemon('gauge', 'ready', 'Whether every feed is ready: 1 or 0.', ({ ready }) => ready),
  ofDaemon(
    'gauge',
    'event_loop_delay_seconds',
    'Longest delay of the event loop in the last second.',
    ({ process }) => inSeconds(process.eventLoopDelayMs),
  ),
  ofDaemon(
    'gauge',
    'rest_quota_used_requests',
    'Requests of REST in the last minute, of all processes of this machine.',
    ({ quota }) => (quota ? quota.lastMinute : null),
  ),
  ofDaemon('gauge', 'rest_quota_limit_requests', 'How many a minute may have.', ({ quota }) =>
    quota ? quota.requestsPerMinute : null,
  ),
  ofDaemon('gauge', 'rest_quota_used_today_requests', 'Requests of REST since midnight UTC.', ({ quota }) =>
    quota ? quota.today : null,
  ),
  ofDaemon(
    'gauge',
    'rest_quota_daily_limit_requests',
    'How many a day may have, where there is a limit.',
    ({ quota }) => (quota ? quota.dailyRequests : null),
  ),
  ofDaemon('gauge', 'backfills', 'Backfills that run on this machine.', ({ backfills }) => backfills.length),
];
