import { join } from 'node:path';
import { Backoff } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import { delay } from '../../base/delay.ts';
import { seconds } from '../../base/durations.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import {
  FlatFileError,
  FlatFileSizeError,
  FlatStoreAnswerError,
  FlatStoreUnavailableError,
} from './errors.ts';
import { PartFile } from './part-file.ts';
import type { FileIdentity, FlatStore } from './store.ts';

export interface DownloadOptions {
  /** Files are put below it under their keys. */
  readonly directory: string;
  /** A larger file is refused before anything of it is fetched. */
  readonly maxFileBytes: number;
  /** Connections in a row that bring nothing, before it is given up. */
  readonly attempts: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

export const DOWNLOAD_DEFAULTS = {
  maxFileBytes: 4 * 1024 ** 3,
  attempts: 6,
  retryBaseMs: 1_000,
  retryCapMs: 60_000,
} as const satisfies Partial<DownloadOptions>;

export interface DownloadParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
}

/** A flat file on this machine, whole. */
export interface LocalFile {
  readonly path: string;
  readonly identity: FileIdentity;
}

/** How often a file may be replaced while it is fetched. */
const MOST_CHANGES = 5;

/** What one connection came to. */
type Transfer =
  | { readonly kind: 'whole' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'changed' }
  /** `length`: bytes that are there now. */
  | { readonly kind: 'cut'; readonly length: number; readonly cause: unknown };

/**
 * Brings flat files to this machine. What is there of a file is kept over cut connections and ends of the process, and
 * continued where the source still has the same version; what another version left is dropped.
 */
export class FlatDownloads {
  readonly #store: FlatStore;
  readonly #options: DownloadOptions;
  readonly #parts: DownloadParts;

  constructor(store: FlatStore, options: DownloadOptions, parts: DownloadParts) {
    this.#store = store;
    this.#options = options;
    this.#parts = parts;
  }

  /**
   * The file of a key, fetched unless it is here already; undefined where the store has none.
   *
   * @throws FlatFileError where it cannot be had; the signal's reason
   */
  async fetch(key: string, signal: AbortSignal): Promise<LocalFile | undefined> {
    const path = this.#pathOf(key);
    for (let changes = 0; changes <= MOST_CHANGES; changes++) {
      const identity = await this.#store.head(key, signal);
      if (!identity) return undefined;
      const localPath = this.#store.localPath(key);
      if (localPath !== undefined) return { path: localPath, identity };
      if (identity.sizeBytes > this.#options.maxFileBytes) {
        throw new FlatFileSizeError(key, identity.sizeBytes, this.#options.maxFileBytes);
      }
      const part = new PartFile(path);
      if (await part.isComplete(identity)) return { path, identity };
      try {
        const ended = await this.#fetchVersion(key, identity, part, signal);
        if (ended === 'missing') return undefined;
        if (ended === 'whole') return { path, identity };
      } finally {
        await part.close();
      }
      this.#parts.logger.warn(`${key} was replaced while it was fetched; it is fetched anew`);
    }
    throw new FlatStoreUnavailableError(`${key} was replaced ${MOST_CHANGES} times while it was fetched`);
  }

  /** Deletes what was fetched of a key: when it is stored, or turned out to be damaged. Never touches the store. */
  async remove(key: string): Promise<void> {
    if (this.#store.localPath(key) === undefined) await new PartFile(this.#pathOf(key)).remove();
  }

  async #fetchVersion(
    key: string,
    identity: FileIdentity,
    part: PartFile,
    signal: AbortSignal,
  ): Promise<'whole' | 'missing' | 'changed'> {
    const { attempts, retryBaseMs: baseMs, retryCapMs: capMs } = this.#options;
    const backoff = new Backoff({ baseMs, capMs }, this.#parts.random);
    let furthest = await part.open(identity);
    let inVain = 0;
    for (;;) {
      const transfer = await this.#transfer(key, identity, part, signal);
      if (transfer.kind !== 'cut') return transfer.kind;
      if (transfer.length > furthest) {
        furthest = transfer.length;
        backoff.reset();
        inVain = 0;
      } else if (++inVain >= attempts) {
        throw new FlatStoreUnavailableError(
          `${key} was cut off ${attempts} times without a byte`,
          transfer.cause,
        );
      }
      const delayMs = backoff.next();
      this.#parts.counters.counter('flat_downloads_resumed').add();
      this.#parts.logger.warn(
        `${key} was cut off (${messageOf(transfer.cause)}); it is resumed in ${seconds(delayMs)}`,
      );
      await delay(this.#parts.clock, delayMs, signal);
    }
  }

  /** Fetches from where the part ends. */
  async #transfer(
    key: string,
    identity: FileIdentity,
    part: PartFile,
    signal: AbortSignal,
  ): Promise<Transfer> {
    const { sizeBytes, etag } = identity;
    if (part.length < sizeBytes) {
      const result = await this.#store.get(key, { from: part.length, ifMatch: etag, signal });
      if (result.kind !== 'body') return result;
      if (result.fromByte < part.length) await part.empty();
      try {
        await this.#append(part, result.body, sizeBytes);
      } catch (cause) {
        signal.throwIfAborted();
        if (cause instanceof FlatFileError) throw cause;
        return { kind: 'cut', length: part.length, cause };
      }
      if (part.length < sizeBytes) {
        return { kind: 'cut', length: part.length, cause: new Error('it ended early') };
      }
    }
    if (part.length > sizeBytes) {
      await part.empty();
      throw new FlatStoreAnswerError(
        `${key} is longer than the store says`,
        `more than its ${sizeBytes} bytes`,
      );
    }
    await part.complete();
    return { kind: 'whole' };
  }

  /** Stops behind `sizeBytes`, whatever a store goes on sending. */
  async #append(part: PartFile, body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<void> {
    const received = this.#parts.counters.counter('flat_bytes_received');
    for await (const chunk of body) {
      await part.append(chunk);
      received.add(chunk.length);
      if (part.length > sizeBytes) return;
    }
  }

  #pathOf(key: string): string {
    if (key.split('/').includes('..')) throw new RangeError(`${key} is not a key of a file`);
    return join(this.#options.directory, key);
  }
}
