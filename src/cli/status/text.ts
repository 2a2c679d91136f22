import { printable } from '../../base/printable.ts';
import type { BackfillStatus, DaemonStatus, FeedStatus, StatusLine } from '../../ops/status/report.ts';
import { instantText } from '../../realtime/gaps/gap-text.ts';
import { sumOfRows } from '../../realtime/summary.ts';
import { bytesText, countText, durationText, manyText } from '../format/quantities.ts';
import { labelled, mark, type Paint, strong } from './paint.ts';

/** `  ok   session      ` */
const LABEL = 20;
const INDENT = 2;

/** The status of daemons for people, as lines that fit the width. */
export function statusLines(daemons: readonly DaemonStatus[], paint: Paint): string[] {
  return daemons.flatMap((daemon, index) => [...(index > 0 ? [''] : []), ...daemonLines(daemon, paint)]);
}

function daemonLines(daemon: DaemonStatus, paint: Paint): string[] {
  const { line, ready, feeds, backfills, process, quota, nowMs, startedMs } = daemon;
  const upMs = Math.max(1, nowMs - startedMs);
  const facts = [
    `massive-kdb ${daemon.version}, pid ${daemon.pid}, up ${durationText(upMs)}, Node ${daemon.nodeVersion}`,
    `${bytesText(process.residentBytes)}, CPU ${Math.round((process.cpuMs / upMs) * 100)} %, event loop at most ${process.eventLoopDelayMs} ms late`,
  ];
  return [
    ...labelled(`${mark(line.severity, paint)} `, 5, printable(line.text), paint),
    ...labelled(' '.repeat(5), 5, `${ready ? 'Ready' : 'Not ready'}. ${facts.join(', ')}.`, paint),
    ...feeds.flatMap(feed => ['', ...feedLines(feed, nowMs, paint)]),
    ...(quota
      ? [
          '',
          ...fact(
            'REST requests',
            `${countText(quota.lastMinute)} of ${countText(quota.requestsPerMinute)} in the last minute, ${countText(quota.today)}${quota.dailyRequests === null ? '' : ` of ${countText(quota.dailyRequests)}`} today`,
            paint,
          ),
        ]
      : []),
    ...backfills.flatMap(backfill => fact('backfill', backfillText(backfill), paint)),
  ];
}

function feedLines(feed: FeedStatus, nowMs: number, paint: Paint): string[] {
  const { name, channels, lines, session, targets, point, quarantine } = feed;
  const subscribed = `${channels.join(', ')}; ${manyText(session.subscriptions, 'subscription')}`;
  const refusedRows = targets.reduce((sum, target) => sum + target.refusedRows, 0);
  return [
    `${strong(name, paint)}  ${subscribed}`,
    ...part('session', lines.session, paint),
    ...part('tickerplant', lines.tickerplant, paint),
    ...part('spool', lines.spool, paint),
    ...fact('last second', secondText(feed), paint),
    ...fact(
      'since start',
      [
        `${countText(sumOfRows(feed.receivedRows))} rows received`,
        ...targets.map(target => deliveredText(target, targets.length)),
        manyText(session.reconnects, 'reconnect'),
        `${countText(feed.lostRows)} lost`,
        `${countText(refusedRows)} refused`,
        `${manyText(quarantine.events, 'event')} quarantined`,
      ].join(', '),
      paint,
    ),
    ...fact(
      'spool',
      `${countText(point.spoolRows)} rows wait, ${bytesText(feed.spool.usedBytes)} used`,
      paint,
    ),
    ...fact('gaps', gapsText(feed), paint),
    ...(feed.settled.settledMs === null
      ? []
      : fact('settled', `until ${settledText(feed.settled.settledMs, nowMs)}`, paint)),
  ];
}

function part(label: string, { severity, text }: StatusLine, paint: Paint): string[] {
  const head = `${' '.repeat(INDENT)}${mark(severity, paint)} ${label.padEnd(LABEL - INDENT - 5)}`;
  return labelled(head, LABEL, printable(text), paint);
}

function fact(label: string, text: string, paint: Paint): string[] {
  return labelled(`${' '.repeat(INDENT)}${label.padEnd(LABEL - INDENT)}`, LABEL, text, paint);
}

function secondText({ point }: FeedStatus): string {
  const { eventsPerSecond, rowsPerSecond, lagP50Ms, lagP99Ms } = point;
  const lag =
    lagP50Ms === null || lagP99Ms === null
      ? ''
      : `, ${durationText(lagP50Ms)} after the end of their window (99 % within ${durationText(lagP99Ms)})`;
  return `${countText(eventsPerSecond)} events, ${countText(rowsPerSecond)} rows acknowledged${lag}`;
}

function deliveredText(
  { name, deliveredRows, unverifiedRows }: FeedStatus['targets'][number],
  targets: number,
): string {
  const where = targets === 1 ? '' : ` by ${name}`;
  return unverifiedRows > 0
    ? `${countText(unverifiedRows)} sent unverified${where}`
    : `${countText(sumOfRows(deliveredRows))} acknowledged${where}`;
}

function gapsText({ gaps }: FeedStatus): string {
  const counts = Object.entries(gaps.counts).map(([state, count]) => `${countText(count)} ${state}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}

function settledText(settledMs: number, nowMs: number): string {
  return `${instantText(settledMs)} UTC, ${durationText(nowMs - settledMs)} ago`;
}

function backfillText({ market, table, units, rows, rowsPerSecond, remainingMs }: BackfillStatus): string {
  const left = remainingMs === null ? '' : `, ${durationText(remainingMs)} left`;
  const failed = units.failed > 0 ? `, ${countText(units.failed)} failed` : '';
  return `${market} ${table}: ${countText(units.finished)} of ${manyText(units.total, 'unit')}${failed}, ${manyText(rows, 'row')}, ${countText(rowsPerSecond)} rows/s${left}`;
}
