const SECONDS_OF_MINUTE = 60;
const MINUTE_MS = 60_000;

/** Requests of the last minute that are not kept apart by the second are at most so many. */
const MOST_BY_MINUTE = 120;

/** Requests do not travel equally fast: those that leave a minute apart may arrive within one. */
const ARRIVAL_MARGIN_MS = 500;

const DAYS_KEPT = 60;

/** So many requests in every stretch of time of this length, and no more. */
export interface RateLimit {
  readonly requests: number;
  readonly windowMs: number;
}

export interface DayUsage {
  readonly requests: number;
  /** Of answers, as they came over the network. */
  readonly bytes: number;
}

/** What all processes of a machine that use one key have asked for. */
export interface Usage {
  /** When the latest requests were made, ms since 1970, ascending; as many as the limit needs. */
  readonly timesMs: readonly number[];
  /** No request before this, ms since 1970: Massive has asked for patience. */
  readonly pausedUntilMs: number;
  /** By ISO date, UTC. */
  readonly days: Readonly<Record<string, DayUsage>>;
}

export const NO_USAGE: Usage = { timesMs: [], pausedUntilMs: 0, days: {} };

/** The limit that keeps to a number of requests in a minute; many are spread over its seconds. */
export function limitOf(requestsPerMinute: number): RateLimit {
  if (requestsPerMinute <= MOST_BY_MINUTE)
    return { requests: requestsPerMinute, windowMs: MINUTE_MS + ARRIVAL_MARGIN_MS };
  return { requests: Math.floor(requestsPerMinute / SECONDS_OF_MINUTE), windowMs: 1000 };
}

/** Undefined where the text is damaged. */
export function parseUsage(text: string): Usage | undefined {
  try {
    const { timesMs, pausedUntilMs, days } = JSON.parse(text) as Partial<Usage>;
    if (!Array.isArray(timesMs) || typeof pausedUntilMs !== 'number' || typeof days !== 'object')
      return undefined;
    return { timesMs, pausedUntilMs, days };
  } catch {
    return undefined;
  }
}

/** How long a request has to wait; 0: it may be made now. */
export function waitOf(usage: Usage, { requests, windowMs }: RateLimit, nowMs: number): number {
  const recent = recentTimes(usage, windowMs, nowMs);
  const pauseMs = Math.max(0, usage.pausedUntilMs - nowMs);
  if (recent.length < requests) return pauseMs;
  return Math.max(pauseMs, recent[recent.length - requests]! + windowMs - nowMs);
}

export function withRequest(usage: Usage, { windowMs }: RateLimit, nowMs: number): Usage {
  return {
    ...usage,
    timesMs: [...recentTimes(usage, windowMs, nowMs), nowMs],
    days: withDay(usage.days, nowMs, { requests: 1, bytes: 0 }),
  };
}

export function withBytes(usage: Usage, bytes: number, nowMs: number): Usage {
  return { ...usage, days: withDay(usage.days, nowMs, { requests: 0, bytes }) };
}

export function withPause(usage: Usage, untilMs: number): Usage {
  return { ...usage, pausedUntilMs: Math.max(usage.pausedUntilMs, untilMs) };
}

/** What was asked for on the day of an instant, UTC. */
export function dayOf(usage: Usage, nowMs: number): DayUsage {
  return usage.days[isoDate(nowMs)] ?? { requests: 0, bytes: 0 };
}

export function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Where the clock was set back since, times that have not come yet count as now. */
function recentTimes({ timesMs }: Usage, windowMs: number, nowMs: number): number[] {
  return timesMs.map(ms => Math.min(ms, nowMs)).filter(ms => nowMs - ms < windowMs);
}

function withDay(days: Usage['days'], nowMs: number, more: DayUsage): Usage['days'] {
  const today = isoDate(nowMs);
  const { requests, bytes } = days[today] ?? { requests: 0, bytes: 0 };
  const all = { ...days, [today]: { requests: requests + more.requests, bytes: bytes + more.bytes } };
  const kept = Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(kept.slice(-DAYS_KEPT));
}
