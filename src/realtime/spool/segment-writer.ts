import { dirname } from 'node:path';
import { LOG_HEADER } from '../../kdb/tables/log-file.ts';
import { SpoolError } from './errors.ts';
import type { SpoolFile, SpoolFiles } from './files.ts';
import { Segment } from './segment.ts';

/**
 * The segment that is being written. After any failure it is to be abandoned: what is on the disk behind the last
 * success is not known, and asking the system a second time would not tell (it may have forgotten what it could not
 * write).
 */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #files: SpoolFiles;
  readonly #file: SpoolFile;
  #writtenBytes = 0;
  #durableBytes = 0;
  #entryDurable = false;

  /** Begins a segment; its file is new, and empty until the first write. Throws SpoolError. */
  static async begin(files: SpoolFiles, directory: string, number: number): Promise<SegmentWriter> {
    const segment = new Segment(directory, number);
    try {
      return new SegmentWriter(files, segment, await files.create(segment.path));
    } catch (error) {
      throw SpoolError.write(segment.path, error);
    }
  }

  private constructor(files: SpoolFiles, segment: Segment, file: SpoolFile) {
    this.#files = files;
    this.segment = segment;
    this.#file = file;
  }

  /** Where the next write begins. */
  get writtenBytes(): number {
    return Math.max(this.#writtenBytes, LOG_HEADER.length);
  }

  /** What is on the disk for certain. */
  get durableBytes(): number {
    return this.#durableBytes;
  }

  get isDurable(): boolean {
    return this.#durableBytes === this.#writtenBytes;
  }

  /** Writes at the end, the header of a log before the first bytes. Throws SpoolError. */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    const all = this.#writtenBytes === 0 ? [LOG_HEADER, ...parts] : parts;
    try {
      await this.#file.write(all, this.#writtenBytes);
    } catch (error) {
      throw SpoolError.write(this.segment.path, error);
    }
    this.#writtenBytes += all.reduce((sum, part) => sum + part.length, 0);
    this.segment.fileBytes = this.#writtenBytes;
  }

  /** What is written is on the disk when this resolves: the bytes first, then the name. Throws SpoolError. */
  async sync(): Promise<void> {
    if (this.isDurable) return;
    const writtenBytes = this.#writtenBytes;
    try {
      await this.#file.datasync();
      if (!this.#entryDurable) await this.#files.syncDirectory(dirname(this.segment.path));
    } catch (error) {
      throw SpoolError.write(this.segment.path, error);
    }
    this.#entryDurable = true;
    this.#durableBytes = writtenBytes;
  }

  /** Lets the file go; what became of it was told by the writes and syncs before. */
  async close(): Promise<void> {
    await this.#file.close().catch(() => undefined);
  }
}
