/** Temporal types among each other: the type of a sum or comparison, and values in its unit. */
import { type Simple, toFloats, toInts, toLongs } from '../values/convert.ts';
import { daysOfMonth } from '../values/temporal.ts';
import { isLongType, isTemporal, NS_PER_DAY, NULL_INT, NULL_LONG } from '../values/types.ts';

/** Nanoseconds in one unit of a clock type or a day. */
const UNIT_NS: Record<number, bigint> = {
  14: NS_PER_DAY,
  16: 1n,
  17: 60_000_000_000n,
  18: 1_000_000_000n,
  19: 1_000_000n,
  12: 1n,
};

function isClock(type: number): boolean {
  return type >= 16;
}

/** The finer of two temporal types, in which both can be said; 0 when there is none. */
export function commonTemporal(x: number, y: number): number {
  if (x === y) return x;
  if (isClock(x) && isClock(y)) return x === 16 || y === 16 ? 16 : Math.max(x, y);
  if (x === 12 || y === 12) return 12;
  if (x === 15 || y === 15) return isClock(x) && isClock(y) ? 0 : x === 16 || y === 16 ? 12 : 15;
  if (isClock(x) || isClock(y)) return 12;
  return 14;
}

/**
 * The type in which two temporal types are compared, 0 when there is none: a point in time and a clock type
 * meet in the time of day.
 */
export function comparedAs(x: number, y: number): number {
  const [low, high] = [Math.min(x, y), Math.max(x, y)];
  if ((low === 12 || low === 15) && isClock(high)) return high;
  if ((low === 13 && high > 14) || (low === 14 && high > 15)) return 0;
  return commonTemporal(x, y);
}

/** Items as floats of the unit of `type`: for datetimes. */
export function floatsAs(x: Simple, type: number): Float64Array {
  const floats = toFloats(x);
  if (type !== 15 || x.type === 15 || !isTemporal(x.type) || x.type === 14) return floats;
  if (x.type === 13) return floats.map(month => (Number.isNaN(month) ? month : daysOfMonth(month)));
  return floats.map(value => (value * Number(UNIT_NS[x.type]!)) / Number(NS_PER_DAY));
}

/** Items as longs of the unit of `type` (p or n). */
export function longsAs(x: Simple, type: number): BigInt64Array {
  if (!isTemporal(x.type) || x.type === type || isLongType(x.type)) return toLongs(x);
  if (x.type === 15) {
    return BigInt64Array.from(toFloats(x), days =>
      Number.isNaN(days) ? NULL_LONG : BigInt(Math.round(days * 86_400_000)) * 1_000_000n,
    );
  }
  const unit = UNIT_NS[x.type] ?? NS_PER_DAY;
  const ints = intsAs(x, x.type === 13 ? 14 : x.type);
  return BigInt64Array.from(ints, item => (item === NULL_INT ? NULL_LONG : BigInt(item) * unit));
}

/** Items as ints of the unit of `type`: days, or minutes, seconds, milliseconds. */
export function intsAs(x: Simple, type: number): Int32Array {
  const ints = toInts(x);
  if (!isTemporal(x.type) || !isTemporal(type) || x.type === type) return ints;
  if (x.type === 13 && type === 14)
    return ints.map(month => (month === NULL_INT ? month : daysOfMonth(month)));
  const from = UNIT_NS[x.type];
  const to = UNIT_NS[type];
  if (from === undefined || to === undefined) return ints;
  const factor = Number(from / to);
  return factor <= 1 ? ints : ints.map(item => (item === NULL_INT ? item : item * factor));
}
