/**
 * Compressing blocks by several threads: each takes the next block that nobody has taken. The interpreter is one of
 * them, so that it only waits for what others have begun.
 */
import { deflateSync } from 'node:zlib';

/** Bytes that are compressed at once. */
const STRETCH_BYTES = 2 ** 24;
/** The smallest blocks are of so many bytes. */
const LEAST_BLOCK_BYTES = 2 ** 12;

/** What a block became instead of bytes of its own. */
const INCOMPRESSIBLE = 0;
const AS_BEFORE = -1;

/** Blocks that nobody has taken yet; below zero once somebody looked for one in vain. */
const LEFT = 0;
const DONE = 1;
const BLOCK_BYTES = 2;
const BYTES = 3;
const LEVEL = 4;
const CONTROLS = 5;

/** Memory that the threads share: what is to be done, the plain bytes, and what has become of them. */
export interface PackMemory {
  readonly control: Int32Array;
  /** Of each block the compressed length, or what it became instead. */
  readonly lengths: Int32Array;
  readonly plain: Uint8Array;
  /** What each block became, beginning where it begins in `plain`. */
  readonly packed: Uint8Array;
}

export function newPackMemory(): PackMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(CONTROLS * 4)),
    lengths: new Int32Array(new SharedArrayBuffer((STRETCH_BYTES / LEAST_BLOCK_BYTES) * 4)),
    plain: new Uint8Array(new SharedArrayBuffer(STRETCH_BYTES)),
    packed: new Uint8Array(new SharedArrayBuffer(STRETCH_BYTES)),
  };
}

/** Compresses blocks, the last one first, until all are taken. */
export function takeBlocks({ control, lengths, plain, packed }: PackMemory): void {
  for (;;) {
    const block = Atomics.sub(control, LEFT, 1) - 1;
    if (block < 0) return;
    const blockBytes = control[BLOCK_BYTES]!;
    const begin = block * blockBytes;
    const end = Math.min(begin + blockBytes, control[BYTES]!);
    const bytes = plain.subarray(begin, end);
    lengths[block] =
      block > 0 && Buffer.compare(bytes, plain.subarray(begin - blockBytes, begin)) === 0
        ? AS_BEFORE
        : packInto(packed.subarray(begin, end), bytes, control[LEVEL]!, blockBytes);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }
}

function packInto(target: Uint8Array, bytes: Uint8Array, level: number, blockBytes: number): number {
  let small: Uint8Array;
  try {
    small = deflateSync(bytes, { level, chunkSize: blockBytes });
  } catch {
    // Others wait for this block: without the memory to compress it, it is stored as it is.
    return INCOMPRESSIBLE;
  }
  if (small.length >= bytes.length) return INCOMPRESSIBLE;
  target.set(small);
  return small.length;
}

/** Each block of the bytes compressed, or undefined where that is not smaller. `wake` is told when there is work. */
export function packBlocks(
  plain: Uint8Array,
  blockBytes: number,
  level: number,
  memory: PackMemory,
  wake: () => void,
): (Uint8Array | undefined)[] {
  const all: (Uint8Array | undefined)[] = [];
  for (let begin = 0; begin < plain.length; begin += STRETCH_BYTES) {
    const stretch = plain.subarray(begin, begin + STRETCH_BYTES);
    const blocks = Math.ceil(stretch.length / blockBytes);
    packStretch(stretch, blocks, blockBytes, level, memory, wake);
    for (let block = 0; block < blocks; block++) {
      const length = memory.lengths[block]!;
      const at = block * blockBytes;
      if (length === AS_BEFORE) all.push(all.at(-1));
      else all.push(length === INCOMPRESSIBLE ? undefined : memory.packed.slice(at, at + length));
    }
  }
  return all;
}

function packStretch(
  stretch: Uint8Array,
  blocks: number,
  blockBytes: number,
  level: number,
  memory: PackMemory,
  wake: () => void,
): void {
  const { control, plain } = memory;
  plain.set(stretch);
  control[BLOCK_BYTES] = blockBytes;
  control[BYTES] = stretch.length;
  control[LEVEL] = level;
  Atomics.store(control, DONE, 0);
  // From here on blocks are taken: nothing of the above may change until all are done.
  Atomics.store(control, LEFT, blocks);
  wake();
  takeBlocks(memory);
  for (let done = Atomics.load(control, DONE); done < blocks; done = Atomics.load(control, DONE))
    Atomics.wait(control, DONE, done);
}
