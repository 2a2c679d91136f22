/** Evaluates syntax trees: names, application, assignment, control. */

import { readPath, writePath } from '../files/path-values.ts';
import type { EngineHost } from '../host.ts';
import { NATIVE } from '../language/keywords.ts';
import type { NameNode, Node } from '../language/nodes.ts';
import { parseSource } from '../language/parser.ts';
import { primitive, primitiveNames, primitiveOrUndefined } from '../primitives/registry.ts';
import { dottedPart } from '../sql/dotted.ts';
import { runQuery } from '../sql/query.ts';
import { type Activation, CallStack, type Place } from '../values/calls.ts';
import { release } from '../values/exclusive.ts';
import { buildTable, collect, columnOf } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { dictionary, list, string, symbols, table, textOf } from '../values/make.ts';
import type { Dictionary, Lambda, Table, Value } from '../values/value.ts';
import { ELIDED, limitError, NULL, QError } from '../values/value.ts';
import { applyValue } from './apply.ts';
import { assign } from './assign.ts';
import { getDotz, isDotz, setDotz } from './dotz.ts';
import { Globals } from './globals.ts';
import { indexOnce } from './indexing.ts';
import { assignPattern, firstMatch } from './patterns.ts';
import { runSystemCommand } from './system-commands.ts';
import { isTrue } from './truth.ts';
import { evaluateValue } from './value-of.ts';
import { currentResult, defineView } from './views.ts';

/** The columns of the table that a query is evaluating, for its rows in hand. */
export interface ColumnScope {
  column(name: string): Value | undefined;
}

/** One activation of a function, or the top level. */
export interface Frame {
  readonly slots: (Value | undefined)[];
  readonly namespace: string;
  readonly lambda: Lambda | undefined;
  readonly columns: ColumnScope | undefined;
}

/** Thrown by `:x` inside of nested expressions, caught by the function that returns. */
class Return {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}

/** At the end of a command; a slash with more after it is a path. */
const REMARK = /\s+\/(\s.*)?$/;
const MAX_DEPTH = 1500;
/** What the call of a function or a turn of a loop costs, in simple steps. */
const CALL_WORK = 8;

export class Interpreter {
  readonly globals = new Globals(view => currentResult(view, this));
  host: EngineHost;
  /** Set by `\d`: '' or such as '.u'. */
  namespace = '';
  readonly calls = new CallStack();

  constructor(host: EngineHost) {
    this.host = host;
  }

