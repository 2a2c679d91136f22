const ZERO = 0x30;
const POINT = 0x2e;
const MINUS = 0x2d;
const CHUNK = 100_000_000;

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
    } else if (value < 0x7fffffff) {
      this.#small(value | 0);
    } else {
      const high = Math.floor(value / CHUNK);
      this.integer(high);
      this.#padded(value - high * CHUNK, 8);
    }
  }

  /** `value` / 10^decimals in the shortest form: 2.5, not 2.50; 3, not 3.0. */
  decimal(value: number, decimals: number): void {
    if (value < 0) {
      this.byte(MINUS);
      this.decimal(-value, decimals);
      return;
    }
    const scale = SCALES[decimals]!;
    const whole = Math.floor(value / scale);
    let fraction = value - whole * scale;
    this.integer(whole);
    if (fraction === 0) return;
    let digits = decimals;
    while (fraction % 10 === 0) {
      fraction /= 10;
      digits--;
    }
    this.byte(POINT);
    this.#padded(fraction, digits);
  }

  /** `value` / 10^decimals as Massive writes exact volumes: `80.0`, or with all decimals. */
  exactVolume(value: number, decimals: number): void {
    const scale = SCALES[decimals]!;
    const whole = Math.floor(value / scale);
    const fraction = value - whole * scale;
    this.integer(whole);
    this.byte(POINT);
    if (fraction === 0) this.byte(ZERO);
    else this.#padded(fraction, decimals);
  }

  #small(value: number): void {
    let digits = 1;
    for (let limit = 10; digits < 10 && value >= limit; limit *= 10) digits++;
    this.#padded(value, digits);
  }

  #padded(value: number, digits: number): void {
    const { buffer } = this;
    let rest = value | 0;
    let at = this.position + digits;
    this.position = at;
    for (let i = 0; i < digits; i++) {
      const next = (rest / 10) | 0;
      buffer[--at] = ZERO + rest - next * 10;
      rest = next;
    }
  }
}

const SCALES = Float64Array.from({ length: 10 }, (_, decimals) => 10 ** decimals);
