import {
  bodyLength,
  compress,
  decodeMessage,
  encodeMessage,
  type FunctionReader,
  HEADER_BYTES,
  MessageKind,
} from '../codec/index.ts';
import { measureLog, replayLog } from '../files/log-file.ts';
import type { Connection } from '../server/connection.ts';
import type { Connections } from '../server/connections.ts';
import { itemsOf } from '../values/items.ts';
import * as make from '../values/make.ts';
import { NULL, QError, type Value } from '../values/value.ts';
import { addressOfHost, hostOfAddress } from './host-names.ts';
import { collectGarbage } from './memory.ts';

/** What the internal functions of the process work with. */
export interface InternalTargets {
  readonly functions: FunctionReader;
  readonly connections: () => Connections;
  /** The open connection of a handle; undefined if it is none. */
  readonly connection: (handle: number) => Connection | undefined;
  /** Evaluates a message of a log: .z.ps, or `value`. */
  readonly perform: (message: Value) => void;
  /** Puts off the answer to the request that is being evaluated. */
  readonly deferAnswer: () => void;
}

/** The internal functions -N!x of messages, logs and connections; undefined: there is none of that number here. */
export function runInternal(code: number, argument: Value, targets: InternalTargets): Value | undefined {
  switch (Math.abs(code)) {
    case 8:
      return make.byteVector(4, encodeMessage(argument, MessageKind.async));
    case 9:
      return fromBytes(argument, targets);
    case 11:
      return streamLog(argument, targets);
    case 12:
      return hostOfAddress(argument);
    case 13:
      return addressOfHost(argument);
    case 20:
      return collectGarbage();
    case 18:
      return make.byteVector(4, compress(encodeMessage(argument, MessageKind.async)));
    case 22:
      return make.long(HEADER_BYTES + bodyLength(argument));
    case 25:
      return broadcast(argument, targets);
    case 30:
      return deferredAnswer(argument, targets);
    case 38:
      return socketTable(argument, targets);
    default:
      return undefined;
  }
}

function fromBytes(bytes: Value, { functions }: InternalTargets): Value {
  if (bytes.kind !== 'vector' || bytes.type !== 4) throw new QError('type');
  const decoded = decodeMessage(bytes.data, functions);
  if ('error' in decoded) throw new QError(decoded.error);
  return decoded.value;
}

/** -11!: replays a log, wholly or its first messages, or measures it. */
function streamLog(argument: Value, targets: InternalTargets): Value {
  const [first, second] = argument.kind === 'list' ? argument.items : [make.long(-1), argument];
  const limit = wholeNumber(first!);
  const path = pathOf(second!);
  if (limit === -2) {
    const { messages, validBytes, damaged } = measureLog(path);
    return damaged ? make.longs(BigInt64Array.from([messages, validBytes], BigInt)) : make.long(messages);
  }
  if (limit < -2) throw new QError('domain');
  const extent = replayLog(
    path,
    limit === -1 ? Number.POSITIVE_INFINITY : limit,
    targets.functions,
    targets.perform,
  );
  if (limit === -1 && extent.damaged) throw new QError('badtail');
  return make.long(extent.messages);
}

function broadcast(argument: Value, { connection, connections }: InternalTargets): Value {
  if (argument.kind !== 'list' || argument.items.length !== 2) throw new QError('type');
  const [handles, message] = argument.items as [Value, Value];
  const receivers = itemsOf(handles).map(item => {
    const handle = wholeNumber(item);
    const receiver = connection(handle);
    if (receiver === undefined) throw new QError(`${handle} is not an ipc handle`);
    return receiver;
  });
  if (message.kind === 'null') for (const receiver of receivers) connections().flush(receiver);
  else connections().broadcast(receivers, message);
  return NULL;
}

/** -30!: (::) puts the answer off, (handle;isError;answer) gives it. */
function deferredAnswer(argument: Value, { connection, connections, deferAnswer }: InternalTargets): Value {
  if (argument.kind === 'null') {
    deferAnswer();
    return NULL;
  }
  if (argument.kind !== 'list' || argument.items.length !== 3) throw new QError('type');
  const [handle, isError, answer] = argument.items as [Value, Value, Value];
  const receiver = connection(wholeNumber(handle));
  if (receiver === undefined) throw new QError('domain');
  if (isError.kind !== 'atom' || isError.type !== 1) throw new QError('type');
  connections().answerDeferred(receiver, isError.value === 1 ? { error: errorText(answer) } : answer);
  return NULL;
}

function socketTable(argument: Value, { connection }: InternalTargets): Value {
  const describe = (item: Value): Connection => {
    const found = connection(wholeNumber(item));
    if (found === undefined) throw new QError('domain');
    return found;
  };
  const names = ['p', 'f', 'z', 'n', 'm'];
  if (argument.kind === 'atom') {
    const { traffic } = describe(argument);
    const counts = [make.long(traffic.outboundMessages), make.long(traffic.outboundBytes)];
    return make.dictionary(
      make.symbols(names),
      make.list([make.char(0x71), make.char(0x74), make.boolean(false), ...counts]),
    );
  }
  const all = itemsOf(argument).map(describe);
  return make.table(names, [
    make.string('q'.repeat(all.length)),
    make.string('t'.repeat(all.length)),
    make.byteVector(1, new Uint8Array(all.length)),
    make.longs(BigInt64Array.from(all, ({ traffic }) => BigInt(traffic.outboundMessages))),
    make.longs(BigInt64Array.from(all, ({ traffic }) => BigInt(traffic.outboundBytes))),
  ]);
}

function errorText(value: Value): string {
  if (value.kind === 'atom' && value.type === 11) return value.value;
  if (value.kind === 'vector' && value.type === 10) return make.textOf(value);
  throw new QError('type');
}

function pathOf(value: Value): string {
  if (value.kind !== 'atom' || value.type !== 11 || !value.value.startsWith(':')) throw new QError('type');
  return value.value.slice(1);
}

function wholeNumber(value: Value): number {
  if (value.kind === 'atom' && (value.type === 5 || value.type === 6 || value.type === 7))
    return Number(value.value);
  throw new QError('type');
}
