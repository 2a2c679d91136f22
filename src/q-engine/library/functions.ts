/** The functions of .Q and .j that need more than q. */
import { literal, plainText } from '../console/index.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { define } from '../primitives/registry.ts';
import { numberOf } from '../values/convert.ts';
import { findItem } from '../values/find.ts';
import { collect, countOf, isListLike, itemAt, itemsOf } from '../values/items.ts';
import { byteVector, char, list, string, symbol, symbols, textOf } from '../values/make.ts';
import { typeLetter } from '../values/types.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { BACKTRACE_FUNCTIONS } from './backtrace.ts';
import { toJson } from './json.ts';
import { fromJson } from './json-reader.ts';

export type Run = (args: readonly Value[], interpreter: Interpreter) => Value;

function text(x: Value | undefined): string {
  if (x?.kind === 'vector' && x.type === 10) return textOf(x);
  if (x?.kind === 'atom' && x.type === 10) return String.fromCharCode(x.value);
  throw new QError('type');
}

function number(x: Value | undefined): number {
  if (x?.kind !== 'atom') throw new QError('type');
  return numberOf(x);
}

/** Below this many units of the last digit a number is written out, above it as any float. */
const MAX_UNITS = 1e17;

/** A number with n digits after its point; of a list, of each item. Halves go up. */
function fixed(digits: number, x: Value, precision: number): Value {
  if (isListLike(x)) return list(itemsOf(x).map(item => fixed(digits, item, precision)));
  const value = number(x);
  if (Number.isNaN(value)) return string('');
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  // Ten more below one, so that there is a digit before the point to cut.
  const small = size < 1;
  const units = Math.floor((small ? size + 10 : size) * 10 ** digits + 0.5);
  if (!(units < MAX_UNITS)) return string(plainText({ kind: 'atom', type: 9, value }, precision));
  const text = String(BigInt(units));
  const whole = text.slice(small ? 1 : 0, text.length - digits);
  return string(sign + whole + (digits === 0 ? '' : `.${text.slice(text.length - digits)}`));
}

/** The letter by which 0: would read a column; a capital for lists of vectors. */
function typeCharacter(x: Value): Value {
  if (x.kind === 'table') return collect(x.columns.map(typeCharacter));
  if (x.kind === 'dictionary') return { ...x, values: collect(itemsOf(x.values).map(typeCharacter)) };
  if (x.kind === 'atom') return char(typeLetter(x.type).toUpperCase().charCodeAt(0));
  if (x.kind === 'vector') return char(typeLetter(x.type === 20 ? 11 : x.type).charCodeAt(0));
  const [first] = x.kind === 'list' ? x.items : [];
  return char(first?.kind === 'vector' ? typeLetter(first.type).toUpperCase().charCodeAt(0) : 32);
}

/**
 * A name that can be a column: letters, digits and underscores only, not starting with a digit. Names of a table
 * or dictionary that are keywords get a 1, those already taken the first number that makes them new.
 */
function identifier(x: Value, q: Interpreter): Value {
  if (x.kind === 'vector' && x.type === 11) return collect(itemsOf(x).map(item => identifier(item, q)));
  if (x.kind === 'table') return { ...x, names: columnNames(x.names, q) };
  if (x.kind === 'dictionary') {
    if (x.keys.kind === 'table') {
      const [keys, values] = [identifier(x.keys, q), identifier(x.values, q)];
      return { ...x, keys, values };
    }
    if (x.keys.kind !== 'vector' || x.keys.type !== 11) throw new QError('type');
    return { ...x, keys: symbols(columnNames(itemsOf(x.keys).map(nameOf), q)) };
  }
  return symbol(clean(nameOf(x)));
}

function nameOf(x: Value): string {
  if (x.kind !== 'atom' || x.type !== 11) throw new QError('type');
  return x.value;
}

function clean(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/g, '');
  return /^[A-Za-z]/.test(plain) ? plain : `a${plain}`;
}

function columnNames(names: readonly string[], q: Interpreter): string[] {
  const reserved = new Set(itemsOf(q.evaluateText('.Q.res,key`.q').value).map(nameOf));
  const taken = new Set<string>();
  return names.map(name => {
    const cleaned = clean(name);
    const base = reserved.has(cleaned) ? `${cleaned}1` : cleaned;
    let unique = base;
    for (let i = 1; taken.has(unique); i++) unique = `${base}${i}`;
    taken.add(unique);
    return unique;
  });
}

/** Whether the options of .j.jd have infinities written as null. */
function hidesInfinities(options: Value): boolean {
  if (options.kind !== 'dictionary') throw new QError('type');
  const at = findItem(options.keys, symbol('null0w'));
  if (at === countOf(options.keys)) return false;
  const chosen = itemAt(options.values, at);
  return chosen.kind === 'atom' && chosen.type === 1 && chosen.value === 1;
}

const FUNCTIONS: Readonly<Record<string, readonly [rank: number, run: Run]>> = {
  '.j.j': [1, ([x], q) => string(toJson(x!, q.precision))],
  '.j.jd': [1, ([x], q) => string(toJson(itemAt(x!, 0), q.precision, hidesInfinities(itemAt(x!, 1))))],
  '.j.k': [1, ([x]) => fromJson(text(x))],
  '.Q.s': [1, ([x], q) => string(q.host.format(x!))],
  '.Q.s1': [1, ([x], q) => string(literal(x!, q.precision))],
  '.Q.f': [2, ([digits, x], q) => fixed(number(digits), x!, q.precision)],
  '.Q.ty': [1, ([x]) => typeCharacter(x!)],
  '.Q.id': [1, ([x], q) => identifier(x!, q)],
  '.Q.btoa': [1, ([x]) => string(Buffer.from(text(x), 'utf8').toString('base64'))],
  '.Q.atob': [1, ([x]) => byteVector(4, new Uint8Array(Buffer.from(text(x), 'base64')))],
  ...BACKTRACE_FUNCTIONS,
};

/** Gives the interpreter these functions as globals. */
export function installFunctions(interpreter: Interpreter): void {
  for (const [name, [rank, run]] of Object.entries(FUNCTIONS)) {
    const primitive: Value = define(name, { variadic: whole }, { type: 100, minRank: rank, maxRank: rank });
    function whole(args: readonly Value[], q: Interpreter): Value {
      if (args.length > rank) throw new QError('rank');
      // Fewer arguments than wanted make a projection.
      return args.length < rank ? { kind: 'projection', target: primitive, args } : run(args, q);
    }
    interpreter.globals.set(name, primitive);
  }
}
