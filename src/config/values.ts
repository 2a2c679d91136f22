import { z } from 'zod';

/**
 * The kinds of values that settings have. Each carries as its description what is allowed, in the words that error
 * messages and help texts use.
 */

export function wholeNumber(min: number, max: number, unit: string) {
  return z.int().min(min).max(max).describe(`a whole number from ${min} to ${max} (${unit})`);
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return z.enum(names).describe(`one of ${names.join(', ')}`);
}

export function text(allowed: string, pattern = /\S/) {
  return z.string().regex(pattern).describe(allowed);
}

export const yesOrNo = z.boolean().describe('true or false');

export const filePath = text('the path of a file');

export const directoryPath = text('the path of a directory');

/** Names a secret, and is never one: what does not look like a name is not repeated in messages. */
export const secretName = text(
  'the name under which the secret is given, such as MASSIVE_API_KEY, in capitals; never the secret itself',
  /^[A-Z][A-Z0-9_]*$/,
);

export const hostAddress = text(
  'a host name or an IP address',
  /^[A-Za-z0-9:]([A-Za-z0-9.:_-]*[A-Za-z0-9:])?$/,
);

export const port = wholeNumber(1, 65535, 'TCP port');
