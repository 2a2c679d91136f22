import type { PublisherState } from '../../kdb/publisher/state.ts';
import { isReady } from '../../kdb/publisher/state.ts';
import type { SessionState } from '../../massive/session-state.ts';
import type { StatusLine } from '../../ops/status/report.ts';
import type { Protection } from '../../realtime/protection.ts';
import { bytesText, durationText, manyText, sinceText } from '../format/quantities.ts';

/** What mends itself usually has by then. */
const PATIENCE_MS = 60_000;
/** Without a frame for so long while the market is open, somebody may want to look. */
const QUIET_MS = 60_000;
const NEARLY_FULL = 0.9;

/** How a part of a feed is, in a sentence, and why the feed is not ready by it. */
export interface Finding {
  readonly line: StatusLine;
  readonly notReady?: string;
}

export interface SessionFacts {
  /** `12,000 symbols of stocks` */
  readonly subject: string;
  readonly state: SessionState;
  /** Since when nothing is streamed; undefined while it is. */
  readonly awaySinceMs: number | undefined;
  /** Whether it was ever streamed. */
  readonly hasStreamed: boolean;
  readonly lastFrameMs: number | undefined;
  readonly marketOpen: boolean;
  readonly failedPairs: number;
  readonly nowMs: number;
}

const PHASES: Readonly<Partial<Record<SessionState['name'], string>>> = {
  idle: 'the session has not begun',
  connecting: 'connecting to Massive',
  'awaiting-welcome': 'connected, and waiting for Massive to answer',
  authenticating: 'signing in to Massive',
  subscribing: 'subscribing at Massive',
  stopping: 'the daemon is stopping',
  stopped: 'the daemon has stopped',
  failed: 'Massive has refused the feed for good',
};

/** How the stream of a feed is. */
export function sessionFinding(facts: SessionFacts): Finding {
  const { subject, state, marketOpen, nowMs } = facts;
  if (state.name === 'streaming') return { line: streamingLine(facts) };
  const awayMs = nowMs - (facts.awaySinceMs ?? nowMs);
  const since = facts.hasStreamed ? `since ${sinceText(facts.awaySinceMs ?? nowMs, nowMs)}` : 'yet';
  const text = `Not streaming ${subject} ${since}: ${causeText(state, nowMs)}`;
  const isAlarm =
    state.name === 'failed' ||
    state.name === 'suspended' ||
    (state.name === 'backing-off' && NEEDS_SOMEBODY.includes(state.error.ending.kind));
  const severity = isAlarm || (marketOpen && awayMs > PATIENCE_MS) ? 'bad' : 'warning';
  const line = { severity, text } as const;
  if (!marketOpen && !isAlarm) return { line: { ...line, text: `${text}; the market is closed` } };
  return { line, notReady: `${text}${marketOpen ? ', while the market is open' : ''}` };
}

/** Endings that no further attempt mends. */
const NEEDS_SOMEBODY: readonly string[] = [
  'key-refused',
  'not-entitled',
  'evicted',
  'subscriptions-refused',
  'subscriptions-unanswered',
];

function streamingLine(facts: SessionFacts): StatusLine {
  const { subject, state, lastFrameMs, marketOpen, failedPairs, nowMs } = facts;
  const quietMs = nowMs - Math.max(lastFrameMs ?? 0, state.sinceMs);
  const isQuiet = marketOpen && quietMs > QUIET_MS;
  const last =
    lastFrameMs === undefined || lastFrameMs < state.sinceMs
      ? 'no bar yet'
      : `last bar ${durationText(nowMs - lastFrameMs)} ago`;
  const parts = [
    `Streaming ${subject} since ${sinceText(state.sinceMs, nowMs)}, ${last}`,
    ...(marketOpen ? [] : ['the market is closed']),
    ...(failedPairs > 0 ? [`Massive does not send ${manyText(failedPairs, 'subscription')}`] : []),
  ];
  return { severity: isQuiet || failedPairs > 0 ? 'warning' : 'good', text: parts.join('; ') };
}

function causeText(state: SessionState, nowMs: number): string {
  switch (state.name) {
    case 'backing-off':
      return `${state.error.details.what}; the next attempt is in ${durationText(state.retryMs - nowMs)}`;
    case 'suspended':
      return `closed on purpose, because neither the disk nor a tickerplant takes rows (${state.reason})`;
    default:
      return PHASES[state.name] ?? state.name;
  }
}

export interface TargetFacts {
  readonly name: string;
  readonly address: string;
  readonly state: PublisherState;
  /** `async-unverified` confirms nothing. */
  readonly isVerified: boolean;
  readonly awaySinceMs: number | undefined;
  /** Whether rows have ever reached it. */
  readonly hasPublished: boolean;
  readonly waitingRows: number;
  /** Rows have waited for some seconds, though it answers. */
  readonly isBehind: boolean;
  readonly lagP50Ms: number | null;
  readonly calendarDifference: string | undefined;
  /** Whether what waits is on disk. */
  readonly isProtected: boolean;
  readonly nowMs: number;
}

