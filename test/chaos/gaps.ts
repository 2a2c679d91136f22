/** An interval of event time in which the daemon could not listen, as it says itself. */
export interface Gap {
  readonly id: string | number;
  readonly channels: readonly string[];
  readonly beginMs: number;
  /** Absent while it lasts. */
  readonly endMs?: number;
  readonly cause: string;
  readonly state: string;
  readonly reason?: string;
}

/** States in which nothing more is to be expected of a gap for now. */
const SETTLED = ['filled', 'verified', 'deferred', 'unfillable'];
/** States in which bars of the gap may be missing. */
const EXCUSING = ['deferred', 'unfillable'];

export function isSettled({ state }: Gap): boolean {
  return SETTLED.includes(state);
}

export function excuses({ state }: Gap): boolean {
  return EXCUSING.includes(state);
}

/** Whether a window is in a gap of its channel, at least in part. */
export function covers(gap: Gap, channel: string, startMs: number, lengthMs: number): boolean {
  const { channels, beginMs, endMs = Number.POSITIVE_INFINITY } = gap;
  return channels.includes(channel) && startMs < endMs && startMs + lengthMs > beginMs;
}
