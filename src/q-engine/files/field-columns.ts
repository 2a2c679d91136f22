import { symbolOfBytes } from '../codec/symbol-bytes.ts';
import { parseText } from '../primitives/tok.ts';
import { storeAtom } from '../values/items.ts';
import { decodeText } from '../values/text.ts';
import { type AnyData, newData, typeByName, vectorOf } from '../values/types.ts';
import { type Atom, QError, type TypeNumber, type Value } from '../values/value.ts';

/** Collects the fields of one column of a text file. */
export interface FieldColumn {
  add(field: Uint8Array): void;
  value(): Value;
}

/** A column by the letter of its type, `*` for strings; undefined for a blank, which skips. */
export function fieldColumn(letter: string, rows: number): FieldColumn | undefined {
  if (letter === ' ') return undefined;
  if (letter === '*') return new TextColumn();
  const type = letter === letter.toUpperCase() ? typeByName(letter.toLowerCase()) : 0;
  if (type === 0) throw new QError('type');
  if (type === 11) return new SymbolColumn(rows);
  if (type === 9) return new FloatColumn(rows);
  return new AtomColumn(type as TypeNumber, rows);
}

class TextColumn implements FieldColumn {
  readonly #items: Value[] = [];

  add(field: Uint8Array): void {
    this.#items.push({ kind: 'vector', type: 10, data: new Uint8Array(field), attribute: '' });
  }

  value(): Value {
    return { kind: 'list', items: this.#items };
  }
}

class SymbolColumn implements FieldColumn {
  readonly #ids: Int32Array;
  #count = 0;

  constructor(rows: number) {
    this.#ids = new Int32Array(rows);
  }

  add(field: Uint8Array): void {
    let begin = 0;
    let end = field.length;
    while (begin < end && field[begin] === 0x20) begin++;
    while (end > begin && field[end - 1] === 0x20) end--;
    this.#ids[this.#count++] = begin === end ? 0 : symbolOfBytes(field, begin, end);
  }

  value(): Value {
    return { kind: 'vector', type: 11, data: this.#ids.subarray(0, this.#count), attribute: '' };
  }
}

/** What JavaScript reads as the same float as q does; all else takes q's own way. */
const PLAIN_FLOAT = /^-?\d+(\.\d*)?(e[+-]?\d+)?$/;

class FloatColumn implements FieldColumn {
  readonly #floats: Float64Array;
  #count = 0;

  constructor(rows: number) {
    this.#floats = new Float64Array(rows);
  }

  add(field: Uint8Array): void {
    const text = decodeText(field);
    const value = PLAIN_FLOAT.test(text) ? Number(text) : (parseText(9, text) as Atom & { type: 9 }).value;
    this.#floats[this.#count++] = value;
  }

  value(): Value {
    return { kind: 'vector', type: 9, data: this.#floats.subarray(0, this.#count), attribute: '' };
  }
}

class AtomColumn implements FieldColumn {
  readonly #type: TypeNumber;
  readonly #data: AnyData;
  #count = 0;

  constructor(type: TypeNumber, rows: number) {
    this.#type = type;
    this.#data = newData(type, rows);
  }

  add(field: Uint8Array): void {
    const atom = this.#type === 10 ? firstChar(field) : (parseText(this.#type, decodeText(field)) as Atom);
    storeAtom(this.#data, this.#count++, atom);
  }

  value(): Value {
    const items = this.#type === 2 ? this.#count * 16 : this.#count;
    return vectorOf(this.#type, this.#data.subarray(0, items) as AnyData);
  }
}

function firstChar(field: Uint8Array): Atom {
  return { kind: 'atom', type: 10, value: field[0] ?? 0x20 };
}
