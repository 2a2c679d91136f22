/**
 * Compressed files. After the mark come the blocks, each compressed on its own, and at the end what describes them:
 *
 *   version i32, algorithm u8, level u8, 2 bytes, plain length i64, length up to here i64, block size i64,
 *   for each block its length i32 and its algorithm i32, the number of blocks i64
 *
 * A block that did not get smaller is stored as it is, with algorithm 0.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { QError } from '../values/value.ts';
import { decodeLz4, decodeSnappy } from './block-decoders.ts';
import { packTogether } from './pack-helper.ts';

/** How a file is compressed: the parameters of `set` and .z.zd. */
export interface ZipParameters {
  /** A power of two: 12 to 20. */
  readonly blockBits: number;
  /** 0 none, 1 q IPC, 2 gzip, 3 snappy, 4 lz4hc, 5 zstd. */
  readonly algorithm: number;
  readonly level: number;
}

/** What -21! tells of a compressed file. */
export interface ZipStatistics extends ZipParameters {
  readonly compressedBytes: number;
  readonly plainBytes: number;
}

const MARK = Buffer.from('kxzipped');
const ENCRYPTED_MARK = Buffer.from('kxzippEd');
const VERSION = 3;
const FIXED_BYTES = 40;
/** The least that zlib takes for the chunks of its output; one as large as the output saves putting chunks together. */
const LEAST_CHUNK_BYTES = 64;
const STORED = 0;
const GZIP = 2;
const SNAPPY = 3;
const LZ4 = 4;
const MIN_BLOCK_BITS = 12;
const MAX_BLOCK_BITS = 20;
const MAX_GZIP_LEVEL = 9;

/** Bytes at the beginning of a file that tell whether it is compressed. */
export const ZIP_MARK_BYTES = MARK.length;

/** Whether a file that begins so is compressed. Signals `nyi` for an encrypted one. */
export function isZipped(head: Uint8Array): boolean {
  const mark = head.subarray(0, MARK.length);
  if (ENCRYPTED_MARK.equals(mark)) throw new QError('nyi encrypted file');
  return MARK.equals(mark);
}

/** The bytes of a file as they were before compression. Signals `corrupt`, and `nyi` for algorithms not known here. */
export function unzip(file: Uint8Array): Uint8Array {
  const { statistics, blocks } = describe(file);
  const plain = new Uint8Array(statistics.plainBytes);
  const blockBytes = 2 ** statistics.blockBits;
  let at = MARK.length;
  for (const [i, { bytes, algorithm }] of blocks.entries()) {
    const begin = i * blockBytes;
    const wanted = Math.min(blockBytes, plain.length - begin);
    plain.set(plainBlock(file.subarray(at, at + bytes), algorithm, wanted), begin);
    at += bytes;
  }
  return plain;
}

/** A file's bytes compressed. Signals `nyi` for algorithms other than gzip and none, `domain` for parameters that are none. */
export function zip(plain: Uint8Array, { blockBits, algorithm, level }: ZipParameters): Uint8Array {
  if (algorithm !== GZIP && algorithm !== STORED) throw new QError(`nyi compression algorithm ${algorithm}`);
  if (blockBits < MIN_BLOCK_BITS || blockBits > MAX_BLOCK_BITS || level < 0 || level > MAX_GZIP_LEVEL)
    throw new QError('domain');
  const blockBytes = 2 ** blockBits;
  const packed = algorithm === STORED ? [] : packAll(plain, blockBytes, level);
  const blocks = Array.from({ length: Math.ceil(plain.length / blockBytes) }, (_, i) =>
    plain.subarray(i * blockBytes, (i + 1) * blockBytes),
  );
  const parts = blocks.map((block, i) => packed[i] ?? block);
  const description = Buffer.alloc(FIXED_BYTES + parts.length * 8);
  description.writeInt32LE(VERSION, 0);
  description[4] = algorithm;
  description[5] = level;
  description.writeBigInt64LE(BigInt(plain.length), 8);
  description.writeBigInt64LE(BigInt(parts.reduce((sum, part) => sum + part.length, MARK.length)), 16);
  description.writeBigInt64LE(BigInt(blockBytes), 24);
  for (const [i, part] of parts.entries()) {
    description.writeInt32LE(part.length, 32 + i * 8);
    description.writeInt32LE(packed[i] === undefined ? STORED : algorithm, 36 + i * 8);
  }
  description.writeBigInt64LE(BigInt(parts.length), description.length - 8);
  return Buffer.concat([MARK, ...parts, description]);
}

