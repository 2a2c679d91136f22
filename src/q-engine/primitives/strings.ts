/** string, case, trimming, like, ss, ssr, md5. */
import { createHash } from 'node:crypto';
import { plainText } from '../console/index.ts';
import { isFunction } from '../evaluator/apply.ts';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { withoutEnum } from '../values/enums.ts';
import { collect, countOf, vectorItem } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { boolean, byteVector, list, string, symbol, textOf } from '../values/make.ts';
import { slice } from '../values/select-items.ts';
import { internSymbol, symbolName } from '../values/symbol-pool.ts';
import { decodeText, encodeText } from '../values/text.ts';
import type { Atom, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import { isNull } from './cast.ts';
import { longPositions } from './lists.ts';
import { findPattern, matchesPattern } from './patterns.ts';
import { alias, define } from './registry.ts';

/** Each atom to its text. */
export function stringOf(x: Value, interpreter: Interpreter): Value {
  switch (x.kind) {
    case 'atom':
      return string(plainText(x, interpreter.precision));
    case 'vector': {
      const texts: Value[] = [];
      const count = countOf(x);
      for (let i = 0; i < count; i++) {
        spend(1);
        texts.push(string(plainText(vectorItem(x, i), interpreter.precision)));
      }
      return list(texts);
    }
    case 'list':
      return list(x.items.map(item => stringOf(item, interpreter)));
    case 'dictionary':
      return { ...x, values: stringOf(x.values, interpreter) };
    case 'table':
      return { ...x, columns: x.columns.map(column => stringOf(column, interpreter)) };
    default:
      return string(interpreter.host.format(x).replace(/\n$/, ''));
  }
}

/** Applies to the text of strings and symbols, however deep. */
export function mapText(x: Value, change: (text: string) => string): Value {
  switch (x.kind) {
    case 'atom':
      if (x.type === 10) {
        const text = change(String.fromCharCode(x.value));
        return text.length === 1 ? { ...x, value: text.charCodeAt(0) } : string(text);
      }
      if (x.type === 11) return symbol(change(x.value));
      throw new QError('type');
    case 'vector':
      if (x.type === 10) return string(change(textOf(x)));
      if (x.type === 11)
        return { ...x, attribute: '', data: x.data.map(id => internSymbol(change(symbolName(id)))) };
      throw new QError('type');
    case 'list':
      return collect(x.items.map(item => mapText(item, change)));
    case 'dictionary':
      return { ...x, values: mapText(x.values, change) };
    case 'table':
      return { ...x, columns: x.columns.map(column => mapText(column, change)) };
    default:
      throw new QError('type');
  }
}

/** Case keywords leave what is not text as it is. */
function changeCase(change: (text: string) => string) {
  const apply = (x: Value): Value => {
    if (x.kind === 'list') return collect(x.items.map(apply));
    if (x.kind === 'dictionary') return { ...x, values: apply(x.values) };
    if (x.kind === 'table') return { ...x, columns: x.columns.map(apply) };
    return mapText(x, change);
  };
  return apply;
}

const asciiUpper = (text: string) => text.replace(/[a-z]+/g, part => part.toUpperCase());
const asciiLower = (text: string) => text.replace(/[A-Z]+/g, part => part.toLowerCase());

export const lowerCase = changeCase(asciiLower);

/** Without the blanks, or in general the nulls, at the start or the end. */
function trim(x: Value, start: boolean, end: boolean): Value {
  if (x.kind === 'list') return list(x.items.map(item => trim(item, start, end)));
  if (x.kind === 'dictionary') return { ...x, values: trim(x.values, start, end) };
  if (x.kind === 'table') return { ...x, columns: x.columns.map(column => trim(column, start, end)) };
  if (x.kind !== 'vector') return x;
  let from = 0;
  let to = countOf(x);
  while (start && from < to && isNull(vectorItem(x, from))) from += 1;
  while (end && to > from && isNull(vectorItem(x, to - 1))) to -= 1;
  return slice(x, from, to);
}

/** x like pattern */
function like(x: Value, pattern: Value): Value {
  const text = patternText(pattern);
  switch (x.kind) {
    case 'atom':
      if (x.type !== 11 && x.type !== 20 && x.type !== 10) throw new QError('type');
      return boolean(matchesPattern(textOfAtom(x), text));
    case 'vector': {
      const plain = withoutEnum(x) as Vector;
      if (plain.type === 10) return boolean(matchesPattern(textOf(plain), text));
      if (plain.type !== 11) throw new QError('type');
      const known = new Map<number, number>();
      const answer = (id: number) => {
        const old = known.get(id);
        if (old !== undefined) return old;
        const result = matchesPattern(symbolName(id), text) ? 1 : 0;
        known.set(id, result);
        return result;
      };
      const out = new Uint8Array(plain.data.length);
      for (let i = 0; i < out.length; i++) out[i] = answer(plain.data[i]!);
      return byteVector(1, out);
    }
    case 'list':
      // Not atomic: the items of a list are symbols or strings, not lists of them.
      return collect(
        x.items.map(item => {
          if (item.kind !== 'atom' && (item.kind !== 'vector' || item.type !== 10)) throw new QError('type');
          return like(item, pattern);
        }),
      );
    case 'dictionary':
      return { ...x, values: like(x.values, pattern) };
    default:
      throw new QError('type');
  }
}

function textOfAtom(x: Atom): string {
  return x.type === 10 ? String.fromCharCode(x.value) : String((withoutEnum(x) as Atom).value);
}

export function patternText(pattern: Value): string {
  if (pattern.kind === 'vector' && pattern.type === 10) return textOf(pattern);
  if (pattern.kind === 'atom' && (pattern.type === 10 || pattern.type === 11)) return textOfAtom(pattern);
  throw new QError('type');
}

/** Positions at which a pattern begins in a string. */
function stringSearch(x: Value, pattern: Value): Value {
  if (x.kind === 'list') return list(x.items.map(item => stringSearch(item, pattern)));
  const text = latin(x);
  const found = findPattern(text, latin(pattern)).map(match => match.start);
  return longPositions(Int32Array.from(found));
}

/** Text of which every byte is one character, so that positions are positions of bytes. */
function latin(x: Value): string {
  if (x.kind === 'atom' && x.type === 10) return String.fromCharCode(x.value);
  if (x.kind === 'atom' && x.type === 11)
    return Array.from(encodeText(x.value), byte => String.fromCharCode(byte)).join('');
  if (x.kind !== 'vector' || x.type !== 10) throw new QError('type');
  return Array.from(x.data, byte => String.fromCharCode(byte)).join('');
}

function fromLatin(text: string): Vector {
  return byteVector(
    10,
    Uint8Array.from(text, character => character.charCodeAt(0)),
  );
}

function stringReplace(x: Value, pattern: Value, replacement: Value, interpreter: Interpreter): Value {
  if (x.kind === 'list')
    return list(x.items.map(item => stringReplace(item, pattern, replacement, interpreter)));
  if (x.kind === 'atom' && x.type === 10) throw new QError('type');
  const text = latin(x);
  let result = '';
  let at = 0;
  for (const match of findPattern(text, latin(pattern))) {
    if (match.start < at) continue;
    result += text.slice(at, match.start);
    const part = text.slice(match.start, match.end);
    result += isFunction(replacement)
      ? latin(interpreter.apply(replacement, [fromLatin(part)]))
      : latin(replacement);
    at = match.end;
  }
  const bytes = fromLatin(result + text.slice(at));
  return x.kind === 'atom' && x.type === 11
    ? symbol(decodeText((bytes as Vector & { type: 10 }).data))
    : bytes;
}

function md5(x: Value): Value {
  if (x.kind !== 'vector' || x.type !== 10) {
    if (x.kind === 'atom' && x.type === 10) return md5(byteVector(10, Uint8Array.of(x.value)));
    throw new QError('type');
  }
  return byteVector(4, new Uint8Array(createHash('md5').update(x.data).digest()));
}

define('string', { unary: stringOf });
alias('$:', 'string');
define('lower', { unary: lowerCase });
define('upper', { unary: changeCase(asciiUpper) });
define('trim', { unary: x => trim(x, true, true) });
define('ltrim', { unary: x => trim(x, true, false) });
define('rtrim', { unary: x => trim(x, false, true) });
define('like', { binary: like }, { type: 102 });
define('ss', { binary: stringSearch }, { type: 102 });
define('ssr', {
  variadic: (args, interpreter) => {
    if (args.length !== 3) throw new QError('rank');
    return stringReplace(args[0]!, args[1]!, args[2]!, interpreter);
  },
});
define('md5', { unary: md5 });
