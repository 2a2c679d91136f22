/**
 * Bytes of JSON's punctuation. A module on the hot path copies those that it needs into constants of its own: V8 folds
 * a constant of the same module into the code, but loads an imported one again each time.
 */
export const Ascii = {
  QUOTE: 0x22,
  PLUS: 0x2b,
  COMMA: 0x2c,
  MINUS: 0x2d,
  DOT: 0x2e,
  DIGIT_0: 0x30,
  COLON: 0x3a,
  OPEN_BRACKET: 0x5b,
  BACKSLASH: 0x5c,
  CLOSE_BRACKET: 0x5d,
  SMALL_E: 0x65,
  OPEN_BRACE: 0x7b,
  CLOSE_BRACE: 0x7d,
  /** Turns a capital letter into its small one. */
  TO_SMALL: 0x20,
  FIRST_PRINTABLE: 0x20,
  FIRST_BEYOND: 0x80,
} as const;
