import type { SimulatedExchange } from '../markets.ts';

/** Something that trades on the simulated market. */
export interface Instrument {
  /** As the stream spells it. */
  readonly ticker: string;
  /** About what it costs, in quote currency; a spread of futures may cost less than nothing. */
  readonly price: number;
  /** The smallest step of its price. */
  readonly tick: number;
  /** How far the price moves within a day, as a part of itself or, for a spread, in quote currency. */
  readonly swing: number;
  readonly spread?: boolean;
  /** US dollars for one point of the price of one contract. */
  readonly multiplier?: number;
  readonly exchange?: SimulatedExchange;
  /** Traded over the counter. */
  readonly otc?: boolean;
}

const LETTERS = 26;

/** The `index`-th of 26^length different words in capital letters, in an order that looks like none. */
export function word(index: number, length: number): string {
  const count = LETTERS ** length;
  // Odd and no multiple of 13, so that multiplying permutes the words.
  let rest = Number((BigInt(index) * 300_007n + 12_345n) % BigInt(count));
  let letters = '';
  for (let i = 0; i < length; i++) {
    letters += String.fromCharCode(65 + (rest % LETTERS));
    rest = Math.floor(rest / LETTERS);
  }
  return letters;
}
