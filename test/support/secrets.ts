/**
 * Stands in every secret of the tests, and nowhere else: whatever shows it has shown a secret. Letters and digits only,
 * so that no encoding for addresses or JSON changes it.
 */
export const SECRET_MARK = 'Wq7SecretOfTheTests9Zk';

/** A made-up secret. `rest` may hold characters that need escaping somewhere. */
export function testSecret(role: string, rest = ''): string {
  return `${role}${SECRET_MARK}${rest}`;
}
