import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { printable } from '../base/printable.ts';
import type { RejectedEvent } from './scanner/quarantine-sink.ts';

const REPEAT_MS = 60_000;

interface Repeated {
  readonly market: string;
  readonly reason: string;
  loggedMs: number;
  since: number;
}

/** Says in the log what is quarantined: the first event of a market and reason, then how many came, once a minute. */
export class QuarantineLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #repeated = new Map<string, Repeated>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  note({ market, reason, detail, channel }: RejectedEvent): void {
    const nowMs = this.#clock.monotonicMs();
    const key = `${market} ${reason}`;
    const repeated = this.#repeated.get(key);
    if (!repeated) {
      this.#repeated.set(key, { market, reason, loggedMs: nowMs, since: 0 });
      this.#logger.warn(`event quarantined: ${reason}`, {
        market,
        ...(channel === undefined ? {} : { channel: printable(channel) }),
        ...(detail === undefined ? {} : { detail }),
      });
      return;
    }
    repeated.since++;
    if (nowMs - repeated.loggedMs < REPEAT_MS) return;
    repeated.loggedMs = nowMs;
    this.#tell(repeated);
  }

  /** Tells what has not been told yet. */
  close(): void {
    for (const repeated of this.#repeated.values()) this.#tell(repeated);
  }

  #tell(repeated: Repeated): void {
    if (repeated.since === 0) return;
    this.#logger.warn(`events quarantined: ${repeated.reason}`, {
      market: repeated.market,
      events: repeated.since,
    });
    repeated.since = 0;
  }
}
