/**
 * kdb+'s compression of messages. After the header come the uncompressed length and then groups: a byte of eight
 * flags, lowest bit first, and for each flag either a literal byte (0) or a match (1): the hash of the pair of
 * bytes that starts it, by which both sides find its latest occurrence, and the count of bytes that follow
 * the pair, at most 255.
 */

import { QError } from '../values/value.ts';
import { HEADER_BYTES } from './message.ts';

/** Where the groups begin. */
const GROUPS_OFFSET = 12;
/** Messages up to this length are sent as they are. */
const LARGEST_UNCOMPRESSED_BYTES = 2000;
/** Room that one group needs at most: its flags and eight matches of two bytes. */
const LARGEST_GROUP_BYTES = 17;
const LONGEST_MATCH_TAIL = 255;
/** A match of two bytes stands for 257, and eight of them cost one byte of flags. */
const LARGEST_RATIO = (8 * 257) / LARGEST_GROUP_BYTES;

/**
 * A message compressed, header included. Returns the message itself where kdb+ would send it as it is: up to
 * 2000 bytes, or if it does not shrink to less than half.
 */
export function compress(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const end = message.length;
  if (end <= LARGEST_UNCOMPRESSED_BYTES) return message;
  const target = new Uint8Array(end >>> 1);
  const latest = new Int32Array(256);
  let write = GROUPS_OFFSET;
  let flagsAt = write;
  let flag = 0;
  let flags = 0;
  let unlistedHash = 0;
  let unlistedAt = 0;
  let read = HEADER_BYTES;
  while (read < end) {
    if (flag === 0) {
      if (write > target.length - LARGEST_GROUP_BYTES) return message;
      flag = 1;
      target[flagsAt] = flags;
      flagsAt = write++;
      flags = 0;
    }
    const hash = read + 1 < end ? message[read]! ^ message[read + 1]! : 0;
    const match = read > end - 3 ? 0 : latest[hash]!;
    if (unlistedAt > 0) {
      latest[unlistedHash] = unlistedAt;
      unlistedAt = 0;
    }
    if (match === 0 || message[match] !== message[read]) {
      unlistedHash = hash;
      unlistedAt = read;
      target[write++] = message[read++]!;
    } else {
      latest[hash] = read;
      flags |= flag;
      read += 2;
      const tail = read;
      const limit = Math.min(tail + LONGEST_MATCH_TAIL, end);
      let from = match + 2;
      while (read < limit && message[from] === message[read]) {
        from++;
        read++;
      }
      target[write++] = hash;
      target[write++] = read - tail;
    }
    flag = (flag << 1) & 0xff;
  }
  target[flagsAt] = flags;
  target.set(message.subarray(0, 4));
  target[2] = 1;
  const view = new DataView(target.buffer);
  const littleEndian = message[0] === 1;
  view.setInt32(4, write, littleEndian);
  view.setInt32(HEADER_BYTES, end, littleEndian);
  return target.slice(0, write);
}

/** The message as it was before compression. Signals `badmsg` where the bytes are no compressed message. */
export function uncompress(message: Uint8Array): Uint8Array<ArrayBuffer> {
  if (message.length < GROUPS_OFFSET + 2) throw new QError('badmsg');
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const littleEndian = message[0] === 1;
  const end = view.getInt32(HEADER_BYTES, littleEndian);
  if (end < HEADER_BYTES || end > HEADER_BYTES + message.length * LARGEST_RATIO) throw new QError('badmsg');
  const target = new Uint8Array(end);
  const latest = new Int32Array(256);
  let read = GROUPS_OFFSET;
  let write = HEADER_BYTES;
  let listed = HEADER_BYTES;
  let flag = 0;
  let flags = 0;
  while (write < end) {
    if (flag === 0) {
      flags = message[read++]!;
      flag = 1;
    }
    if (read >= message.length) throw new QError('badmsg');
    const matched = (flags & flag) !== 0;
    let tail = 0;
    if (matched) {
      let from = latest[message[read++]!]!;
      tail = message[read++]!;
      if (from === 0 || tail === undefined || write + 2 + tail > end) throw new QError('badmsg');
      target[write++] = target[from++]!;
      target[write++] = target[from++]!;
      for (let i = 0; i < tail; i++) target[write + i] = target[from + i]!;
    } else {
      target[write++] = message[read++]!;
    }
    for (; listed < write - 1; listed++) latest[target[listed]! ^ target[listed + 1]!] = listed;
    if (matched) {
      write += tail;
      listed = write;
    }
    flag = (flag << 1) & 0xff;
  }
  target.set(message.subarray(0, 4));
  target[2] = 0;
  new DataView(target.buffer).setInt32(4, end, littleEndian);
  return target;
}
