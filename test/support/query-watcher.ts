import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/*
 * A client that asks a reader all the time and looks at each answer: an error, or a partition that is neither the one
 * before a change nor the one after it, is a finding. It speaks q IPC by itself, in the two answers that it asks for.
 */

/** Answers a long vector: for each date rows, distinct (sym,start) and a sum, so that a torn partition shows. */
const QUERY =
  '{[] raze {[d] t:select sym,start,close,volume from agg1m where date=d;(`int$d;count t;count distinct t;sum null t`close)} each date}[]';

export interface Findings {
  queries: number;
  readonly errors: string[];
}

/** Watches a reader until `stop` is aborted; losing the connection ends it, being refused is a finding. */
export async function watchReader(port: number, stop: AbortSignal, findings: Findings): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const answers = messagesOf(socket);
  socket.write(Buffer.from('watcher\x03\0', 'latin1'));
  if ((await answers.next()).done) return;
  while (!stop.aborted) {
    socket.write(request(QUERY));
    const { value, done } = await answers.next();
    if (done || !value) break;
    findings.queries++;
    const problem = problemIn(value);
    if (problem !== undefined) findings.errors.push(problem);
    await setImmediate();
  }
  socket.destroy();
}

function request(text: string): Buffer {
  const body = Buffer.from(text, 'latin1');
  const message = Buffer.alloc(14 + body.length);
  message[0] = 1;
  message[1] = 1;
  message.writeInt32LE(message.length, 4);
  message[8] = 10;
  message.writeInt32LE(body.length, 10);
  body.copy(message, 14);
  return message;
}

/** The handshake's byte first, then whole messages. */
async function* messagesOf(socket: Socket): AsyncGenerator<Buffer> {
  let pending = Buffer.alloc(0);
  let greeted = false;
  try {
    for await (const chunk of socket) {
      pending = Buffer.concat([pending, chunk as Buffer]);
      if (!greeted && pending.length > 0) {
        greeted = true;
        yield pending.subarray(0, 1);
        pending = pending.subarray(1);
      }
      while (pending.length >= 8 && pending.length >= pending.readInt32LE(4)) {
        const length = pending.readInt32LE(4);
        yield pending.subarray(0, length);
        pending = pending.subarray(length);
      }
    }
  } catch {
    // The reader was killed.
  }
}

/** Undefined where the answer is right: each date has as many distinct rows as rows, and no price is missing. */
function problemIn(message: Buffer): string | undefined {
  const type = message.readInt8(8);
  if (type === -128) {
    const signal = message.subarray(9, message.length - 1).toString('latin1');
    // Before the first generation with a date there is nothing to read.
    return signal === 'date' ? undefined : `signalled '${signal}`;
  }
  if (type === 0) return undefined;
  if (type !== 7) return `answered a value of type ${type}`;
  const count = message.readInt32LE(10);
  for (let i = 0; i < count; i += 4) {
    const at = (index: number) => Number(message.readBigInt64LE(14 + 8 * (i + index)));
    if (at(1) !== at(2)) return `date ${at(0)} has ${at(1)} rows, ${at(2)} of them distinct`;
    if (at(3) !== 0) return `date ${at(0)} has ${at(3)} rows without a price`;
  }
  return undefined;
}
