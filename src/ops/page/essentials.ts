import type { DaemonStatus, FeedStatus, StatusLine } from '../status/report.ts';
import { bytes, clock, count, counted, delay, interval, short, zoneOf } from './browser/formats.js';
import { causeText, type GapView, gapNote, gapSeverity, mayFill, mayForget } from './browser/gap-words.js';
import { sign } from './document.ts';
import { type Html, html } from './html.ts';

export type { GapView } from './browser/gap-words.js';

/** Gaps that a page without scripts lists; the others are on the command line. */
const MOST_GAPS = 50;

/** One feed: its states as sentences, its numbers, its gaps. */
export function feedEssentials(
  feed: FeedStatus,
  gaps: readonly GapView[],
  { nowMs, quota }: DaemonStatus,
): Html {
  const { name, channels, lines, reasons } = feed;
  const title = `feed-${name}`;
  return html`<section class="feed" aria-labelledby="${title}">
<h2 id="${title}">${name} <span class="quiet">${channels.join(', ')}</span></h2>
<div class="states">
${stateCard('Session', lines.session)}
${stateCard('Tickerplant', lines.tickerplant)}
${stateCard('Spool', lines.spool)}
</div>
${reasons.length > 0 && html`<ul class="reasons">${reasons.map(reason => html`<li>${reason}</li>`)}</ul>`}
<dl class="figures">
${numbersOf(feed, quota).map(([meaning, figure]) => html`<div><dt>${meaning}</dt><dd>${figure}</dd></div>`)}
</dl>
<h3>Gaps</h3>
${gaps.length === 0 ? html`<p class="quiet">There are no gaps.</p>` : gapTable(feed, gaps, nowMs)}
</section>`;
}

function stateCard(name: string, { severity, text }: StatusLine): Html {
  return html`<div class="state ${severity}"><h3>${name}</h3><p>${sign(severity)}<span>${text}</span></p></div>`;
}

function numbersOf(feed: FeedStatus, quota: DaemonStatus['quota']): [string, string][] {
  const { point, session, spool, targets } = feed;
  const slowest = Math.max(...targets.map(({ lagMs }) => lagMs.p99 ?? 0), 0);
  return [
    ['events a second', short(point.eventsPerSecond)],
    ['rows a second', short(point.rowsPerSecond)],
    ['lag p99 since the start', targets.some(({ lagMs }) => lagMs.p99 !== null) ? delay(slowest) : '–'],
    ['events received', short(feed.receivedEvents)],
    ['rows waiting in the spool', count(spool.waitingRows)],
    ['spool', `${bytes(spool.usedBytes)} of ${bytes(spool.maxBytes)}`],
    ['gaps not yet filled', count(feed.gaps.missing)],
    ['reconnects', count(session.reconnects)],
    [
      'quarantined',
      `${counted(feed.quarantine.events, 'event')}, ${counted(feed.quarantine.batches, 'batch', 'batches')}`,
    ],
    ['rows lost', count(feed.lostRows)],
    ['memory', bytes(point.residentBytes)],
    ['last drain', clock(feed.lastDrainMs, zoneOf(feed.market))],
    ...(quota
      ? ([
          ['REST requests in a minute', `${count(quota.lastMinute)} of ${count(quota.requestsPerMinute)}`],
        ] as [string, string][])
      : []),
  ];
}

function gapTable({ name, market }: FeedStatus, gaps: readonly GapView[], nowMs: number): Html {
  const newest = [...gaps].sort((one, other) => other.beginMs - one.beginMs);
  const zone = zoneOf(market);
  return html`<div class="scroll"><table class="gaps">
<thead><tr><th scope="col">Gap</th><th scope="col">State</th><th scope="col">Interval, ${zone}</th><th scope="col">Cause</th><th scope="col" class="number">Rows</th><th scope="col">Note</th><th scope="col">Actions</th></tr></thead>
<tbody>${newest.slice(0, MOST_GAPS).map(gap => gapRow(name, gap, zone, nowMs))}</tbody>
</table></div>
${newest.length > MOST_GAPS && html`<p class="quiet">${count(newest.length - MOST_GAPS)} older ones: <code>massive-kdb gaps list</code>.</p>`}`;
}

function gapRow(feedName: string, gap: GapView, zone: string, nowMs: number): Html {
  const { id, state, cause, rows, beginMs, endMs } = gap;
  const severity = gapSeverity(state.name, state.reason);
  const path = `/api/feeds/${encodeURIComponent(feedName)}/gaps/${encodeURIComponent(id)}`;
  return html`<tr>
<th scope="row">${id}</th>
<td><span class="badge ${severity}">${sign(severity)}${state.name}</span></td>
<td class="interval">${interval(beginMs, endMs, zone)}</td>
<td>${causeText(cause)}</td>
<td class="number" data-unit="rows">${count(rows)}</td>
<td class="note-cell">${gapNote(gap, nowMs)}</td>
<td class="actions">
${mayFill(gap) && html`<form method="post" action="${path}/fill"><button type="submit" name="from" value="page">Fill<span class="heard"> ${id}</span></button></form>`}
${mayForget(gap) && html`<form method="post" action="${path}/forget"><input name="reason" required maxlength="500" placeholder="Reason" aria-label="Why ${id} is given up"><button type="submit">Forget<span class="heard"> ${id}</span></button></form>`}
</td>
</tr>`;
}
