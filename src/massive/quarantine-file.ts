import { isUtf8 } from 'node:buffer';
import { appendFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../base/counters.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { QuarantineLog } from './quarantine-log.ts';
import type { QuarantineSink, RejectedEvent } from './scanner/quarantine-sink.ts';

/** Bytes of an event or frame that are kept; the record says how many there were. */
export const MAX_RAW_BYTES = 16 * 1024;

/** Bytes of records that may wait for the disk. */
export const MAX_WAITING_BYTES = 4 * 1024 * 1024;

const FILE_NAME = /^events-.*\.ndjson$/;

export interface QuarantineOptions {
  readonly directory: string;
  /** A file that would grow beyond this is followed by the next. */
  readonly maxFileBytes: number;
  /** Files to keep, older runs' included; the oldest is removed. */
  readonly maxFiles: number;
}

/** The file operations that are needed, so that tests can make them slow or fail. */
export interface QuarantineFiles {
  makeDirectory(path: string): Promise<void>;
  append(path: string, bytes: Uint8Array): Promise<void>;
  list(directory: string): Promise<string[]>;
  remove(path: string): Promise<void>;
}

export const systemQuarantineFiles: QuarantineFiles = {
  makeDirectory: async path => void (await mkdir(path, { recursive: true })),
  append: (path, bytes) => appendFile(path, bytes, { mode: 0o640 }),
  list: directory => readdir(directory),
  remove: path => rm(path, { force: true }),
};

/**
 * Keeps what the scanner rejects in `events-TIME-NUMBER.ndjson`, one JSON object a line: time, market, reason, detail,
 * channel, rawBytes, and raw as text or, where it is not UTF-8, rawBase64. Nobody waits for the disk: records that find
 * it slow or failing are counted and logged, and the stream goes on.
 */
export class QuarantineFile implements QuarantineSink {
  readonly #options: QuarantineOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #counters: Counters;
  readonly #files: QuarantineFiles;
  readonly #log: QuarantineLog;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #file: string | undefined;
  #fileBytes = 0;
  #fileNumber = 0;
  /** Records lost since the disk was last well; undefined while it is. */
  #losing: number | undefined;

  constructor(
    options: QuarantineOptions,
    parts: { readonly clock: Clock; readonly logger: Logger; readonly counters: Counters },
    files: QuarantineFiles = systemQuarantineFiles,
  ) {
    this.#options = options;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#counters = parts.counters;
    this.#files = files;
    this.#log = new QuarantineLog(parts.clock, parts.logger);
  }

  /** Counts the event and queues its record. Never throws, never waits. */
  put(rejected: RejectedEvent): void {
    const { market, reason } = rejected;
    this.#counters.counter('quarantined_events', { market, reason }).add();
    this.#log.note(rejected);
    const line = lineOf(rejected, this.#clock.wallMs());
    if (this.#waitingBytes + line.length > MAX_WAITING_BYTES) {
      this.#lose(1, 'the disk is too slow');
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#writing ??= this.#writeWaiting();
  }

  /** Resolves when what waits is written or lost. */
  async close(): Promise<void> {
    await this.#writing;
    this.#log.close();
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#nextLines();
      try {
        await this.#append(Buffer.concat(lines));
        this.#tellRecovered();
      } catch (error) {
        this.#file = undefined;
        this.#lose(lines.length, messageOf(error));
      }
    }
    this.#writing = undefined;
  }

  /** As many of the records that wait as fit into one file, at least one. */
  #nextLines(): Buffer[] {
    let count = 0;
    let byteCount = 0;
    while (count < this.#waiting.length) {
      byteCount += this.#waiting[count]!.length;
      if (count > 0 && byteCount > this.#options.maxFileBytes) break;
      count++;
    }
    const lines = this.#waiting.splice(0, count);
    for (const line of lines) this.#waitingBytes -= line.length;
    return lines;
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined || this.#fileBytes + bytes.length > this.#options.maxFileBytes) {
      this.#file = await this.#beginFile();
      this.#fileBytes = 0;
    }
    await this.#files.append(this.#file, bytes);
    this.#fileBytes += bytes.length;
  }

  /** Makes room for one more file and returns its path. A run never continues a file, whose last line may be torn. */
  async #beginFile(): Promise<string> {
    const { directory, maxFiles } = this.#options;
    await this.#files.makeDirectory(directory);
    const kept = (await this.#files.list(directory)).filter(name => FILE_NAME.test(name)).sort();
    for (const name of kept.slice(0, Math.max(0, kept.length - maxFiles + 1))) {
      await this.#files.remove(join(directory, name));
    }
    const time = new Date(this.#clock.wallMs()).toISOString().replace(/[-:.]/g, '');
    const number = String(++this.#fileNumber).padStart(4, '0');
    return join(directory, `events-${time}-${number}.ndjson`);
  }

  #lose(count: number, why: string): void {
    this.#counters.counter('quarantine_records_lost').add(count);
    if (this.#losing === undefined) {
      this.#logger.error(
        `quarantined events cannot be kept in ${this.#options.directory}: ${why}; they are only counted until it can be written`,
      );
    }
    this.#losing = (this.#losing ?? 0) + count;
  }

  #tellRecovered(): void {
    if (this.#losing === undefined) return;
    this.#logger.info(`quarantined events are kept in ${this.#options.directory} again`, {
      lostRecords: this.#losing,
    });
    this.#losing = undefined;
  }
}

/** The record of an event, its line end included. */
function lineOf({ market, reason, detail, channel, raw }: RejectedEvent, wallMs: number): Buffer {
  const kept = Buffer.from(raw.subarray(0, MAX_RAW_BYTES));
  const record = {
    time: new Date(wallMs).toISOString(),
    market,
    reason,
    detail,
    channel,
    rawBytes: raw.length,
    truncated: raw.length > kept.length || undefined,
    ...(isUtf8(raw) ? { raw: kept.toString('utf8') } : { rawBase64: kept.toString('base64') }),
  };
  return Buffer.from(`${JSON.stringify(record)}\n`);
}
