import { expect } from 'chai';
import fc from 'fast-check';
import { KdbMalformedError, KdbMessageTooLargeError } from '../../../../src/kdb/errors.ts';
import { type Frame, FrameReader } from '../../../../src/kdb/ipc/frames.ts';
import { MESSAGE_TYPES } from '../../../../src/kdb/ipc/message.ts';
import { messageBytes } from '../../../support/q-server.ts';

function read(chunks: readonly Buffer[], maxBytes = 1_000_000): Frame[] {
  const frames: Frame[] = [];
  const reader = new FrameReader(maxBytes);
  for (const chunk of chunks)
    reader.push(chunk, frame => frames.push({ ...frame, bytes: Buffer.from(frame.bytes) }));
  return frames;
}

function header(changes: Record<number, number>, length = 9): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 1;
  bytes.writeInt32LE(length, 4);
  for (const [at, byte] of Object.entries(changes)) bytes[Number(at)] = byte;
  return bytes;
}

describe('kdb frames', () => {
  it('finds the same messages however the stream is cut into pieces', () => {
    const message = fc
      .tuple(fc.constantFrom(...MESSAGE_TYPES), fc.uint8Array({ minLength: 1, maxLength: 100 }))
      .map(([type, body]) => ({ type, bytes: messageBytes(type, body) }));
    const cuts = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cuts, (messages, places) => {
        const stream = Buffer.concat(messages.map(({ bytes }) => bytes));
        const ends = [...places.map(place => place % (stream.length + 1)), stream.length].sort(
          (a, b) => a - b,
        );
        const chunks = ends.map((end, i) => stream.subarray(ends[i - 1] ?? 0, end));
        expect(read(chunks)).deep.equal(messages);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a stream that is none of q IPC', () => {
    const refused: readonly [Buffer, string][] = [
      [Buffer.from('HTTP/1.1 400 Bad Request'), 'byte order 72'],
      [header({ 0: 0 }), 'byte order 0'],
      [header({ 1: 3 }), 'message type 3'],
      [header({ 2: 2 }), 'compression 2'],
      [header({ 3: 1 }), 'beyond 2 GB'],
      [header({}, 8), 'a message of 8 bytes'],
      [header({}, -1), 'a message of -1 bytes'],
    ];
    for (const [bytes, why] of refused) expect(() => read([bytes])).throw(KdbMalformedError, why);
  });

  it('refuses a message beyond the limit as soon as its header is there', () => {
    expect(() => read([header({}, 1001).subarray(0, 8)], 1000)).throw(KdbMessageTooLargeError, '1001 bytes');
    expect(() => read([header({}, 1000).subarray(0, 8)], 1000)).not.throw();
  });
});
