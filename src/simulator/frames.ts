import type { EventBatch } from './event-batch.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

/** A WebSocket message, and the part of the batch in which its events lie. */
export interface Frame {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/**
 * Packs what somebody wants of a batch into messages of at most `eventsPerFrame` events. `leading` are elements,
 * already JSON, that come first in the first message: acknowledgements may share one with data. Nothing wanted, no
 * message.
 */
export function packFrames(
  batch: EventBatch,
  wanted: Uint8Array,
  eventsPerFrame: number,
  leading: readonly string[],
): Frame[] {
  const frames: Frame[] = [];
  let head: Buffer | undefined = leading.length > 0 ? Buffer.from(leading.join(',')) : undefined;
  let index = 0;
  while (index < batch.count) {
    const from = index;
    const runs: number[] = [];
    let events = 0;
    let size = 2 + (head ? head.length + 1 : 0);
    for (; index < batch.count && events < eventsPerFrame; index++) {
      if (!batch.wants(index, wanted)) continue;
      const begin = batch.begin(index);
      const end = batch.end(index);
      // The event before it lies just in front of its comma.
      if (runs.length > 0 && runs.at(-1) === begin - 1) runs[runs.length - 1] = end;
      else runs.push(begin, end);
      size += end - begin + 1;
      events++;
    }
    if (events === 0) break;
    frames.push({ bytes: assemble(batch.bytes, runs, head, size), from, to: index });
    head = undefined;
  }
  return frames;
}

function assemble(
  source: Uint8Array,
  runs: readonly number[],
  head: Buffer | undefined,
  size: number,
): Buffer {
  const frame = Buffer.allocUnsafeSlow(size);
  let at = 0;
  frame[at++] = OPEN;
  if (head) {
    frame.set(head, at);
    at += head.length;
    frame[at++] = COMMA;
  }
  for (let i = 0; i < runs.length; i += 2) {
    if (i > 0) frame[at++] = COMMA;
    frame.set(source.subarray(runs[i]!, runs[i + 1]!), at);
    at += runs[i + 1]! - runs[i]!;
  }
  frame[at++] = CLOSE;
  return frame.subarray(0, at);
}
