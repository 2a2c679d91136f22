/** An int or long atom applied as a handle: 0 is this process, 1 and 2 the console, others the host's. */
import { itemsOf } from '../values/items.ts';
import { decodeText } from '../values/text.ts';
import type { Atom, Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';

export function applyHandle(target: Atom, args: readonly Value[], interpreter: Interpreter): Value {
  if (target.type === 11) return applySymbol(target.value, args, interpreter);
  if (args.length !== 1) throw new QError('rank');
  if (target.type !== 6 && target.type !== 7) throw new QError('type');
  const handle = Number(target.value);
  const message = args[0]!;
  if (handle === 0) return interpreter.valueOf(message);
  if (Math.abs(handle) > 2) return interpreter.host.applyHandle(handle, message);
  print(handle, message, interpreter);
  return target;
}

/** A name applied is its value applied; an address, as in `:host:port"query", is asked over a connection of its own. */
function applySymbol(name: string, args: readonly Value[], interpreter: Interpreter): Value {
  if (!isAddress(name)) return interpreter.apply(interpreter.getVariable(name), args);
  if (args.length !== 1) throw new QError('rank');
  const handle = interpreter.host.open({ kind: 'atom', type: 11, value: name });
  try {
    return interpreter.host.applyHandle(handle, args[0]!);
  } finally {
    interpreter.host.close(handle);
  }
}

/** Paths have no second colon. */
function isAddress(name: string): boolean {
  return /^:[^:]*:\d/.test(name);
}

/** Negative handles end every line. */
function print(handle: number, message: Value, interpreter: Interpreter): void {
  const stream = Math.abs(handle) === 1 ? 1 : 2;
  const lines = message.kind === 'list' ? itemsOf(message) : [message];
  for (const line of lines) {
    if (line.kind === 'vector' && line.type === 10) write(stream, decodeText(line.data), handle, interpreter);
    else if (line.kind === 'atom' && line.type === 10) {
      write(stream, decodeText(Uint8Array.of(line.value)), handle, interpreter);
    } else throw new QError('type');
  }
}

function write(stream: 1 | 2, text: string, handle: number, interpreter: Interpreter): void {
  interpreter.host.write(stream, handle < 0 ? `${text}\n` : text);
}
