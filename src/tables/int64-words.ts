const WORD = 0x1_0000_0000;
const HALF_WORD = 0x1_0000;
const NS_PER_MS = 1_000_000;

/** An int64 as the pair of words that a column holds, computed without a BigInt. */
export class Int64Words {
  low = 0;
  high = 0;

  /** A safe integer. */
  set(value: number): void {
    this.low = value | 0;
    this.high = Math.floor(value / WORD) | 0;
  }

  setBigInt(value: bigint): void {
    this.low = Number(BigInt.asIntN(32, value));
    this.high = Number(BigInt.asIntN(32, value >> 32n));
  }

  /**
   * Nanoseconds from whole milliseconds and the nanoseconds (below a million) beyond them. The product passes 2^53, so
   * it is made of two halves that do not: ms = upper * 2^16 + lower.
   */
  setMs(ms: number, ns: number): void {
    const upper = Math.floor(ms / HALF_WORD);
    const lower = ms - upper * HALF_WORD;
    const lowerNs = lower * NS_PER_MS + ns;
    const carry = Math.floor(lowerNs / HALF_WORD);
    const upperNs = upper * NS_PER_MS + carry;
    this.high = Math.floor(upperNs / HALF_WORD) | 0;
    this.low =
      Math.imul(upperNs - Math.floor(upperNs / HALF_WORD) * HALF_WORD, HALF_WORD) |
      (lowerNs - carry * HALF_WORD);
  }
}
