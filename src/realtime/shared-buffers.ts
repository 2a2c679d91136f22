import { BufferPool } from '../kdb/tables/buffer-pool.ts';
import type { Allocate } from '../kdb/tables/encode-columns.ts';

/**
 * Buffers of batches that several have at once, the spool and each target: one goes back to the pool when the last has
 * let go of it.
 */
export class SharedBuffers {
  readonly #pool = new BufferPool();
  readonly #owners = new Map<ArrayBufferLike, number>();

  /** A buffer with one owner. */
  readonly take: Allocate = byteCount => {
    const bytes = this.#pool.take(byteCount);
    this.#owners.set(bytes.buffer, 1);
    return bytes;
  };

  /** Adds an owner. */
  share({ buffer }: Uint8Array): void {
    const owners = this.#owners.get(buffer);
    if (owners === undefined) throw new RangeError('this buffer has been let go of by everybody');
    this.#owners.set(buffer, owners + 1);
  }

  /** An owner lets go. */
  release(bytes: Uint8Array): void {
    const owners = this.#owners.get(bytes.buffer);
    if (owners === undefined) throw new RangeError('this buffer has been let go of by everybody');
    if (owners > 1) {
      this.#owners.set(bytes.buffer, owners - 1);
    } else {
      this.#owners.delete(bytes.buffer);
      this.#pool.release(bytes);
    }
  }
}