/** How a tickerplant is. */
export function targetFinding(facts: TargetFacts): Finding {
  const { state, calendarDifference } = facts;
  const who = `The tickerplant ${whoText(facts)}`;
  switch (state.name) {
    case 'publishing': {
      const text = `${who} ${publishingText(facts)}`;
      if (calendarDifference)
        return { line: { severity: 'warning', text: `${text}; ${calendarDifference}` } };
      return { line: { severity: facts.isBehind ? 'warning' : 'good', text } };
    }
    case 'unlogged': {
      const text = `${who} writes no log: what it acknowledges does not survive it`;
      if (isReady(state)) return { line: { severity: 'warning', text } };
      return { line: { severity: 'bad', text }, notReady: text };
    }
    case 'holding': {
      const text = `${who} is sent nothing (${HOLD_TEXT[state.reason]}): ${state.detail}; ${waitingText(facts)}`;
      if (state.reason === 'date-ended') return { line: { severity: 'warning', text } };
      return { line: { severity: 'bad', text }, notReady: text };
    }
    case 'backing-off':
    case 'connecting':
    case 'checking':
    case 'idle': {
      const away = facts.hasPublished
        ? `is away since ${sinceText(facts.awaySinceMs ?? facts.nowMs, facts.nowMs)}`
        : 'is not there yet';
      const cause = state.name === 'backing-off' ? `: ${state.error.details.what}` : '';
      const text = `${who} ${away}${cause}; ${waitingText(facts)}`;
      const awayMs = facts.nowMs - (facts.awaySinceMs ?? facts.nowMs);
      return { line: { severity: awayMs > PATIENCE_MS ? 'bad' : 'warning', text }, notReady: text };
    }
    case 'failed': {
      const text = `${who} has refused the feed for good: ${state.error.details.what}`;
      return { line: { severity: 'bad', text }, notReady: text };
    }
    case 'stopped':
      return { line: { severity: 'warning', text: `${who} is disconnected: the daemon is stopping` } };
  }
}

/** `main (:5010)`; one without a name of its own is called by its address. */
function whoText({ name, address }: TargetFacts): string {
  const short = address.replace(/^(127\.0\.0\.1|localhost):/, ':');
  return name === address ? short : `${name} (${short})`;
}

const HOLD_TEXT = {
  schema: 'its tables are not what is published',
  breaker: 'it refuses one batch after the other',
  'tickerplant-error': 'it signals an error',
  'date-ended': 'it has gone on to the next date',
} as const;

function publishingText({ isVerified, isBehind, waitingRows, lagP50Ms }: TargetFacts): string {
  if (!isVerified) return 'is sent every row and confirms none (async-unverified)';
  if (isBehind) return `catches up: ${manyText(waitingRows, 'row')} wait`;
  if (lagP50Ms === null) return 'is connected and takes every row';
  return `acknowledges every row, half of them within ${durationText(lagP50Ms)} of the end of their window`;
}

function waitingText({ waitingRows, isProtected }: TargetFacts): string {
  if (waitingRows === 0) return 'no row waits for it';
  const rows = manyText(waitingRows, 'row');
  const wait = waitingRows === 1 ? 'waits' : 'wait';
  return isProtected ? `${rows} ${wait} on disk; nothing is lost` : `${rows} ${wait} in memory only`;
}

export interface SpoolFacts {
  readonly protection: Protection;
  readonly isSynced: boolean;
  readonly usedBytes: number;
  readonly maxBytes: number;
  readonly waitingRows: number;
  readonly lateBytes: number;
  readonly nowMs: number;
}

/** What becomes of the rows of a feed if its process dies. */
export function spoolFinding(facts: SpoolFacts): Finding {
  const { protection, usedBytes, maxBytes, waitingRows, lateBytes, nowMs } = facts;
  if (protection.name !== 'protected') {
    const { name, detail, sinceMs } = protection;
    const text =
      name === 'suspended'
        ? `Neither the disk nor a tickerplant takes rows since ${sinceText(sinceMs, nowMs)}, so nothing is streamed: ${detail}`
        : `The disk does not take rows since ${sinceText(sinceMs, nowMs)}, so they go out from memory and would be lost with this process: ${detail}`;
    return { line: { severity: 'bad', text }, notReady: text };
  }
  const parts = [
    `Every row is on disk before it is sent${facts.isSynced ? '' : ', and synced a little later'}`,
    `${bytesText(usedBytes)} of ${bytesText(maxBytes)} are used`,
    ...(lateBytes > 0 ? [`${bytesText(lateBytes)} of ended dates wait for the loader`] : []),
  ];
  const isFilling = waitingRows > 0 && usedBytes > maxBytes * NEARLY_FULL;
  return {
    line: {
      severity: isFilling ? 'warning' : 'good',
      text: isFilling ? `The spool fills up: ${parts.join('; ')}` : parts.join('; '),
    },
  };
}
