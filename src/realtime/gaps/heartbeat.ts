import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { StateFiles } from './state-files.ts';

const VERSION = 1;

/** What a process leaves behind for the next one. Instants are event time, ms since 1970. */
export interface Beat {
  /** Whether it listened to the stream. */
  readonly listening: boolean;
  /** When it listened last; while it does not, up to when what it misses is in the gap book. */
  readonly atMs: number;
  /** Since when it had listened. */
  readonly sinceMs: number;
  /** End of the latest window that is on disk. */
  readonly windowEndMs: number | undefined;
  /** Whether everything that it received is on disk. */
  readonly durable: boolean;
  /** It has stopped, and everything that it received is delivered or on disk. */
  readonly stopped: boolean;
}

/**
 * The heartbeat of a feed: a small file that is replaced at each drain, so that a process knows until when the one
 * before it has listened, even one that was killed.
 */
export class Heartbeat {
  readonly #path: string;
  readonly #files: StateFiles;
  readonly #logger: Logger;
  #writing: Promise<void> | undefined;
  #failing = false;

  constructor(path: string, files: StateFiles, logger: Logger) {
    this.#path = path;
    this.#files = files;
    this.#logger = logger;
  }

  /**
   * The last beat of the process before; undefined where there was none. Of a damaged one the time at which it was
   * written is left, and nothing else is known.
   */
  last(): Beat | undefined {
    try {
      const text = this.#files.read(this.#path);
      if (text === undefined) return undefined;
      const beat = parsed(text);
      if (beat) return beat;
      const atMs = this.#files.modifiedMs(this.#path);
      this.#logger.warn(
        `the heartbeat ${this.#path} is damaged: the time at which it was written counts as the last one`,
      );
      return { listening: true, atMs, sinceMs: atMs, windowEndMs: undefined, durable: true, stopped: false };
    } catch (error) {
      this.#logger.error(
        `the heartbeat ${this.#path} cannot be read: ${messageOf(error)}. What was missed since the last run is not known`,
      );
      return undefined;
    }
  }

  /** Does not wait for the disk, and leaves a beat out while the one before is being written. */
  beat(beat: Beat): void {
    this.#writing ??= this.#write(beat);
  }

  /** The last beat of this process. */
  async stop(beat: Beat): Promise<void> {
    await this.#writing;
    try {
      this.#files.replace(this.#path, textOf(beat));
    } catch (error) {
      this.#failed(error);
    }
  }

  async #write(beat: Beat): Promise<void> {
    try {
      await this.#files.replaceSoon(this.#path, textOf(beat));
      this.#failing = false;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing) {
      this.#logger.error(
        `the heartbeat ${this.#path} cannot be written: ${messageOf(error)}. After a crash a longer gap than needed will be opened`,
      );
    }
    this.#failing = true;
  }
}

function textOf(beat: Beat): string {
  return `${JSON.stringify({ version: VERSION, ...beat })}\n`;
}

function parsed(text: string): Beat | undefined {
  try {
    const { version, ...beat } = JSON.parse(text) as Partial<Beat> & { readonly version?: number };
    const { listening, atMs, sinceMs, windowEndMs, durable, stopped } = beat;
    const isWhole =
      version === VERSION &&
      typeof listening === 'boolean' &&
      typeof durable === 'boolean' &&
      typeof stopped === 'boolean' &&
      Number.isFinite(atMs) &&
      Number.isFinite(sinceMs);
    if (!isWhole) return undefined;
    return { listening, atMs: atMs!, sinceMs: sinceMs!, windowEndMs, durable, stopped };
  } catch {
    return undefined;
  }
}
