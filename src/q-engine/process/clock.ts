import type { ZoneOffset } from './zone.ts';

const UNIX_TO_Q_EPOCH_MS = 946_684_800_000;
/** Beyond this distance the system's clock was set, and the running count starts anew from it. */
const LARGEST_DRIFT_MS = 20;

/** The time of day with nanoseconds, and local time by the zone in force. */
export class ProcessClock {
  readonly #zone: ZoneOffset;
  #anchorMs = 0;
  #anchorNs = 0n;
  /** \o: minutes from UTC, undefined where the zone of the process counts. */
  offsetMinutes: number | undefined;

  constructor(zone: ZoneOffset) {
    this.#zone = zone;
    this.#anchor();
  }

  /** UTC now, in nanoseconds since 2000-01-01. */
  nowNs(): bigint {
    let elapsedNs = process.hrtime.bigint() - this.#anchorNs;
    if (Math.abs(this.#anchorMs + Number(elapsedNs) / 1e6 - Date.now()) > LARGEST_DRIFT_MS) {
      this.#anchor();
      elapsedNs = 0n;
    }
    return BigInt(this.#anchorMs - UNIX_TO_Q_EPOCH_MS) * 1_000_000n + elapsedNs;
  }

  /** What to add to a UTC time to get the local one. */
  localOffsetNs(utcNs: bigint): bigint {
    if (this.offsetMinutes !== undefined) return BigInt(this.offsetMinutes) * 60_000_000_000n;
    const unixMs = Number(utcNs / 1_000_000n) + UNIX_TO_Q_EPOCH_MS;
    return BigInt(this.#zone(unixMs)) * 1_000_000_000n;
  }

  #anchor(): void {
    this.#anchorMs = Date.now();
    this.#anchorNs = process.hrtime.bigint();
  }
}

/** Minutes of what -o and \o are given: hours, or minutes beyond 23. */
export function offsetMinutes(given: number): number {
  return Math.abs(given) > 23 ? given : given * 60;
}
