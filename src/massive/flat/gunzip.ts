import type { TransformOptions } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, type ZlibOptions } from 'node:zlib';
import { FlatFileCorruptError } from './errors.ts';

/** Bytes of one inflated chunk: large enough that the way through zlib's threads costs little. */
const INFLATED_CHUNK_BYTES = 512 * 1024;

/** Inflated ahead of the reader, so that inflating and reading go on at once. */
const AHEAD_BYTES = 4 * INFLATED_CHUNK_BYTES;

const OPTIONS: ZlibOptions & TransformOptions = {
  chunkSize: INFLATED_CHUNK_BYTES,
  readableHighWaterMark: AHEAD_BYTES,
};

/**
 * Inflates gzip, of one member or several, in zlib's own threads. The end is only reached where every byte of the source
 * belongs to a whole member and every checksum and length is right.
 *
 * @param file its name, for messages
 * @throws FlatFileCorruptError at any damage; what the source throws
 */
export async function* gunzipped(
  source: AsyncIterable<Uint8Array>,
  file: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip(OPTIONS);
  let readBytes = 0;
  const counted = async function* () {
    for await (const chunk of source) {
      readBytes += chunk.length;
      yield chunk;
    }
  };
  // Whatever fails also ends the reading of `gunzip`, which tells it.
  pipeline(counted(), gunzip, { signal }).catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    signal.throwIfAborted();
    throw isZlibError(error) ? new FlatFileCorruptError(file, damageOf(error), error) : error;
  }
  if (readBytes === 0) throw new FlatFileCorruptError(file, 'it is empty');
  if (gunzip.bytesWritten !== readBytes) {
    throw new FlatFileCorruptError(
      file,
      `something follows the compressed data, from byte ${gunzip.bytesWritten} on`,
    );
  }
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
}

function damageOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'Z_BUF_ERROR') return 'it is cut off before its end';
  return `the compressed data are wrong (${error.message})`;
}
