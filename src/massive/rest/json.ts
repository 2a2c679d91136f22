/** An object of an answer, before anything is known of it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON text (which is passed over) or a number with so many digits that a double may not hold it. */
const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

const LONG_NUMBER = /\d{16}/;

/**
 * Parses JSON. Whole numbers of sixteen digits and more, nanoseconds above all, become texts of their digits: a double
 * would round them.
 *
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(TEXT_OR_LONG_NUMBER, found => (found.startsWith('"') ? found : `"${found}"`)),
  );
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text in a field; undefined where there is none, or something else. */
export function textIn(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The finite number in a field, which may be written as a text; undefined where there is none. */
export function numberIn(object: JsonObject, name: string): number | undefined {
  const value = object[name];
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const number = value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : undefined;
}
