/** Appending to the file of a vector, list or column, in its place. */
import { encodeBody } from '../codec/index.ts';
import { itemBytes } from '../values/item-bytes.ts';
import { countOf, enlist, isListLike, itemsOf } from '../values/items.ts';
import { encodeText } from '../values/text.ts';
import { QError, type Value, type Vector } from '../values/value.ts';
import {
  COUNT_OFFSET,
  ENUM_TYPE,
  fail,
  markOf,
  NESTED_BASE,
  OBJECT_MARK,
  PAGE_BYTES,
  SYMBOL_TYPE,
  VECTOR_HEADER_BYTES,
} from './file-layout.ts';
import { contentEnd, nestedParts, PLACE_BYTES } from './nested-file.ts';
import {
  domainNameOf,
  encodeFile,
  HEAD_BYTES,
  hasNote,
  headCount,
  isListFile,
  vectorPlaces,
} from './object-file.ts';
import type { FileStore } from './splayed.ts';

/**
 * An append in two steps. First what is new is written behind what the file counts, where nothing looks yet; then the
 * count that makes it part of the file. Bytes that were there stay as they are.
 */
export interface Append {
  writeItems(): void;
  commit(): void;
}

/**
 * How values are appended to a file in its place; undefined where it must be written anew, because it is compressed
 * or has an attribute. Signals `type` for values that the file cannot hold.
 */
export function appendInPlace(path: string, added: Value, store: FileStore): Append | undefined {
  const head = store.readFile(path, 0, HEAD_BYTES);
  const items = isListLike(added) ? added : enlist(added);
  if (isListFile(head)) return appendToEnd(path, Buffer.concat(itemsOf(items).map(encodeBody)), store);
  if (markOf(head) === OBJECT_MARK && head[2] === SYMBOL_TYPE) return appendSymbols(path, head, items, store);
  const places = vectorPlaces(head);
  if (places === undefined) return undefined;
  const { headerAt, dataAt } = places;
  const type = head[headerAt + 2]!;
  const count = headCount(head)!;
  const isPlain = head[headerAt + 3] === 0 && !(type === ENUM_TYPE && hasNote(head));
  const commit = (length: number) => () =>
    store.writeFileAt(
      path,
      headerAt + COUNT_OFFSET,
      new Uint8Array(BigInt64Array.of(BigInt(count + length)).buffer),
    );
  if (type > NESTED_BASE && headerAt === 0) {
    const writeItems = nestedWriter(path, type - NESTED_BASE, count, items, store);
    return { writeItems, commit: commit(countOf(items)) };
  }
  if (type === NESTED_BASE) return fail('nyi append to a mapped list');
  const vector = vectorLike(type, head, items);
  if (!isPlain) return undefined;
  const image = encodeFile({ ...vector, attribute: '' });
  const data = image.subarray(type === ENUM_TYPE ? PAGE_BYTES : VECTOR_HEADER_BYTES);
  const width = type === ENUM_TYPE ? PLACE_BYTES : itemBytes(type)!;
  return {
    writeItems: () => store.writeFileAt(path, dataAt + count * width, data),
    commit: commit(countOf(vector)),
  };
}

/** What has no count: the bytes alone make it longer. */
function appendToEnd(path: string, bytes: Uint8Array, store: FileStore): Append {
  return { writeItems: () => {}, commit: () => store.appendFile(path, bytes) };
}

function appendSymbols(path: string, head: Uint8Array, items: Value, store: FileStore): Append | undefined {
  if (items.kind !== 'vector' || items.type !== SYMBOL_TYPE) throw new QError('type');
  const found = store.inspectPath(path);
  const bytes = found !== undefined && 'size' in found ? found.size : 0;
  const hasAttribute = head[3] !== 0;
  // A last name without its end is left by a writer that was killed.
  if (hasAttribute || (bytes > 8 && store.readFile(path, bytes - 1, 1)[0] !== 0)) return undefined;
  return appendToEnd(path, symbolBytes(items), store);
}

/** Names as a file of symbols has them. */
export function symbolBytes(symbols: Value): Uint8Array {
  const names = itemsOf(symbols).map(item => `${(item as { value: string }).value}\0`);
  return encodeText(names.join(''));
}

function vectorLike(type: number, head: Uint8Array, items: Value): Vector {
  if (items.kind !== 'vector' || items.type !== type) throw new QError('type');
  if (items.type === ENUM_TYPE && items.domain.name !== domainNameOf(head)) throw new QError('type');
  return items;
}

function nestedWriter(path: string, type: number, count: number, items: Value, store: FileStore): () => void {
  if (items.kind !== 'list') throw new QError('type');
  const companion = `${path}#`;
  const found = store.inspectPath(companion);
  const companionBytes = found !== undefined && 'size' in found ? found.size : fail('length');
  const endsAt = VECTOR_HEADER_BYTES + count * PLACE_BYTES;
  const last = count === 0 ? 0 : Number(lastEnd(store.readFile(path, endsAt - PLACE_BYTES, PLACE_BYTES)));
  // Files whose ends count items are read, not written.
  if (contentEnd(last, itemBytes(type) ?? 1, companionBytes) !== last)
    fail('nyi append to a nested column of kdb+');
  const parts = nestedParts(items.items, last);
  if (parts.type !== type) throw new QError('type');
  return () => {
    store.writeFileAt(companion, last, parts.content);
    store.writeFileAt(path, endsAt, new Uint8Array(parts.ends.buffer));
  };
}

function lastEnd(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigInt64(0, true);
}
