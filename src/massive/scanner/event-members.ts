import { Ascii } from './ascii.ts';
import { endOfString, endOfValue, skipSpace } from './json-skip.ts';

const { COMMA, CLOSE_BRACE } = Ascii;

/** Refuses what is not UTF-8 instead of replacing it: two broken tickers must not become one. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of `bytes[begin, end)`. Throws a TypeError where that is not UTF-8. */
export function textOf(bytes: Uint8Array, begin: number, end: number): string {
  return decoder.decode(bytes.subarray(begin, end));
}

/**
 * The members of the JSON object in `bytes[begin, end)`, each value as the text that it was spelt in: a number keeps
 * the digits that JSON.parse would round away. Of a key that occurs twice the last counts, as with JSON.parse. The
 * caller has made sure that it is a JSON object.
 */
export function membersOf(bytes: Uint8Array, begin: number, end: number): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(bytes, begin + 1);
  while (bytes[at] !== CLOSE_BRACE) {
    const keyEnd = endOfString(bytes, at, end);
    const key: string = JSON.parse(textOf(bytes, at, keyEnd));
    const valueBegin = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const valueEnd = endOfValue(bytes, valueBegin, end);
    members.set(key, textOf(bytes, valueBegin, valueEnd).trimEnd());
    at = skipSpace(bytes, valueEnd);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return members;
}
