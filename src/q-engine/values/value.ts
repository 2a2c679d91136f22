/**
 * The values of q. Every value is immutable once another part of the engine can see it; an amend makes a new
 * value. Type numbers are kdb+'s own: an atom of type t is -t on the wire and to `type`, a vector is t.
 */
import type { Call, Place } from './calls.ts';

/** b x h i e f c m d z u v t: one JavaScript number. Chars are byte values, booleans 0 or 1. */
export type NumberType = 1 | 4 | 5 | 6 | 8 | 9 | 10 | 13 | 14 | 15 | 17 | 18 | 19;
/** j p n: 64 bits, exact, as a bigint within int64. */
export type LongType = 7 | 12 | 16;
export type TypeNumber = NumberType | LongType | 2 | 11 | 20;

export interface NumberAtom {
  readonly kind: 'atom';
  readonly type: NumberType;
  readonly value: number;
}
export interface LongAtom {
  readonly kind: 'atom';
  readonly type: LongType;
  readonly value: bigint;
}
export interface SymbolAtom {
  readonly kind: 'atom';
  readonly type: 11;
  readonly value: string;
}
/** Sixteen bytes in the order in which they are printed. */
export interface GuidAtom {
  readonly kind: 'atom';
  readonly type: 2;
  readonly value: Uint8Array;
}
/** A symbol by its index in a domain; -1 is null. */
export interface EnumAtom {
  readonly kind: 'atom';
  readonly type: 20;
  readonly value: number;
  readonly domain: EnumDomain;
}
export type Atom = NumberAtom | LongAtom | SymbolAtom | GuidAtom | EnumAtom;

/** What an enumeration points into: the global list (or the key of the global keyed table) of that name. */
export interface EnumDomain {
  readonly name: string;
  /** The list's values, or the first key column of the keyed table, as they are now. Throws the name when unset. */
  values(): Value;
  /** The keyed table that a foreign key points into; undefined where the domain is a list. */
  keyedTable?(): Dictionary | undefined;
  /** The table without keys whose rows a link counts; undefined where the domain is none. */
  linkedTable?(): Table | undefined;
}

export type Attribute = '' | 's' | 'u' | 'p' | 'g';

interface VectorOf<T extends TypeNumber, D> {
  readonly kind: 'vector';
  readonly type: T;
  readonly data: D;
  readonly attribute: Attribute;
}
/** Booleans, bytes and chars (a string is a char vector, UTF-8). */
export type ByteVector = VectorOf<1 | 4 | 10, Uint8Array>;
export type ShortVector = VectorOf<5, Int16Array>;
export type IntVector = VectorOf<6 | 13 | 14 | 17 | 18 | 19, Int32Array>;
export type LongVector = VectorOf<LongType, BigInt64Array>;
export type RealVector = VectorOf<8, Float32Array>;
export type FloatVector = VectorOf<9 | 15, Float64Array>;
/** Ids of the symbol pool. */
export type SymbolVector = VectorOf<11, Int32Array>;
/** 16 bytes for each item. */
export type GuidVector = VectorOf<2, Uint8Array>;
/** Indices into the domain; -1 is null. */
export interface EnumVector extends VectorOf<20, Int32Array> {
  readonly domain: EnumDomain;
}
export type Vector =
  | ByteVector
  | ShortVector
  | IntVector
  | LongVector
  | RealVector
  | FloatVector
  | SymbolVector
  | GuidVector
  | EnumVector;

/** A general list. */
export interface List {
  readonly kind: 'list';
  readonly items: readonly Value[];
  /** Left out where there is none. */
  readonly attribute?: Attribute;
}

/** Keys and values are lists, vectors or tables of one length; a keyed table is a dictionary of two tables. */
export interface Dictionary {
  readonly kind: 'dictionary';
  readonly keys: Value;
  readonly values: Value;
  /** Carries `s#: a step function. */
  readonly sorted: boolean;
}

/** Columns are vectors or lists of one length. */
export interface Table {
  readonly kind: 'table';
  readonly names: readonly string[];
  readonly columns: readonly Value[];
  /** Carries `s#. */
  readonly sorted: boolean;
}

