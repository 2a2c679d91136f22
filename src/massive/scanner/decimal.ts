import { Ascii } from './ascii.ts';

const { PLUS, MINUS, DOT, DIGIT_0, SMALL_E, TO_SMALL } = Ascii;
const UNUSUAL = -1;

/** Digits that an int32 holds whatever they are. */
const INT32_DIGITS = 9;

/** What is no digit, counted from zero as digits are; the exponent once it is a small letter. */
const MINUS_DIGIT = MINUS - DIGIT_0;
const POINT_DIGIT = DOT - DIGIT_0;
const EXPONENT_DIGIT = SMALL_E - DIGIT_0;

/** Digits of an integer that a double holds whatever they are. */
const EXACT_DIGITS = 15;

const POWERS_OF_TEN = Float64Array.from({ length: INT32_DIGITS + 1 }, (_, places) => 10 ** places);

/**
 * Reads the JSON number at `at` into `values[slot]`, rounded as JSON.parse rounds, and returns the position behind it.
 * UNUSUAL where no JSON number stands, or one beyond the range of a double.
 *
 * A number of up to nine digits on either side of the point is an integer below 2^53 over a power of ten, both
 * exact, so one division rounds it correctly. Anything else goes through Number().
 */
export function readDecimal(bytes: Uint8Array, at: number, values: Float64Array, slot: number): number {
  let end = at;
  let digit = bytes[end]! - DIGIT_0;
  const negative = digit === MINUS_DIGIT;
  if (negative) digit = bytes[++end]! - DIGIT_0;

  const begin = end;
  const first = digit;
  let whole = 0;
  // As unsigned numbers all that is no digit is above nine: one comparison instead of two.
  while (digit >>> 0 <= 9) {
    whole = (whole * 10 + digit) | 0;
    digit = bytes[++end]! - DIGIT_0;
  }
  const digits = end - begin;
  if (digits === 0 || (first === 0 && digits > 1)) return UNUSUAL;
  if (digits > INT32_DIGITS) return readLongDecimal(bytes, at, values, slot);

  let magnitude = whole;
  if (digit === POINT_DIGIT) {
    const point = end;
    let fraction = 0;
    digit = bytes[++end]! - DIGIT_0;
    while (digit >>> 0 <= 9) {
      fraction = (fraction * 10 + digit) | 0;
      digit = bytes[++end]! - DIGIT_0;
    }
    const places = end - point - 1;
    if (places === 0) return UNUSUAL;
    if (places > INT32_DIGITS || digits + places > EXACT_DIGITS) {
      return readLongDecimal(bytes, at, values, slot);
    }
    const power = POWERS_OF_TEN[places]!;
    magnitude = (whole * power + fraction) / power;
  }
  if ((digit | TO_SMALL) === EXPONENT_DIGIT) return readLongDecimal(bytes, at, values, slot);
  values[slot] = negative ? -magnitude : magnitude;
  return end;
}

/** The same for a number of any length, through Number(). */
function readLongDecimal(bytes: Uint8Array, at: number, values: Float64Array, slot: number): number {
  const end = skipNumber(bytes, at);
  if (end === UNUSUAL) return UNUSUAL;
  let text = '';
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!);
  const value = Number(text);
  if (!Number.isFinite(value)) return UNUSUAL;
  values[slot] = value;
  return end;
}

/** The position behind the JSON number at `at`, or UNUSUAL. */
export function skipNumber(bytes: Uint8Array, at: number): number {
  const begin = bytes[at] === MINUS ? at + 1 : at;
  let end = skipDigits(bytes, begin);
  if (end === begin || (end - begin > 1 && bytes[begin] === DIGIT_0)) return UNUSUAL;
  if (bytes[end] === DOT) {
    const point = end;
    end = skipDigits(bytes, point + 1);
    if (end === point + 1) return UNUSUAL;
  }
  if ((bytes[end]! | TO_SMALL) === SMALL_E) {
    const sign = bytes[end + 1] === MINUS || bytes[end + 1] === PLUS ? 1 : 0;
    const exponent = end + 1 + sign;
    end = skipDigits(bytes, exponent);
    if (end === exponent) return UNUSUAL;
  }
  return end;
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (digitAt(bytes, end) < 10) end++;
  return end;
}

/** The digit at `at`; 10 or more where there is none. */
function digitAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! - DIGIT_0) >>> 0;
}
