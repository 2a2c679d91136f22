/** Bytes of an item of each vector type; symbols have no fixed length. */
const ITEM_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 16,
  4: 1,
  5: 2,
  6: 4,
  7: 8,
  8: 4,
  9: 8,
  10: 1,
  12: 8,
  13: 4,
  14: 4,
  15: 8,
  16: 8,
  17: 4,
  18: 4,
  19: 4,
};

/** The width of a vector's items in bytes; undefined for symbols and for what is no vector type. */
export function itemBytes(type: number): number | undefined {
  return ITEM_BYTES[type];
}
