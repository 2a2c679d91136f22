import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../base/directories.ts';
import { messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Batch } from '../kdb/batch.ts';
import { logFileOf } from '../kdb/tables/log-file.ts';
import { isoDateOf } from '../tables/epoch.ts';
import { refusedBatchDirectory } from './refused-files.ts';

/** The file operations that are needed, so that tests can make them fail. */
export interface RefusedBatchFiles {
  makeDirectory(path: string): void;
  write(path: string, bytes: Uint8Array): void;
  /** Bytes used by the files of a directory. */
  usedBytes(directory: string): number;
}

export const systemRefusedBatchFiles: RefusedBatchFiles = {
  makeDirectory,
  write: (path, bytes) => {
    try {
      writeFileSync(path, bytes, { flag: 'wx', mode: 0o640 });
    } catch (error) {
      // What could not be written whole goes; a file that was there before is not ours.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(path, { force: true });
      throw error;
    }
  },
  usedBytes: directory =>
    readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0),
};

/**
 * Batches that a tickerplant refuses for good, each as a kdb+ log of one message and a note that says why, so that it
 * can be looked at and replayed: `upd:insert; -11!`:FILE`. At `maxBytes` no further one is kept, which is logged: the oldest show best
 * what went wrong.
 */
export class RefusedBatches {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #files: RefusedBatchFiles;
  readonly #logger: Logger;
  readonly #startedMs: number;
  #count = 0;

  constructor(
    directory: string,
    maxBytes: number,
    files: RefusedBatchFiles,
    logger: Logger,
    startedMs: number,
  ) {
    this.#directory = refusedBatchDirectory(directory);
    this.#maxBytes = maxBytes;
    this.#files = files;
    this.#logger = logger;
    this.#startedMs = startedMs;
  }

  /** Keeps a batch. Never throws: a disk that fails is logged, the feed goes on. */
  keep(target: string, batch: Batch, reason: string): void {
    const name = [
      target.replace(/[^\w.-]/g, '_'),
      batch.table,
      isoDateOf(batch.tradingDate),
      Math.round(this.#startedMs),
      // Not the batch's sequence: each feed of a target has its own.
      `${++this.#count}.log`,
    ].join('-');
    const path = join(this.#directory, name);
    try {
      this.#files.makeDirectory(this.#directory);
      const bytes = logFileOf(batch.table, batch.columns, reason);
      if (this.#files.usedBytes(this.#directory) + bytes.length > this.#maxBytes) {
        this.#logger.error(
          `a refused batch was not kept: ${this.#directory} holds its ${this.#maxBytes} bytes; look at them, then empty it`,
          { target, table: batch.table, rows: batch.rowCount },
        );
        return;
      }
      this.#files.write(path, bytes);
      this.#logger.error(
        `${target} refuses ${batch.rowCount} rows of ${batch.table}: ${reason}; kept as ${path}`,
      );
    } catch (error) {
      this.#logger.error(`a refused batch could not be kept in ${this.#directory}: ${messageOf(error)}`, {
        target,
        table: batch.table,
        rows: batch.rowCount,
      });
    }
  }
}
