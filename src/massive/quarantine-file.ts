import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { EndingError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { Logger } from '../base/logger.ts';
import { RotatingFile } from '../base/rotating-file.ts';
import type { QuarantineSink, RejectedEvent } from './scanner/quarantine-sink.ts';

/** The longest raw text that is kept whole; a frame of a megabyte says no more than its beginning. */
const MAX_RAW_BYTES = 16 * 1024;

export interface QuarantineOptions {
  readonly directory: string;
  readonly maxFileBytes: number;
  /** Kept, the one in use included; the oldest goes. */
  readonly maxFiles: number;
}

export interface QuarantineParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** The quarantine cannot be written at the start. Code `QUARANTINE`. */
export class QuarantineError extends EndingError {
  constructor(file: string, cause: unknown) {
    super('QUARANTINE', ExitCode.io, {
      what: `the quarantine ${file} cannot be written: ${messageOf(cause)}`,
      remedy:
        'Give this user the permission, or set quarantine.directory or the state.directory around it to another place.',
      cause,
    });
  }
}

/**
 * What was received and is not a bar, as lines of JSON in `<directory>/events.ndjson`: time, market, channel, file and
 * line where it came in a file, reason, detail, raw text as received, and the bytes that were cut off from it. Each is
 * counted by reason; a new reason is logged once, further ones are in the counters and the file. Writing is never waited
 * for: a slow or failing disk costs lines here, which are counted and logged, and nothing else.
 */
export class QuarantineFile implements QuarantineSink {
  readonly #path: string;
  readonly #parts: QuarantineParts;
  readonly #file: RotatingFile;
  readonly #seen = new Set<string>();

  /** @throws QuarantineError when the directory or the file cannot be made */
  constructor({ directory, maxFileBytes, maxFiles }: QuarantineOptions, parts: QuarantineParts) {
    this.#path = join(directory, 'events.ndjson');
    this.#parts = parts;
    try {
      this.#file = new RotatingFile({ file: this.#path, maxFileBytes, maxFiles }, this.#listener());
    } catch (error) {
      throw new QuarantineError(this.#path, error);
    }
  }

  put(rejected: RejectedEvent): void {
    const { market, reason, detail, channel, raw, origin } = rejected;
    const { clock, counters, logger } = this.#parts;
    counters.counter('events_quarantined', { market, reason }).add();
    const kept = raw.subarray(0, MAX_RAW_BYTES);
    const cutBytes = raw.length - kept.length;
    this.#file.write(
      `${JSON.stringify({
        time: new Date(clock.wallMs()).toISOString(),
        market,
        channel,
        ...origin,
        reason,
        detail,
        raw: Buffer.from(kept).toString('utf8'),
        ...(cutBytes > 0 ? { cutBytes } : {}),
      })}\n`,
    );
    const first = `${market} ${reason}`;
    if (this.#seen.has(first)) return;
    this.#seen.add(first);
    logger.warn(`quarantined an event (${reason}); it and further ones are in ${this.#path}`, {
      market,
      reason,
    });
  }

  /** Resolves when everything is written that can be. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #listener() {
    return {
      failed: (error: unknown) =>
        this.#parts.logger.error(
          `${new QuarantineError(this.#path, error).message} Events are only counted until then.`,
        ),
      recovered: (lostLines: number) => {
        this.#parts.counters.counter('quarantine_lines_lost').add(lostLines);
        this.#parts.logger.error(
          `${lostLines} quarantined events did not reach ${this.#path}; they were only counted`,
        );
      },
    };
  }
}
