/**
 * Text between q's bytes and JavaScript strings. q's chars and symbols are bytes, UTF-8 by convention. Bytes
 * that are not valid UTF-8 survive the way there and back as lone surrogates U+DC80 to U+DCFF.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();
/** So short that bytes within V8's own heap are made faster than the encoder's. */
const SHORT = 48;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Bytes to a string. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes.length < 24 && bytes.every(byte => byte < 128)) return String.fromCharCode(...bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeEscaped(bytes);
  }
}

/** A string to bytes; the reverse of {@link decodeText}. */
export function encodeText(text: string): Uint8Array {
  if (text.length <= SHORT) {
    const bytes = asciiBytes(text);
    if (bytes !== undefined) return bytes;
  }
  if (!LONE_SURROGATE.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(character));
  }
  return Uint8Array.from(bytes);
}

/** The bytes of ASCII text; undefined where a character is none. */
function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 128) return undefined;
    bytes[i] = code;
  }
  return bytes;
}

function decodeEscaped(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const length = sequenceLength(bytes[i]!);
    try {
      if (length === 0 || i + length > bytes.length) throw new TypeError('not UTF-8');
      text += decoder.decode(bytes.subarray(i, i + length));
      i += length;
    } catch {
      text += String.fromCharCode(0xdc00 + bytes[i]!);
      i += 1;
    }
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}
