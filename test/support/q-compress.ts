const HEADER_BYTES = 8;
const LONGEST_TAIL = 255;

/**
 * A message as a q process compresses it for a peer on another host. It is what `uncompress` undoes, with the
 * sender's choices: every match is the latest place where the pair of bytes stood whose exclusive or is the same.
 */
export function compressMessage(message: Buffer): Buffer {
  const end = message.length;
  const out: number[] = [...message.subarray(0, 4), 0, 0, 0, 0, ...int32(end)];
  out[2] = 1;
  // Place 0 is in the header and never a match, so it stands for none.
  const places = new Int32Array(256);
  let unentered: { readonly hash: number; readonly place: number } | undefined;
  let at = HEADER_BYTES;
  let flagsAt = 0;
  for (let flag = 256; at < end; flag *= 2) {
    if (flag === 256) {
      flag = 1;
      flagsAt = out.push(0) - 1;
    }
    const hash = message[at]! ^ (message[at + 1] ?? 0);
    let place = at > end - 3 ? 0 : places[hash]!;
    if (place > 0 && message[place] !== message[at]) place = 0;
    // A place is entered once the byte behind it has been dealt with, as the receiver can do no earlier.
    if (unentered) places[unentered.hash] = unentered.place;
    unentered = undefined;
    if (place === 0) {
      unentered = { hash, place: at };
      out.push(message[at++]!);
      continue;
    }
    places[hash] = at;
    out[flagsAt]! |= flag;
    at += 2;
    place += 2;
    const tailBegin = at;
    while (at < end && at - tailBegin < LONGEST_TAIL && message[place] === message[at]) {
      at++;
      place++;
    }
    out.push(hash, at - tailBegin);
  }
  const compressed = Buffer.from(out);
  compressed.writeInt32LE(compressed.length, 4);
  return compressed;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
