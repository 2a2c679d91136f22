import { KdbMalformedError, KdbMessageTooLargeError } from '../errors.ts';
import { MESSAGE_HEADER_BYTES, MESSAGE_TYPES, type MessageType } from './message.ts';
import { uncompress } from './uncompress.ts';

/** One message as it came, header included. */
export interface Frame {
  readonly type: MessageType;
  readonly bytes: Buffer;
}

/** The body of a message, uncompressed if need be, of a message of at most `maxBytes`. */
export function bodyOf({ bytes }: Frame, maxBytes: number): Uint8Array {
  const body = bytes.subarray(MESSAGE_HEADER_BYTES);
  return bytes[2] === 1 ? uncompress(body, maxBytes) : body;
}

/**
 * Finds the messages in a stream of bytes. Each byte is copied once at most, whatever the sizes of chunks and
 * messages. `push` throws KdbMalformedError or KdbMessageTooLargeError where the stream is none of q IPC or a message
 * exceeds `maxBytes`; nothing can be read from the stream after that.
 */
export class FrameReader {
  readonly #maxBytes: number;
  /** A message, or as yet only a header, of which `#filled` bytes are there. */
  #partial: Buffer | undefined;
  #filled = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  push(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    let rest = chunk;
    while (rest.length > 0) {
      const complete = this.#partial ? this.#fill(rest) : this.#whole(rest);
      rest = rest.subarray(complete.used);
      if (complete.bytes) onFrame({ type: MESSAGE_TYPES[complete.bytes[1]!]!, bytes: complete.bytes });
    }
  }

  /** A message that the chunk holds from end to end; otherwise begins a partial one. */
  #whole(chunk: Buffer): { used: number; bytes?: Buffer } {
    const length = chunk.length < MESSAGE_HEADER_BYTES ? MESSAGE_HEADER_BYTES : this.#lengthIn(chunk);
    if (chunk.length >= length) return { used: length, bytes: chunk.subarray(0, length) };
    this.#partial = Buffer.allocUnsafeSlow(length);
    this.#filled = 0;
    return this.#fill(chunk);
  }

  #fill(chunk: Buffer): { used: number; bytes?: Buffer } {
    const partial = this.#partial!;
    const used = chunk.copy(partial, this.#filled);
    this.#filled += used;
    if (this.#filled < partial.length) return { used };
    const length = this.#lengthIn(partial);
    if (length > partial.length) {
      this.#partial = Buffer.allocUnsafeSlow(length);
      partial.copy(this.#partial);
      return { used };
    }
    this.#partial = undefined;
    return { used, bytes: partial };
  }

  /** The length of the message that begins with this header. */
  #lengthIn(header: Buffer): number {
    if (header[0] !== 1)
      throw new KdbMalformedError(`byte order ${header[0]}, only little-endian (1) is spoken`);
    if (header[1]! >= MESSAGE_TYPES.length) throw new KdbMalformedError(`message type ${header[1]}`);
    if (header[2]! > 1) throw new KdbMalformedError(`compression ${header[2]}`);
    if (header[3] !== 0) throw new KdbMalformedError('a message beyond 2 GB');
    const length = header.readInt32LE(4);
    if (length <= MESSAGE_HEADER_BYTES) throw new KdbMalformedError(`a message of ${length} bytes`);
    if (length > this.#maxBytes) throw new KdbMessageTooLargeError(length, this.#maxBytes);
    return length;
  }
}