  /** Evaluates text: an expression, several of them, or a backslash command. `place` is where it is from. */
  evaluateText(source: string, place?: Place): { value: Value; shown: boolean } {
    return this.during({ kind: 'text', source, ...(place === undefined ? {} : { place }) }, () => {
      const text = source.trimStart();
      if (text.startsWith('\\')) {
        const value = runSystemCommand(text.slice(1).replace(REMARK, ''), this);
        return { value, shown: value.kind !== 'null' };
      }
      const language = /^([a-zA-Z])\)/.exec(source)?.[1];
      if (language !== undefined) return this.#evaluateAs(language, source.slice(2));
      if (defineView(source, place, this)) return { value: NULL, shown: false };
      const node = parseSource(source, this.namespace, place);
      const value = this.#evaluateTop(node);
      return { value, shown: isShown(node) && value.kind !== 'null' };
    });
  }

  /** Runs as a call of its own; an error that leaves it knows what was in progress. */
  during<T>(activation: Activation, run: () => T): T {
    this.calls.enter(activation);
    try {
      return run();
    } catch (error) {
      this.#noteCalls(error);
      throw error;
    } finally {
      this.calls.leave();
    }
  }

  #noteCalls(error: unknown): void {
    if (!(error instanceof QError) || error.calls !== undefined) return;
    if (error.at >= 0) this.calls.position = error.at;
    error.calls = this.calls.snapshot();
  }

  /** Text after a letter such as `s)` is for the handler .s.e of that language. */
  #evaluateAs(language: string, text: string): { value: Value; shown: boolean } {
    if (language === 'q') return this.evaluateText(text);
    if (language === 'k') throw new QError('nyi: k)');
    const value = this.apply(this.getVariable(`.${language}.e`), [string(text)]);
    return { value, shown: value.kind !== 'null' };
  }

  #evaluateTop(node: Node): Value {
    try {
      return this.evaluate(node, this.topFrame());
    } catch (error) {
      if (error instanceof Return) return error.value;
      throw limitError(error) ?? error;
    }
  }

  /** Significant digits of floats as text. */
  get precision(): number {
    return this.host.precision;
  }

  topFrame(): Frame {
    return { slots: [], namespace: this.namespace, lambda: undefined, columns: undefined };
  }

  /** What the keyword `value` does. */
  valueOf(x: Value): Value {
    return evaluateValue(x, this);
  }

  apply(target: Value, args: readonly Value[]): Value {
    return applyValue(target, args, this);
  }

  evaluate(node: Node, frame: Frame): Value {
    switch (node.kind) {
      case 'literal':
        return node.value;
      case 'name':
        return this.lookUp(node, frame);
      case 'elided':
        return NULL;
      case 'apply':
        return this.#applyNode(node, frame);
      case 'list':
        return this.#listLiteral(node.items, frame);
      case 'derived':
        return { kind: 'derived', iterator: node.iterator, target: this.evaluate(node.target, frame) };
      case 'compose':
        return { kind: 'composition', parts: this.evaluateArgs(node.parts, frame) };
      case 'assign':
        return assign(node, frame, this);
      case 'pattern':
        return assignPattern(node.pattern, this.evaluate(node.value, frame), frame, this);
      case 'cases':
        return firstMatch(node, frame, this);
      case 'conditional':
        return this.#conditional(node.branches, frame);
      case 'control':
        return this.#control(node, frame);
      case 'return':
        throw new Return(this.evaluate(node.value, frame));
      case 'signal': {
        const signal = signalOf(this.evaluate(node.value, frame));
        this.calls.position = node.at;
        throw signal;
      }
      case 'table':
        return this.#tableLiteral(node, frame);
      case 'dictionary': {
        const values = this.evaluateArgs(
          node.entries.map(entry => entry.node),
          frame,
        );
        return dictionary(symbols(node.entries.map(entry => entry.name)), collect(values));
      }
      case 'query':
        return runQuery(node, frame, this);
      case 'sequence':
        return this.#sequence(node.items, frame);
    }
  }

  /** Arguments and list items are evaluated from the right. */
  evaluateArgs(nodes: readonly Node[], frame: Frame): Value[] {
    const values = new Array<Value>(nodes.length);
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]!;
      values[i] = node.kind === 'elided' ? ELIDED : this.evaluate(node, frame);
    }
    return values;
  }

  /** The value of a name: a column of the query, a local, a global of the function's namespace. */
  lookUp(node: NameNode, frame: Frame): Value {
    return release(this.peek(node, frame));
  }

  /** As {@link lookUp}, for what takes an item of the value or amends it, and keeps no part that an amend changes. */
  peek(node: NameNode, frame: Frame): Value {
    const { name, slot } = node;
    if (frame.columns !== undefined) {
      const column = frame.columns.column(name);
      if (column !== undefined) return column;
    }
    if (slot >= 0) {
      const local = frame.slots[slot];
      if (local === undefined) throw new QError(name);
      return local;
    }
    if (name === '.z.s' && frame.lambda !== undefined) return frame.lambda;
    const value = this.peekVariable(name, frame.namespace);
    if (value !== undefined) return value;
    this.calls.position = node.at;
    throw new QError(name);
  }

  /** A global by a name as written in a namespace. Signals the name when there is none. */
  getVariable(name: string, namespace = this.namespace): Value {
    const value = this.findVariable(name, namespace);
    if (value === undefined) throw new QError(name);
    return value;
  }

  /** A file symbol such as `:db/t/ names the value in that file. */
  findVariable(name: string, namespace = this.namespace): Value | undefined {
    return release(this.peekVariable(name, namespace));
  }

  /** As {@link findVariable}, for what takes an item of the value or amends it. */
  peekVariable(name: string, namespace = this.namespace): Value | undefined {
    if (name.startsWith(':')) return readPath(name.slice(1), this);
    const full = Globals.qualify(name, namespace);
    if (isDotz(full)) return getDotz(full, this);
    return this.globals.peek(full) ?? keywordNamed(full) ?? this.#partOfVariable(full);
  }

  /** a.b of a global a: a column of a table, a part of a temporal value. */
  #partOfVariable(full: string): Value | undefined {
    const dot = full.lastIndexOf('.');
    if (dot <= 0) return undefined;
    const base = this.globals.stored(full.slice(0, dot));
    if (base?.kind === 'view') throw new QError('nyi');
    if (base?.kind === 'table') return columnOf(base, full.slice(dot + 1));
    return base === undefined ? undefined : dottedPart(base, full.slice(dot + 1));
  }

  setVariable(name: string, value: Value, namespace = this.namespace): void {
    if (name.startsWith(':')) {
      writePath(name.slice(1), value, this);
      return;
    }
    const full = Globals.qualify(name, namespace);
    if (isDotz(full)) setDotz(full, value, this);
    else this.globals.set(full, value);
  }

  callLambda(lambda: Lambda, args: readonly Value[]): Value {
    const slots = new Array<Value | undefined>(lambda.parameters.length + lambda.locals.length);
    for (let i = 0; i < args.length; i++) slots[i] = args[i] === ELIDED ? NULL : args[i];
    for (let i = args.length; i < lambda.parameters.length; i++) slots[i] = NULL;
    // A local read before it has a value is an empty list, as in kdb+.
    for (let i = lambda.parameters.length; i < slots.length; i++) slots[i] = { kind: 'list', items: [] };
    const frame: Frame = { slots, namespace: lambda.namespace, lambda, columns: undefined };
    spend(CALL_WORK);
    if (this.calls.depth > MAX_DEPTH) throw new QError('stack');
    this.calls.enter(lambda);
    try {
      return this.#sequence(lambda.body as readonly Node[], frame);
    } catch (error) {
      if (error instanceof Return) return error.value;
      this.#noteCalls(error);
      throw error;
    } finally {
      this.calls.leave();
    }
  }

  #sequence(items: readonly Node[], frame: Frame): Value {
    let value: Value = NULL;
    for (const item of items) {
      if (item.kind === 'return') return this.evaluate(item.value, frame);
      value = this.evaluate(item, frame);
    }
    return value;
  }

  #applyNode(node: Node & { kind: 'apply' }, frame: Frame): Value {
    const { target, args } = node;
    const values = args.length === 1 && args[0]!.kind === 'elided' ? [NULL] : this.evaluateArgs(args, frame);
    if (target.kind === 'name' && values.length === 1) {
      const index = values[0]!;
      const value = this.peek(target, frame);
      this.calls.position = node.at;
      // An item, or a list of some, is no part that an amend in place could change later.
      if (index.kind === 'atom' || index.kind === 'vector') {
        if (value.kind === 'vector' || value.kind === 'list' || value.kind === 'dictionary')
          return indexOnce(value, index);
      }
      return applyValue(release(value), values, this);
    }
    const applied = this.evaluate(target, frame);
    this.calls.position = node.at;
    return applyValue(applied, values, this);
  }

  /** A list with an item left out is a function of it. */
  #listLiteral(nodes: readonly Node[], frame: Frame): Value {
    const items = this.evaluateArgs(nodes, frame);
    if (items.includes(ELIDED)) return { kind: 'projection', target: primitive('enlist'), args: items };
    return collect(items);
  }

  #conditional(branches: readonly Node[], frame: Frame): Value {
    let i = 0;
    for (; i + 1 < branches.length; i += 2) {
      if (isTrue(this.evaluate(branches[i]!, frame))) return this.evaluate(branches[i + 1]!, frame);
    }
    return i < branches.length ? this.evaluate(branches[i]!, frame) : NULL;
  }

  #control(node: Node & { kind: 'control' }, frame: Frame): Value {
    if (node.word === 'if') {
      if (isTrue(this.evaluate(node.condition, frame))) this.#body(node.body, frame);
    } else if (node.word === 'while') {
      while (isTrue(this.evaluate(node.condition, frame))) {
        spend(CALL_WORK);
        this.#body(node.body, frame);
      }
    } else {
      const times = this.evaluate(node.condition, frame);
      if (times.kind !== 'atom' || typeof times.value === 'string' || times.type === 2)
        throw new QError('type');
      for (let left = Number(times.value); left > 0; left--) {
        spend(CALL_WORK);
        this.#body(node.body, frame);
      }
    }
    return NULL;
  }

  #body(body: readonly Node[], frame: Frame): void {
    for (const item of body) this.evaluate(item, frame);
  }

  #tableLiteral(node: Node & { kind: 'table' }, frame: Frame): Table | Dictionary {
    const part = (nodes: typeof node.keys) => {
      const names = nodes.map(column => column.name);
      const values = this.evaluateArgs(
        nodes.map(column => column.node),
        frame,
      );
      return { names, values };
    };
    const columns = part(node.columns);
    const keys = part(node.keys);
    const whole = buildTable([...keys.names, ...columns.names], [...keys.values, ...columns.values]);
    const keyCount = keys.names.length;
    if (keyCount === 0) return whole;
    return dictionary(
      table(keys.names, whole.columns.slice(0, keyCount)),
      table(columns.names, whole.columns.slice(keyCount)),
    );
  }
}

/** `.q.neg` and the like; `.q` is the dictionary of all keywords. */
function keywordNamed(name: string): Value | undefined {
  if (name.startsWith('.q.')) return primitiveOrUndefined(name.slice(3));
  if (name !== '.q') return undefined;
  const names = primitiveNames().filter(word => /^[a-z]/.test(word) && !NATIVE.has(word));
  return dictionary(symbols(['', ...names]), list([NULL, ...names.map(primitive)]));
}

/** What `'x` throws. */
export function signalOf(value: Value): QError {
  if (value.kind === 'atom' && value.type === 11) return new QError(value.value);
  if (value.kind === 'vector' && value.type === 10) return new QError(textOf(value));
  return new QError('stype');
}

function isShown(node: Node): boolean {
  if (node.kind === 'assign' || node.kind === 'pattern' || node.kind === 'elided') return false;
  if (node.kind !== 'sequence') return true;
  return isShown(node.items[node.items.length - 1]!);
}
