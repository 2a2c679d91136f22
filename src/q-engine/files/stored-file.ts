/** Files as they are stored, compressed or not. */
import { COUNT_OFFSET, fail } from './file-layout.ts';
import { placeBytes, vectorPlaces } from './object-file.ts';
import type { FileStore } from './splayed.ts';
import { isZipped, unzip, ZIP_MARK_BYTES, type ZipParameters, zip, zipStatistics } from './zipped-file.ts';

/** The bytes of a file, or from `offset` at most `length` of them, as they are without compression. */
export function readPlain(path: string, store: FileStore, offset = 0, length?: number): Uint8Array {
  if (offset === 0 && length === undefined) {
    const file = store.readFile(path);
    return isZipped(file) ? unzip(file) : file;
  }
  if (!isZipped(store.readFile(path, 0, ZIP_MARK_BYTES))) return store.readFile(path, offset, length);
  return unzip(store.readFile(path)).subarray(offset, length === undefined ? undefined : offset + length);
}

/** How long a file is without compression; undefined where there is none. */
export function plainBytes(path: string, store: FileStore): number | undefined {
  const found = store.inspectPath(path);
  if (found === undefined || !('size' in found)) return undefined;
  if (!isZipped(store.readFile(path, 0, ZIP_MARK_BYTES))) return found.size;
  return zipStatistics(store.readFile(path)).plainBytes;
}

/** The bytes of a file with a value. In a compressed vector the number of its items follows from their length. */
export function readValueImage(path: string, store: FileStore): Uint8Array {
  const file = store.readFile(path);
  if (!isZipped(file)) return file;
  const image = unzip(file);
  const places = vectorPlaces(image);
  if (places === undefined) return image;
  const { headerAt, dataAt } = places;
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  if (view.getBigInt64(headerAt + COUNT_OFFSET, true) !== 0n || image.length === dataAt) return image;
  const attribute = image[headerAt + 3]!;
  // Behind the items of a vector with another attribute is an index.
  if (attribute > 1) fail('nyi compressed vector with an attribute');
  const count = Math.floor((image.length - dataAt) / placeBytes(image[headerAt + 2]!));
  view.setBigInt64(headerAt + COUNT_OFFSET, BigInt(count), true);
  return image;
}

/** How a file is compressed; undefined where it is not. */
export function readZip(path: string, store: FileStore): ZipParameters | undefined {
  if (!isZipped(store.readFile(path, 0, ZIP_MARK_BYTES))) return undefined;
  return zipStatistics(store.readFile(path));
}

/** Writes what a file is to hold, compressed where parameters say so. The bytes are done with then. */
export function writeImage(
  path: string,
  image: Uint8Array,
  store: FileStore,
  parameters?: ZipParameters,
): void {
  if (parameters === undefined) {
    store.writeFile(path, image);
    return;
  }
  clearCount(image);
  store.writeFile(path, zip(image, parameters));
}

/** As kdb+ has it in compressed files: the number of items is 0. */
function clearCount(image: Uint8Array): void {
  const places = vectorPlaces(image);
  if (places !== undefined) image.fill(0, places.headerAt + COUNT_OFFSET, places.headerAt + COUNT_OFFSET + 8);
}
