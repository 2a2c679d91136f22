import { internSymbol, symbolName } from '../values/symbol-pool.ts';
import { decodeText, encodeText } from '../values/text.ts';

/**
 * The pool's symbols as bytes, for reading and writing symbol columns without a JavaScript string per item: all
 * texts one after the other in one store, with a hash table over them. It grows as the pool does.
 */
let store = new Uint8Array(1 << 16);
let stored = 0;
/** By symbol id: where its text begins in the store, or -1; and its length. */
let begins = new Int32Array(1 << 12).fill(-1);
let lengths = new Int32Array(1 << 12);
/** Open addressing: symbol id + 1, 0 where empty. */
let slots = new Int32Array(1 << 13);
let occupied = 0;

/** The id of the symbol whose text is `bytes` from `begin` up to, not including, `end`. */
export function symbolOfBytes(bytes: Uint8Array, begin: number, end: number): number {
  const mask = slots.length - 1;
  let slot = hashOf(bytes, begin, end) & mask;
  for (;;) {
    const id = slots[slot]! - 1;
    if (id < 0) break;
    if (equalsStored(id, bytes, begin, end)) return id;
    slot = (slot + 1) & mask;
  }
  const id = internSymbol(decodeText(bytes.subarray(begin, end)));
  remember(id);
  return id;
}

/** Bytes of a symbol's text, without the zero byte that ends it on the wire. */
export function symbolLength(id: number): number {
  if (id >= begins.length || begins[id]! < 0) remember(id);
  return lengths[id]!;
}

/** Writes a symbol's text and a zero byte into `target`; returns the offset after them. */
export function writeSymbol(id: number, target: Uint8Array, offset: number): number {
  if (id >= begins.length || begins[id]! < 0) remember(id);
  let at = begins[id]!;
  const end = at + lengths[id]!;
  while (at < end) target[offset++] = store[at++]!;
  target[offset++] = 0;
  return offset;
}

function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = begin; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

function equalsStored(id: number, bytes: Uint8Array, begin: number, end: number): boolean {
  if (lengths[id] !== end - begin) return false;
  let at = begins[id]!;
  for (let i = begin; i < end; i++) if (store[at++] !== bytes[i]) return false;
  return true;
}

function remember(id: number): void {
  if (id < begins.length && begins[id]! >= 0) return;
  const text = encodeText(symbolName(id));
  if (stored + text.length > store.length) store = grown(store, stored + text.length);
  if (id >= begins.length) {
    const known = begins.length;
    begins = grown(begins, id + 1).fill(-1, known);
    lengths = grown(lengths, id + 1);
  }
  store.set(text, stored);
  begins[id] = stored;
  lengths[id] = text.length;
  stored += text.length;
  if (++occupied * 2 > slots.length) rehash();
  else insert(id);
}

function insert(id: number): void {
  const mask = slots.length - 1;
  const begin = begins[id]!;
  let slot = hashOf(store, begin, begin + lengths[id]!) & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = id + 1;
}

function rehash(): void {
  slots = new Int32Array(slots.length * 2);
  for (let id = 0; id < begins.length; id++) if (begins[id]! >= 0) insert(id);
}

function grown<A extends Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: A, wanted: number): A {
  const Constructor = array.constructor as new (length: number) => A;
  const larger = new Constructor(Math.max(wanted, array.length * 2));
  larger.set(array);
  return larger;
}
