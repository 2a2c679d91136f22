const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const CHUNK = 100_000_000;
const CHUNK_DIGITS = 8;
const INT32_LIMIT = 0x7fffffff;

/** Writes ASCII and numbers into a buffer that is known to have room. */
export class TextWriter {
  readonly buffer: Buffer;
  position = 0;

  constructor(capacity: number) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
  }

  byte(value: number): void {
    this.buffer[this.position++] = value;
  }

  bytes(source: Uint8Array, begin = 0, end = source.length): void {
    const { buffer } = this;
    let to = this.position;
    for (let from = begin; from < end; from++) buffer[to++] = source[from]!;
    this.position = to;
  }

  /** A whole number below 2^53. */
  integer(value: number): void {
    if (value < 0) {
      this.byte(MINUS);
      this.integer(-value);
    } else if (value < INT32_LIMIT) {
      const small = value | 0;
      this.#padded(small, digitsOf(small));
    } else {
      const high = Math.floor(value / CHUNK);
      this.integer(high);
      this.#padded((value - high * CHUNK) | 0, CHUNK_DIGITS);
    }
  }

  /** `value` / 10^decimals in the shortest form: 2.5, not 2.50; 3, not 3.0. At most 9 decimals. */
  decimal(value: number, decimals: number): void {
    if (value < 0) {
      this.byte(MINUS);
      this.decimal(-value, decimals);
      return;
    }
    const scale = SCALES[decimals]!;
    const whole = Math.floor(value / scale);
    this.integer(whole);
    // Integer arithmetic from here on: modulo of doubles is slow.
    let fraction = (value - whole * scale) | 0;
    if (fraction === 0) return;
    let digits = decimals;
    for (let shorter = (fraction / 10) | 0; shorter * 10 === fraction; shorter = (fraction / 10) | 0) {
      fraction = shorter;
      digits--;
    }
    this.byte(POINT);
    this.#padded(fraction, digits);
  }

  /** `value` / 10^decimals in the shortest form that is no whole number: 2.5, 202.0. */
  float(value: number, decimals: number): void {
    this.decimal(value, decimals);
    if (value % SCALES[decimals]! === 0) {
      this.byte(POINT);
      this.byte(ZERO);
    }
  }

  /** `value` / 10^decimals with `written` decimals, which are at least as many. */
  fixed(value: number, decimals: number, written: number): void {
    if (value < 0) {
      this.byte(MINUS);
      this.fixed(-value, decimals, written);
      return;
    }
    const scale = SCALES[decimals]!;
    const whole = Math.floor(value / scale);
    this.integer(whole);
    this.byte(POINT);
    this.#padded((value - whole * scale) | 0, decimals);
    for (let i = decimals; i < written; i++) this.byte(ZERO);
  }

  /** `value` / 10^decimals as Massive writes exact volumes: `80.0`, or with all decimals. */
  exactVolume(value: number, decimals: number): void {
    const scale = SCALES[decimals]!;
    const whole = Math.floor(value / scale);
    const fraction = (value - whole * scale) | 0;
    this.integer(whole);
    this.byte(POINT);
    if (fraction === 0) this.byte(ZERO);
    else this.#padded(fraction, decimals);
  }

  #padded(value: number, digits: number): void {
    const { buffer } = this;
    let rest = value;
    let at = this.position + digits;
    this.position = at;
    for (let i = 0; i < digits; i++) {
      const next = (rest / 10) | 0;
      buffer[--at] = ZERO + rest - next * 10;
      rest = next;
    }
  }
}

function digitsOf(value: number): number {
  if (value < 10_000) {
    if (value < 100) return value < 10 ? 1 : 2;
    return value < 1000 ? 3 : 4;
  }
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return value < 1_000_000_000 ? 9 : 10;
}

const SCALES = Float64Array.from({ length: 10 }, (_, decimals) => 10 ** decimals);
