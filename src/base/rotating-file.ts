import { closeSync, openSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDirectory } from './directories.ts';

/** Most bytes that wait for a disk that is slower than the lines come. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface RotatingFileOptions {
  readonly file: string;
  /** A file that would grow beyond this is put aside as `file.1`, the one before as `file.2`, and so on. */
  readonly maxFileBytes: number;
  /** Kept, the one in use included. */
  readonly maxFiles: number;
}

export interface RotatingFileListener {
  /** The file cannot be written; lines are lost until it can. Once for each time that it begins. */
  failed(error: unknown): void;
  /** The file is written again, or closed; `lostLines` did not reach it since it had failed or was too slow. */
  recovered(lostLines: number): void;
}

/**
 * A file to which lines are appended, never waited for: a full or a stalled disk costs lines, which are counted, and
 * neither memory nor time of the process.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #listener: RotatingFileListener;
  #handle: FileHandle | undefined;
  #sizeBytes = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #failing = false;
  #lostLines = 0;

  /** Makes the directory and the file; throws what the system says where it cannot. */
  constructor(options: RotatingFileOptions, listener: RotatingFileListener) {
    this.#options = options;
    this.#listener = listener;
    makeDirectory(dirname(options.file));
    closeSync(openSync(options.file, 'a'));
  }

  /** Takes one line, its end included. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      this.#lostLines++;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#writing ??= this.#writeWaiting();
  }

  /** Resolves when everything is written that can be. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
    this.#tellLost();
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#nextLines();
      try {
        await this.#append(Buffer.concat(lines));
        this.#failing = false;
        this.#tellLost();
      } catch (error) {
        this.#lostLines += lines.length;
        if (!this.#failing) this.#listener.failed(error);
        this.#failing = true;
        await this.#handle?.close().catch(() => {});
        this.#handle = undefined;
      }
    }
    this.#writing = undefined;
  }

  /** As many of the lines that wait as fit into one file. */
  #nextLines(): Buffer[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((line, index) => {
      bytes += line.length;
      return index > 0 && bytes > this.#options.maxFileBytes;
    });
    const lines = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
    this.#waitingBytes -= lines.reduce((sum, line) => sum + line.length, 0);
    return lines;
  }

  async #append(bytes: Buffer): Promise<void> {
    this.#handle ??= await this.#open();
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#options.maxFileBytes) {
      await this.#handle.close();
      this.#handle = undefined;
      await this.#putAside();
      this.#handle = await this.#open();
    }
    await this.#handle.appendFile(bytes);
    this.#sizeBytes += bytes.length;
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#options.file, 'a');
    this.#sizeBytes = (await handle.stat()).size;
    return handle;
  }

  async #putAside(): Promise<void> {
    const { file, maxFiles } = this.#options;
    const name = (age: number) => (age === 0 ? file : `${file}.${age}`);
    if (maxFiles === 1) await rm(file);
    for (let age = maxFiles - 2; age >= 0; age--) {
      await rename(name(age), name(age + 1)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }

  #tellLost(): void {
    if (this.#lostLines === 0) return;
    const lostLines = this.#lostLines;
    this.#lostLines = 0;
    this.#listener.recovered(lostLines);
  }
}
