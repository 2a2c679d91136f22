/** .Q.trp, .Q.trpd, .Q.bt and .Q.sbt: what was in progress when an error happened, or is now. */
import { backtraceText, type Frame, framesOf } from '../console/backtrace.ts';
import { isFunction } from '../evaluator/apply.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { numberOf } from '../values/convert.ts';
import { isListLike, itemsOf } from '../values/items.ts';
import { list, long, string, textOf } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { limitError, NULL, QError } from '../values/value.ts';
import type { Run } from './functions.ts';

/** A backtrace as a q value: for each frame (number; name; file; line; text; place in it). */
function objectOf(frames: readonly Frame[]): Value {
  return list(
    frames.map(({ index, name, path, line, text, at }) =>
      list([long(index), string(name), string(path), long(line), string(text), long(at)]),
    ),
  );
}

function framesIn(backtrace: Value): Frame[] {
  if (backtrace.kind !== 'list') throw new QError('type');
  return backtrace.items.map(item => {
    if (item.kind !== 'list' || item.items.length !== 6) throw new QError('type');
    const [index, name, path, line, text, at] = item.items as [Value, Value, Value, Value, Value, Value];
    return {
      index: number(index),
      name: characters(name),
      path: characters(path),
      line: number(line),
      text: characters(text),
      at: number(at),
    };
  });
}

function number(x: Value): number {
  if (x.kind !== 'atom') throw new QError('type');
  return numberOf(x);
}

function characters(x: Value): string {
  if (x.kind !== 'vector' || x.type !== 10) throw new QError('type');
  return textOf(x);
}

/** As a trap, whose handler also gets the backtrace. */
function trapWithBacktrace(
  name: string,
  f: Value,
  args: readonly Value[],
  handler: Value,
  interpreter: Interpreter,
): Value {
  try {
    return interpreter.during({ kind: 'named', name }, () => interpreter.apply(f, args));
  } catch (error) {
    const signal = error instanceof QError ? error : limitError(error);
    if (signal === undefined) throw error;
    if (!isFunction(handler)) return handler;
    const calls = signal.calls ?? interpreter.calls.snapshot();
    return interpreter.apply(handler, [string(signal.message), objectOf(framesOf(calls))]);
  }
}

export const BACKTRACE_FUNCTIONS: Readonly<Record<string, readonly [rank: number, run: Run]>> = {
  '.Q.trp': [3, ([f, x, handler], q) => trapWithBacktrace('.Q.trp', f!, [x!], handler!, q)],
  '.Q.trpd': [
    3,
    ([f, x, handler], q) =>
      trapWithBacktrace('.Q.trpd', f!, isListLike(x!) ? itemsOf(x!) : [x!], handler!, q),
  ],
  '.Q.bt': [
    1,
    (_args, q) => {
      q.host.write(1, backtraceText(framesOf(q.calls.snapshot())));
      return NULL;
    },
  ],
  '.Q.sbt': [1, ([backtrace]) => string(backtraceText(framesIn(backtrace!)))],
};
