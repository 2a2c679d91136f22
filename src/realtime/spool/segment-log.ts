import type { Logger } from '../../base/logger.ts';
import type { Batch } from '../../kdb/batch.ts';
import type { DamageKeeper } from './damage.ts';
import { SpoolError } from './errors.ts';
import type { SpoolFiles } from './files.ts';
import { recordParts } from './record.ts';
import type { Segment } from './segment.ts';
import { scanSegment } from './segment-scan.ts';
import { SegmentWriter } from './segment-writer.ts';
import { removeFile } from './small-file.ts';

export interface SegmentLogOptions {
  readonly directory: string;
  /** A segment that has reached this size is followed by a new one. */
  readonly segmentBytes: number;
  /** Whether a segment is synced before it is left for the next. */
  readonly syncAtEnd: boolean;
}

export interface SegmentLogParts {
  readonly files: SpoolFiles;
  readonly logger: Logger;
  readonly damage: DamageKeeper;
}

/** Records that were taken, in a segment that failed before they were on the disk for certain. */
interface Rescue {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

/** The segments of a spool in their order; the last one may be open for writing. Its callers take turns. */
export class SegmentLog {
  readonly segments: Segment[];
  readonly #options: SegmentLogOptions;
  readonly #parts: SegmentLogParts;
  #writer: SegmentWriter | undefined;
  #rescue: Rescue | undefined;
  #nextNumber: number;

  constructor(options: SegmentLogOptions, parts: SegmentLogParts, segments: Segment[]) {
    this.#options = options;
    this.#parts = parts;
    this.segments = segments;
    this.#nextNumber = (segments.at(-1)?.number ?? 0) + 1;
  }

  get usedBytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.fileBytes, 0);
  }

  /** Nothing that was taken waits for a sync. */
  get isDurable(): boolean {
    return (this.#writer?.isDurable ?? true) && !this.#rescue;
  }

  isWritten(segment: Segment): boolean {
    return this.#writer?.segment === segment;
  }

  /** It is written, or its records have to be written anew. */
  isInUse(segment: Segment): boolean {
    return this.isWritten(segment) || this.#rescue?.segment === segment;
  }

  /**
   * Appends records; with `durably` they are on the disk when it resolves. Where the disk fails, everything that is not
   * certainly on it is written into a new segment, once.
   *
   * @throws SpoolError where that fails too; none of these batches is in the spool then
   */
  async append(batches: readonly Batch[], durably: boolean): Promise<void> {
    await this.#twice(async () => {
      const writer = await this.#writable();
      const records = batches.map(batch => recordParts(batch));
      let at = writer.writtenBytes;
      await writer.write(records.flat());
      if (durably) await writer.sync();
      for (const [index, [head, columns]] of records.entries()) {
        const bytes = head.length + columns.length;
        writer.segment.add(batches[index]!, at, bytes);
        at += bytes;
      }
    });
  }

  /** Everything that was taken is on the disk when this resolves. Throws SpoolError. */
  async sync(): Promise<void> {
    if (this.isDurable) return;
    await this.#twice(async () => (this.#writer ?? (await this.#writable())).sync());
  }

  /** Ends the segment that is written, if any: the next append begins another. Throws SpoolError. */
  async seal(): Promise<void> {
    if (this.#options.syncAtEnd) await this.sync();
    await this.#writer?.close();
    this.#writer = undefined;
  }

  /** Deletes a segment that nobody needs any more. Rejects with what the system says. */
  async remove(segment: Segment): Promise<void> {
    await removeFile(this.#parts.files, segment.path);
    this.#forget(segment);
  }

  async #twice(attempt: () => Promise<void>): Promise<void> {
    try {
      await attempt();
    } catch (error) {
      await this.#abandon();
      if (!(error instanceof SpoolError)) throw error;
      this.#parts.logger.warn(`${error.message} A new segment is begun.`);
      await attempt().catch(async again => {
        await this.#abandon();
        throw again;
      });
    }
  }

  /** The segment to write to; a new one begins with what an abandoned one may have lost. */
  async #writable(): Promise<SegmentWriter> {
    if (this.#writer && this.#writer.writtenBytes >= this.#options.segmentBytes) await this.seal();
    if (!this.#writer) {
      const { files } = this.#parts;
      this.#writer = await SegmentWriter.begin(files, this.#options.directory, this.#nextNumber++);
      this.segments.push(this.#writer.segment);
    }
    if (this.#rescue) await this.#writeAnew(this.#rescue, this.#writer);
    return this.#writer;
  }

  /** What the file of a segment that failed still gives is written again; what it does not is lost, and said so. */
  async #writeAnew({ segment, from, to }: Rescue, writer: SegmentWriter): Promise<void> {
    const { files, damage, logger } = this.#parts;
    try {
      const file = await files.open(segment.path, 'read');
      try {
        for await (const found of scanSegment(file, { from, to, withData: true })) {
          if (found.kind === 'damage') {
            await damage.skipped({ segment, begin: found.begin, end: found.end }, file);
          } else {
            const at = writer.writtenBytes;
            await writer.write([found.bytes!]);
            writer.segment.add(found.mark, at, found.bytes!.length);
          }
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof SpoolError) throw error;
      logger.error(`${SpoolError.read(segment.path, error).message} Bytes ${from} to ${to} may be lost.`);
    }
    this.#rescue = undefined;
  }

  /** Leaves a segment that failed, for good. */
  async #abandon(): Promise<void> {
    const writer = this.#writer;
    if (!writer) return;
    this.#writer = undefined;
    await writer.close();
    const { segment, durableBytes } = writer;
    if (segment.records === 0) {
      // Nothing in it was taken; the file would only be in the way.
      await this.remove(segment).catch(() => this.#forget(segment));
    } else if (!this.#rescue && durableBytes < segment.endBytes) {
      this.#rescue = { segment, from: durableBytes, to: segment.endBytes };
    }
  }

  #forget(segment: Segment): void {
    const index = this.segments.indexOf(segment);
    if (index >= 0) this.segments.splice(index, 1);
  }
}
