/*
 * A tickerplant that does nothing but answer: it takes batches, counts their rows and acknowledges, so that a
 * benchmark of the feed does not measure what is behind it. Prints its port; on SIGTERM the rows it took.
 *   node dist-bench/scripts/benchmarks/ack-sink.js DATE        DATE as days since 2000-01-01
 */
import type { Socket } from 'node:net';
import { decodeValue } from '../../src/kdb/ipc/decode.ts';
import { encodeError, encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES } from '../../src/kdb/ipc/message.ts';
import { GENERIC_NULL, longAtom, type QValue, symbolVector, textOf } from '../../src/kdb/ipc/values.ts';
import { AGGREGATE_COLUMNS } from '../../src/tables/definitions.ts';
import { answer, runSink } from './sink.ts';

const SYNC = 1;
const NAME_VECTOR = 10;
const LETTERS = { timespan: 'n', timestamp: 'p', symbol: 's', float: 'f', long: 'j' } as const;

const date = Number(process.argv[2]);
const answered = answer(encodeValue(GENERIC_NULL));
let rows = 0;

runSink(serve, () => ({ rows }));

function serve(socket: Socket): void {
  const chunks: Buffer[] = [];
  let held = 0;
  let needed = MESSAGE_HEADER_BYTES;
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= needed) {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const length = bytes.readUInt32LE(4);
      chunks.length = 0;
      chunks.push(bytes);
      needed = length;
      if (held < length) return;
      take(socket, bytes.subarray(0, length));
      const rest = bytes.subarray(length);
      chunks.length = 0;
      if (rest.length > 0) chunks.push(rest);
      held = rest.length;
      needed = MESSAGE_HEADER_BYTES;
    }
  });
}

function take(socket: Socket, frame: Buffer): void {
  const body = frame.subarray(MESSAGE_HEADER_BYTES);
  if (body[0] === NAME_VECTOR) socket.write(answer(answerTo(textOf(decodeValue(body)) ?? '')));
  else {
    rows += rowsOf(body);
    if (frame[1] === SYNC) socket.write(answered);
  }
}

/** The count of the first column of `(".u.upd";`table;(columns))`. */
function rowsOf(body: Buffer): number {
  const functionEnd = 6 + 6 + body.readUInt32LE(8);
  const tableEnd = body.indexOf(0, functionEnd) + 1;
  return body.readUInt32LE(tableEnd + 6 + 2);
}

function answerTo(question: string): Uint8Array {
  if (question === '.u.d') return encodeValue({ kind: 'atom', type: 'date', value: date });
  if (question === '.u.l') return encodeValue(longAtom(1n));
  if (question.startsWith('meta ')) return encodeValue(meta());
  if (question === '.z.P-.z.p') return encodeValue({ kind: 'atom', type: 'timespan', value: 0n });
  return encodeError(question);
}

function meta(): QValue {
  const letters = AGGREGATE_COLUMNS.map(column => LETTERS[column.type]).join('');
  const columns = (name: string, values: QValue): QValue => ({
    kind: 'table',
    attribute: 'none',
    columns: [{ name, values: values as never }],
  });
  return {
    kind: 'dict',
    sorted: false,
    keys: columns('c', symbolVector(AGGREGATE_COLUMNS.map(column => column.name))),
    values: columns('t', {
      kind: 'vector',
      type: 'char',
      attribute: 'none',
      values: Buffer.from(letters, 'ascii'),
    }),
  };
}
