import {
  INFINITE_INT,
  INFINITE_LONG,
  INFINITE_SHORT,
  NULL_INT,
  NULL_LONG,
  NULL_SHORT,
} from '../values/types.ts';

/** Digits that \P 0 shows and the most there are: enough to tell any two floats apart. */
const FULL_PRECISION = 17;

/**
 * A float as q shows it: C's %g with `precision` significant digits, 0 for full precision. Null and infinities
 * are `0n`, `0w` and `-0w`.
 */
export function floatText(value: number, precision: number): string {
  if (Number.isNaN(value)) return '0n';
  if (!Number.isFinite(value)) return value > 0 ? '0w' : '-0w';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const digits = precision === 0 ? FULL_PRECISION : Math.min(precision, FULL_PRECISION);
  const [mantissa, exponentText] = roundedHalfEven(value, digits).split('e') as [string, string];
  const exponent = Number(exponentText);
  const negative = mantissa.startsWith('-');
  const significant = mantissa.replace(/[-.]/g, '').replace(/0+$/, '');
  return (negative ? '-' : '') + place(significant, exponent, digits);
}

/** Whether a float's text needs no suffix to be read as a float. */
export function readsAsFloat(text: string): boolean {
  return /[.enw]/.test(text);
}

/** A short or int as q shows it, without suffix. */
export function intText(value: number, type: 5 | 6): string {
  const infinite = type === 5 ? INFINITE_SHORT : INFINITE_INT;
  if (value === (type === 5 ? NULL_SHORT : NULL_INT)) return '0N';
  if (value === infinite) return '0W';
  return value === -infinite ? '-0W' : String(value);
}

export function longText(value: bigint): string {
  if (value === NULL_LONG) return '0N';
  if (value === INFINITE_LONG) return '0W';
  return value === -INFINITE_LONG ? '-0W' : String(value);
}

function place(significant: string, exponent: number, digits: number): string {
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? '-' : '+';
    const rest = significant.length > 1 ? `.${significant.slice(1)}` : '';
    return `${significant[0]}${rest}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${significant}`;
  const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = significant.slice(exponent + 1);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** toExponential rounds ties away from zero, C to the even digit. */
function roundedHalfEven(value: number, digits: number): string {
  const rounded = value.toExponential(digits - 1);
  const end = rounded.indexOf('e');
  if (Number(rounded[end - 1]) % 2 === 0) return rounded;
  const long = value.toExponential(Math.min(digits + 40, 100));
  const longEnd = long.indexOf('e');
  const kept = digits === 1 ? 1 : digits + 1;
  const sign = value < 0 ? 1 : 0;
  const dropped = long.slice(sign + kept, longEnd).replace('.', '');
  const isTie = /^50*$/.test(dropped);
  return isTie ? long.slice(0, sign + kept) + long.slice(longEnd) : rounded;
}
