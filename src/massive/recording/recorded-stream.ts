import { systemClock } from '../../base/clock.ts';
import { memoryCounters } from '../../base/counters.ts';
import { silentLogger } from '../../base/logger.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { channelFieldsOf, FieldKind } from '../scanner/event-fields.ts';
import { FrameScanner } from '../scanner/frame-scanner.ts';
import type { RejectReason } from '../scanner/quarantine-sink.ts';
import { ReceiveClock } from '../scanner/receive-clock.ts';
import { statusOf } from '../status.ts';

import { ObjectProfile, type Seen, see } from './profile.ts';
import type { StreamLine } from './recording.ts';

/** What a recorded connection shows. */
export interface StreamProfile {
  frames: number;
  /** By `ev`; what has none is in ''. */
  readonly events: Map<string, ObjectProfile>;
  /** Statuses as `status: message`, with pairs put as `*`. */
  readonly statuses: Map<string, Seen>;
  /** Statuses that have no meaning for the session. */
  readonly meaningless: Map<string, Seen>;
  readonly rejected: Map<RejectReason, Seen>;
  /** From the end of a window to the receipt of its event, ms, ascending. */
  readonly delaysMs: number[];
  /** Events of a window that a later one of the same symbol and channel had already followed. */
  late: number;
}

interface AnyEvent {
  readonly [name: string]: unknown;
}

/** Reads what was received, as JSON and with the scanner. */
export function streamProfile(lines: readonly StreamLine[], market: Market): StreamProfile {
  const profile: StreamProfile = {
    frames: 0,
    events: new Map(),
    statuses: new Map(),
    meaningless: new Map(),
    rejected: new Map(),
    delaysMs: [],
    late: 0,
  };
  const newest = new Map<string, number>();
  const scanner = rejectingScanner(market, profile.rejected);
  for (const line of lines) {
    if (!('receivedMs' in line)) continue;
    profile.frames++;
    const bytes = 'frame' in line ? Buffer.from(line.frame) : Buffer.from(line.base64, 'base64');
    scanner.scan(bytes);
    // Nothing is to be kept of the rows.
    scanner.recycle(scanner.drain());
    for (const event of eventsIn(bytes)) {
      if (event['ev'] === 'status') addStatus(profile, event);
      else addEvent(profile, event, market, line.receivedMs, newest);
    }
  }
  profile.delaysMs.sort((one, other) => one - other);
  return profile;
}

function addEvent(
  profile: StreamProfile,
  event: AnyEvent,
  market: Market,
  receivedMs: number,
  newest: Map<string, number>,
): void {
  const name = typeof event['ev'] === 'string' ? event['ev'] : '';
  let fields = profile.events.get(name);
  if (!fields) {
    fields = new ObjectProfile();
    profile.events.set(name, fields);
  }
  fields.add(event);
  const channel = channelFieldsOf(market).find(({ channel }) => channel === name);
  const [start, end] = [event['s'], event['e']];
  if (!channel || typeof start !== 'number' || typeof end !== 'number') return;
  const key = `${name} ${String(event[channel.tickerField])}`;
  const before = newest.get(key) ?? 0;
  // A bar that is sent again says nothing about how long bars take.
  if (start < before) profile.late++;
  else if (start > before) profile.delaysMs.push(receivedMs - end);
  newest.set(key, Math.max(start, before));
}

function addStatus(profile: StreamProfile, event: AnyEvent): void {
  const status = { status: String(event['status']), message: String(event['message'] ?? '') };
  const text = `${status.status}: ${status.message.replace(/(subscribed to:\s*).*/i, '$1*')}`;
  see(profile.statuses, text, event);
  if (statusOf(status).kind === 'unknown') see(profile.meaningless, text, event);
}

/** The fields of a channel that the scanner reads. */
export function scannedFields(
  market: Market,
  name: string,
): ReadonlyMap<string, 'needed' | 'optional'> | undefined {
  const channel = channelFieldsOf(market).find(({ channel }) => channel === name);
  return (
    channel &&
    new Map(
      channel.fields.map(({ key, kind }) => [
        key,
        kind === FieldKind.TICKER || kind === FieldKind.START ? 'needed' : 'optional',
      ]),
    )
  );
}

function rejectingScanner(market: Market, rejected: Map<RejectReason, Seen>): FrameScanner {
  return new FrameScanner({
    market,
    calendar: new SessionCalendar(market),
    receiveClock: new ReceiveClock(systemClock),
    quarantine: { put: ({ reason, raw }) => see(rejected, reason, Buffer.from(raw).toString('utf8')) },
    logger: silentLogger,
    counters: memoryCounters(),
  });
}

function eventsIn(bytes: Uint8Array): AnyEvent[] {
  try {
    const events: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Array.isArray(events) ? events.filter(event => typeof event === 'object' && event !== null) : [];
  } catch {
    // The scanner says so.
    return [];
  }
}
