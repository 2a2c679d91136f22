import { KdbMalformedError, KdbMessageTooLargeError } from '../errors.ts';
import { MESSAGE_HEADER_BYTES } from './message.ts';

/**
 * The body of a compressed message, uncompressed. `compressed` is what follows the message header: the length of
 * the whole message uncompressed (int32), then groups of one byte of flags and eight items, lowest flag first.
 * A 0 is one byte as it is. A 1 is two bytes: which pair of bytes begins here, as the exclusive or of the two, by
 * which both sides look up where that pair stood last; and how many more bytes are the same as there.
 * (KX publishes the algorithm in its Java client.) Throws KdbMalformedError and KdbMessageTooLargeError.
 */
export function uncompress(compressed: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(compressed.buffer, compressed.byteOffset, compressed.byteLength);
  if (compressed.length < 4) throw new KdbMalformedError('a compressed message without a length');
  const messageLength = view.getInt32(0, true);
  if (messageLength > maxBytes) throw new KdbMessageTooLargeError(messageLength, maxBytes);
  if (messageLength <= MESSAGE_HEADER_BYTES) {
    throw new KdbMalformedError(`a compressed message of ${messageLength} bytes`);
  }
  return expand(compressed, messageLength - MESSAGE_HEADER_BYTES);
}

function expand(compressed: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  const lastPlace = new Int32Array(256).fill(-1);
  let from = 4;
  let written = 0;
  let hashed = 0;
  let flags = 0;
  let flag = 256;
  while (written < length) {
    if (flag === 256) {
      flags = compressed[from++] ?? cutShort();
      flag = 1;
    }
    let tail = 0;
    if ((flags & flag) === 0) {
      out[written++] = compressed[from++] ?? cutShort();
    } else {
      const place = lastPlace[compressed[from++] ?? cutShort()]!;
      tail = compressed[from++] ?? cutShort();
      if (place < 0 || written + 2 + tail > length) throw new KdbMalformedError('a match without its pair');
      // Byte by byte, because a match may overlap what it produces.
      for (let i = 0; i < 2 + tail; i++) out[written + i] = out[place + i]!;
      written += 2;
    }
    // The pairs inside the rest of a match are not entered, as the sender does not enter them either.
    for (; hashed < written - 1; hashed++) lastPlace[out[hashed]! ^ out[hashed + 1]!] = hashed;
    if (flags & flag) {
      written += tail;
      hashed = written;
    }
    flag *= 2;
  }
  return out;
}

function cutShort(): never {
  throw new KdbMalformedError('a compressed message is cut short');
}