/** A function written in q. `body` is the parser's business. */
export interface Lambda {
  readonly kind: 'lambda';
  readonly source: string;
  /** Namespace of the definition: '' for the root, else such as '.u'. */
  readonly namespace: string;
  readonly parameters: readonly string[];
  readonly locals: readonly string[];
  readonly body: unknown;
  /** Where it was defined; unknown for one that came in a message or file. */
  readonly origin?: LambdaOrigin;
}

export interface LambdaOrigin {
  /** The name that it was first assigned to; '' is none. */
  name: string;
  readonly place?: Place;
  /** The functions directly in it. */
  readonly nested: LambdaOrigin[];
}

/** An operator, a keyword or an iterator of the language. */
export interface Primitive {
  readonly kind: 'primitive';
  readonly name: string;
  /** 100 a keyword that kdb+ writes in q, 101 unary, 102 binary operator, 103 iterator. */
  readonly type: 100 | 101 | 102 | 103;
  readonly minRank: number;
  readonly maxRank: number;
}

/** A function with some arguments given; ELIDED stands where one is still wanted. */
export interface Projection {
  readonly kind: 'projection';
  readonly target: Value;
  readonly args: readonly Value[];
}

/** Right to left: the last one is applied to all arguments, the others to the result. */
export interface Composition {
  readonly kind: 'composition';
  readonly parts: readonly Value[];
}

export type Iterator = "'" | '/' | '\\' | "':" | '/:' | '\\:';

/** A function or list with an iterator applied: f' f/ f\ f': f/: f\:. */
export interface Derived {
  readonly kind: 'derived';
  readonly iterator: Iterator;
  readonly target: Value;
}

/** A calculation under a name, made anew on use after something that it depends on has changed. */
export interface View {
  readonly kind: 'view';
  /** Its expression as text. */
  readonly source: string;
  readonly lambda: Lambda;
  /** The globals it reads, as written. */
  readonly dependencies: readonly string[];
  /** The last result; undefined before the first use. */
  result: Value | undefined;
  state: 'pending' | 'evaluating' | 'current';
}

/** `::`, or where `elided` an argument left out (prints as nothing). */
export interface Null {
  readonly kind: 'null';
  readonly elided: boolean;
}

export type FunctionValue = Lambda | Primitive | Projection | Composition | Derived;
export type Value = Atom | Vector | List | Dictionary | Table | FunctionValue | View | Null;

export const NULL: Null = { kind: 'null', elided: false };
export const ELIDED: Null = { kind: 'null', elided: true };
export const EMPTY_LIST: List = { kind: 'list', items: [] };

/** A q signal: the message is q's own, without the quote, such as `type`. */
export class QError extends Error {
  /** The offset in the text that could not be parsed; -1: it is another error. */
  at: number;
  /** What was in progress, the outermost call first; undefined until the error leaves the innermost one. */
  calls: readonly Call[] | undefined = undefined;

  constructor(message: string, at = -1) {
    super(message);
    this.name = 'QError';
    this.at = at;
  }
}

/** q's name for a limit of JavaScript that was hit: `stack`, `wsfull`. Undefined: it was no such limit. */
export function limitError(thrown: unknown): QError | undefined {
  if (!(thrown instanceof RangeError)) return undefined;
  if (/call stack/i.test(thrown.message)) return new QError('stack');
  return MEMORY_LIMIT.test(thrown.message) ? new QError('wsfull') : undefined;
}

const MEMORY_LIMIT = /array length|allocation failed|string length|buffer too large|maximum (size|capacity)/i;

/** What `type` answers. */
export function typeOf(value: Value): number {
  switch (value.kind) {
    case 'atom':
      return -value.type;
    case 'vector':
      return value.type;
    case 'list':
      return 0;
    case 'dictionary':
      return 99;
    case 'table':
      return 98;
    case 'lambda':
    case 'view':
      return 100;
    case 'primitive':
      return value.type;
    case 'projection':
      return 104;
    case 'composition':
      return 105;
    case 'derived':
      return 106 + ITERATORS.indexOf(value.iterator);
    case 'null':
      return 101;
  }
}

/** In the order of their type numbers, 106 to 111. */
export const ITERATORS: readonly Iterator[] = ["'", '/', '\\', "':", '/:', '\\:'];

/** Dictionary of two tables. */
export function isKeyedTable(value: Value): value is Dictionary & { keys: Table; values: Table } {
  return value.kind === 'dictionary' && value.keys.kind === 'table' && value.values.kind === 'table';
}
