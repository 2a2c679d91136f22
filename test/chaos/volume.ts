import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const SIZE_MIB = 48;
/** Ever smaller, so that the last byte is taken. */
const BLOCK_BYTES = [1024 * 1024, 4096, 256, 1];

/**
 * A directory that is a small disk of its own, which can be filled. It needs a mount namespace of this process's own, which
 * scripts/chaos makes where it may; elsewhere there are none.
 */
export class Volume {
  static readonly possible = process.env['CHAOS_MOUNTS'] === 'own';
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static mount(directory: string): Volume {
    mkdirSync(directory, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MIB}m`, 'tmpfs', directory]);
    return new Volume(directory);
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.#ballast, 'w');
    for (const size of BLOCK_BYTES) {
      const block = Buffer.alloc(size);
      while (fits(file, block));
    }
    closeSync(file);
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** Leaves a plain directory with what it held. */
  unmount(): void {
    this.free();
    const copy = `${this.#directory}.copy`;
    execFileSync('cp', ['-a', this.#directory, copy]);
    execFileSync('umount', ['-l', this.#directory]);
    rmSync(this.#directory, { recursive: true });
    renameSync(copy, this.#directory);
  }

  get #ballast(): string {
    return join(this.#directory, 'ballast');
  }
}

function fits(file: number, block: Buffer): boolean {
  try {
    return writeSync(file, block) === block.length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}