/** Each block compressed, or undefined where that is not smaller. */
function packAll(plain: Uint8Array, blockBytes: number, level: number): (Uint8Array | undefined)[] {
  const together = packTogether(plain, blockBytes, level);
  if (together !== undefined) return together;
  const packed: (Uint8Array | undefined)[] = [];
  for (let begin = 0; begin < plain.length; begin += blockBytes) {
    const block = plain.subarray(begin, begin + blockBytes);
    const small = deflateSync(block, { level, chunkSize: blockBytes });
    packed.push(small.length < block.length ? small : undefined);
  }
  return packed;
}

/** What the end of a compressed file says of it. */
export function zipStatistics(file: Uint8Array): ZipStatistics {
  return describe(file).statistics;
}

interface Block {
  readonly bytes: number;
  readonly algorithm: number;
}

function describe(file: Uint8Array): { statistics: ZipStatistics; blocks: Block[] } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < MARK.length + FIXED_BYTES) throw new QError('corrupt');
  const count = wholeAt(view, file.length - 8);
  const begin = file.length - FIXED_BYTES - count * 8;
  if (begin < MARK.length) throw new QError('corrupt');
  const plainBytes = wholeAt(view, begin + 8);
  const blockBytes = wholeAt(view, begin + 24);
  const blockBits = Math.log2(blockBytes);
  const blocks = Array.from({ length: count }, (_, i) => ({
    bytes: view.getInt32(begin + 32 + i * 8, true),
    algorithm: view.getInt32(begin + 36 + i * 8, true),
  }));
  const end = blocks.reduce((sum, { bytes }) => sum + Math.max(bytes, 0), MARK.length);
  const isWhole =
    Number.isInteger(blockBits) &&
    wholeAt(view, begin + 16) === begin &&
    end === begin &&
    Math.ceil(plainBytes / blockBytes) === count;
  if (!isWhole) throw new QError('corrupt');
  const statistics = {
    blockBits,
    algorithm: file[begin + 4]!,
    level: file[begin + 5]!,
    compressedBytes: file.length,
    plainBytes,
  };
  return { statistics, blocks };
}

function wholeAt(view: DataView, offset: number): number {
  const value = Number(view.getBigInt64(offset, true));
  if (!Number.isSafeInteger(value) || value < 0) throw new QError('corrupt');
  return value;
}

function plainBlock(block: Uint8Array, algorithm: number, bytes: number): Uint8Array {
  switch (algorithm) {
    case STORED:
      if (block.length !== bytes) throw new QError('corrupt');
      return block;
    case GZIP:
      return inflated(block, bytes);
    case SNAPPY:
      return decodeSnappy(block, bytes);
    case LZ4:
      return decodeLz4(block, bytes);
    default:
      throw new QError(`nyi compression algorithm ${algorithm}`);
  }
}

function inflated(block: Uint8Array, bytes: number): Uint8Array {
  try {
    const plain = inflateSync(block, {
      maxOutputLength: Math.max(bytes, 1),
      chunkSize: Math.max(bytes, LEAST_CHUNK_BYTES),
    });
    if (plain.length === bytes) return plain;
  } catch {
    // What zlib refuses is as damaged as what has another length.
  }
  throw new QError('corrupt');
}
