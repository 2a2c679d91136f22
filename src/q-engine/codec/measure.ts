import { itemBytes } from '../values/item-bytes.ts';

const SYMBOL = 11;
const DEEPEST = 1000;

/**
 * Where the body that begins at `begin` ends, without making a value of it: the offset after it, `cut` if the
 * bytes end before it does, `malformed` if it is none.
 */
export function bodyEnd(bytes: Uint8Array, begin: number): number | 'cut' | 'malformed' {
  try {
    return new BodyWalker(bytes).end(begin, 0);
  } catch (thrown) {
    if (thrown === CUT) return 'cut';
    if (thrown === MALFORMED) return 'malformed';
    throw thrown;
  }
}

const CUT = Symbol('cut');
const MALFORMED = Symbol('malformed');

class BodyWalker {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  end(begin: number, depth: number): number {
    if (depth > DEEPEST) throw MALFORMED;
    const next = this.#reach(begin + 1);
    const type = this.#view.getInt8(begin);
    if (type < 0) return this.#atomEnd(-type, next);
    if (type < 20) return this.#listEnd(type, next, depth);
    switch (type) {
      case 98:
        return this.end(this.#reach(next + 1), depth + 1);
      case 99:
      case 127:
        return this.end(this.end(next, depth + 1), depth + 1);
      case 100:
        return this.end(this.#symbolEnd(next), depth + 1);
      case 101:
      case 102:
      case 103:
        return this.#reach(next + 1);
      case 104:
      case 105:
        return this.#itemsEnd(this.#count(next), next + 4, depth);
      default:
        if (type >= 106 && type <= 111) return this.end(next, depth + 1);
        throw MALFORMED;
    }
  }

  #atomEnd(type: number, begin: number): number {
    if (type === SYMBOL) return this.#symbolEnd(begin);
    return this.#reach(begin + this.#width(type));
  }

  #listEnd(type: number, begin: number, depth: number): number {
    const count = this.#count(begin + 1);
    const items = begin + 5;
    if (type === 0) return this.#itemsEnd(count, items, depth);
    if (type !== SYMBOL) return this.#reach(items + count * this.#width(type));
    let end = items;
    for (let i = 0; i < count; i++) end = this.#symbolEnd(end);
    return end;
  }

  #itemsEnd(count: number, begin: number, depth: number): number {
    let end = begin;
    for (let i = 0; i < count; i++) end = this.end(end, depth + 1);
    return end;
  }

  #symbolEnd(begin: number): number {
    const zero = this.#bytes.indexOf(0, begin);
    if (zero < 0) throw CUT;
    return zero + 1;
  }

  #count(at: number): number {
    this.#reach(at + 4);
    const count = this.#view.getInt32(at, true);
    if (count < 0) throw MALFORMED;
    return count;
  }

  #width(type: number): number {
    const width = itemBytes(type);
    if (width === undefined) throw MALFORMED;
    return width;
  }

  #reach(end: number): number {
    if (end > this.#bytes.length) throw CUT;
    return end;
  }
}
