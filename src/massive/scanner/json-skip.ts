import { Ascii } from './ascii.ts';
import { skipNumber } from './decimal.ts';

const {
  QUOTE,
  COMMA,
  COLON,
  OPEN_BRACKET,
  BACKSLASH,
  CLOSE_BRACKET,
  OPEN_BRACE,
  CLOSE_BRACE,
  FIRST_PRINTABLE,
  FIRST_BEYOND,
} = Ascii;
const UNUSUAL = -1;

/** 1 for the bytes that stand for themselves in a JSON string: ASCII without controls, quote and backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= FIRST_PRINTABLE && byte < FIRST_BEYOND && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** The position of the closing quote of the plain text that begins at `at`: ASCII without escapes. Else UNUSUAL. */
export function closingQuote(bytes: Uint8Array, at: number): number {
  let end = at;
  while (PLAIN[bytes[end]!] === 1) end++;
  return bytes[end] === QUOTE ? end : UNUSUAL;
}

/** The position behind the plain string, number or literal at `at`; UNUSUAL for any other value. */
export function skipScalar(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case QUOTE: {
      const quote = closingQuote(bytes, at + 1);
      return quote === UNUSUAL ? UNUSUAL : quote + 1;
    }
    case LITERALS.true[0]:
      return skipLiteral(bytes, at, LITERALS.true);
    case LITERALS.false[0]:
      return skipLiteral(bytes, at, LITERALS.false);
    case LITERALS.null[0]:
      return skipLiteral(bytes, at, LITERALS.null);
    default:
      return skipNumber(bytes, at);
  }
}

/** The position behind the member `,"name":scalar` at `at`; UNUSUAL for any other. */
export function skipMember(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== COMMA || bytes[at + 1] !== QUOTE) return UNUSUAL;
  const quote = closingQuote(bytes, at + 2);
  if (quote === UNUSUAL || bytes[quote + 1] !== COLON) return UNUSUAL;
  return skipScalar(bytes, quote + 2);
}

export function skipSpace(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isSpace(bytes[end]!)) end++;
  return end;
}

/**
 * The end of the JSON value at `at`, by counting brackets outside strings; at most `limit`. Whether it is a value at
 * all is JSON.parse's to say: of text that is not JSON, any end is good enough.
 */
export function endOfValue(bytes: Uint8Array, at: number, limit: number): number {
  let depth = 0;
  for (let end = at; end < limit; end++) {
    const byte = bytes[end]!;
    if (byte === QUOTE) {
      end = endOfString(bytes, end, limit) - 1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return end;
      if (--depth === 0) return end + 1;
    } else if (depth === 0 && byte === COMMA) {
      return end;
    }
  }
  return limit;
}

/** The position behind the closing quote of the string at `at`; at most `limit`. */
export function endOfString(bytes: Uint8Array, at: number, limit: number): number {
  for (let end = at + 1; end < limit; end++) {
    if (bytes[end] === BACKSLASH) end++;
    else if (bytes[end] === QUOTE) return end + 1;
  }
  return limit;
}

const ascii = new TextEncoder();

const LITERALS = { true: ascii.encode('true'), false: ascii.encode('false'), null: ascii.encode('null') };

function skipLiteral(bytes: Uint8Array, at: number, literal: Uint8Array): number {
  for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return UNUSUAL;
  return at + literal.length;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
