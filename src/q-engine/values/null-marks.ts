/** Which items of a vector are null. */
import { countOf } from './items.ts';
import { halves } from './select-items.ts';
import { NULL_INT, NULL_SHORT } from './types.ts';
import type { Vector } from './value.ts';

const SPACE = 0x20;
/** The symbol pool's id of the empty symbol, which is the null one. */
const EMPTY_SYMBOL = 0;
const GUID_BYTES = 16;

/** 1 for each null; bytes and booleans have none. An enumeration's null is an index below zero. */
export function nullMarks(vector: Vector): Uint8Array {
  const marks = new Uint8Array(countOf(vector));
  switch (vector.type) {
    case 1:
    case 4:
      break;
    case 7:
    case 12:
    case 16:
      markLongs(halves(vector.data), marks);
      break;
    case 8:
    case 9:
    case 15:
      for (let i = 0; i < marks.length; i++) if (Number.isNaN(vector.data[i]!)) marks[i] = 1;
      break;
    case 2:
      markGuids(vector.data, marks);
      break;
    case 20:
      for (let i = 0; i < marks.length; i++) if (vector.data[i]! < 0) marks[i] = 1;
      break;
    case 10:
      markEqual(vector.data, SPACE, marks);
      break;
    case 5:
      markEqual(vector.data, NULL_SHORT, marks);
      break;
    case 11:
      markEqual(vector.data, EMPTY_SYMBOL, marks);
      break;
    default:
      markEqual(vector.data, NULL_INT, marks);
  }
  return marks;
}

function markEqual(data: Int32Array | Int16Array | Uint8Array, missing: number, marks: Uint8Array): void {
  for (let i = 0; i < marks.length; i++) if (data[i] === missing) marks[i] = 1;
}

function markLongs(words: Int32Array, marks: Uint8Array): void {
  for (let i = 0; i < marks.length; i++) {
    if (words[2 * i + 1] === NULL_INT && words[2 * i] === 0) marks[i] = 1;
  }
}

function markGuids(data: Uint8Array, marks: Uint8Array): void {
  for (let i = 0; i < marks.length; i++) {
    if (data.subarray(i * GUID_BYTES, (i + 1) * GUID_BYTES).every(byte => byte === 0)) marks[i] = 1;
  }
}
