/** Backslash commands and `system`: those of the language here, the rest with the host. */
import { splitStatements } from '../language/script.ts';
import { long, longAtom, symbol, symbols } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { NS_PER_MS } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { NULL, QError } from '../values/value.ts';
import type { Interpreter } from './interpreter.ts';
import { viewNames } from './views.ts';

/** Runs a command line without its backslash, such as `d .u` or `l file.q`. */
export function runSystemCommand(line: string, interpreter: Interpreter): Value {
  const match = /^([a-zA-Z_0-9]+)(?::(\d+))?(?:\s+([\s\S]*))?$/.exec(line.trimEnd());
  const [, command = '', times, argument = ''] = match ?? [];
  switch (command) {
    case 'd':
      return changeNamespace(argument, interpreter);
    case 'l':
      return interpreter.during({ kind: 'text', source: `\\${line}` }, () => loadFile(argument, interpreter));
    case 'a':
    case 'f':
    case 'v':
      return listNames(command, argument, interpreter);
    case 'b':
    case 'B':
      return viewNames(namespaceOf(argument, interpreter), command === 'B', interpreter);
    case 't':
    case 'ts':
      if (argument !== '' && !/^\d+$/.test(argument))
        return timeIt(command, argument, Number(times ?? 1), interpreter);
      break;
  }
  const answer = interpreter.host.system(match === null ? line : command, argument);
  if (answer === undefined) throw new QError(`nyi: \\${line}`);
  return answer;
}

function changeNamespace(argument: string, interpreter: Interpreter): Value {
  if (argument === '') return symbol(interpreter.namespace === '' ? '.' : interpreter.namespace);
  if (interpreter.globals.locked) throw new QError('noupdate');
  const name = argument.startsWith('.') ? argument : `.${argument}`;
  interpreter.namespace = name === '.' ? '' : name;
  interpreter.globals.ensure(interpreter.namespace);
  return NULL;
}

/** Loads a script; the namespace that it leaves behind does not outlive it. */
export function loadFile(path: string, interpreter: Interpreter): Value {
  const answer = interpreter.host.system('l', path);
  if (answer !== undefined) return answer;
  const text = decodeText(interpreter.host.readFile(path));
  const fullPath = interpreter.host.fullPath(path);
  const namespace = interpreter.namespace;
  try {
    for (const statement of splitStatements(text)) {
      const place = { path: fullPath, line: statement.line };
      const { value, shown } = interpreter.evaluateText(statement.source, place);
      if (shown) interpreter.host.write(1, interpreter.host.format(value));
    }
  } finally {
    interpreter.namespace = namespace;
  }
  return NULL;
}

/** The namespace that a command names; without a name the current one. */
function namespaceOf(argument: string, interpreter: Interpreter): string {
  if (argument === '') return interpreter.namespace;
  return argument === '.' ? '' : argument.startsWith('.') ? argument : `.${argument}`;
}

function listNames(command: string, argument: string, interpreter: Interpreter): Value {
  const namespace = namespaceOf(argument, interpreter);
  const names = interpreter.globals.names(namespace).filter(name => {
    const value = interpreter.globals.stored(namespace === '' ? name : `${namespace}.${name}`)!;
    if (value.kind === 'view') return false;
    const table = value.kind === 'table' || (value.kind === 'dictionary' && value.keys.kind === 'table');
    if (command === 'a') return table;
    const isFunction = value.kind === 'lambda' || value.kind === 'projection' || value.kind === 'derived';
    return command === 'f' ? isFunction : !isFunction;
  });
  return symbols(names.sort(), 's');
}

function timeIt(command: string, source: string, times: number, interpreter: Interpreter): Value {
  const start = interpreter.host.nowNs();
  for (let i = 0; i < times; i++) interpreter.evaluateText(source);
  const ms = (interpreter.host.nowNs() - start) / NS_PER_MS;
  if (command === 't') return long(ms);
  return { kind: 'vector', type: 7, data: BigInt64Array.of(longAtom(7, ms).value, 0n), attribute: '' };
}
