import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * The users of -u and -U: lines of `user:password`, where the password is plain text or its MD5 or SHA-1 as
 * hexadecimal digits.
 */
export class PasswordFile {
  readonly #passwords: ReadonlyMap<string, string>;

  constructor(text: string) {
    const lines = text.split(/\r?\n/).filter(line => line !== '');
    this.#passwords = new Map(lines.map(line => splitAtColon(line)));
  }

  accepts(user: string, password: string): boolean {
    const expected = this.#passwords.get(user);
    if (expected === undefined) return false;
    const candidates = [password, digest('md5', password), digest('sha1', password)];
    return candidates.filter(candidate => equalTexts(candidate, expected)).length > 0;
  }
}

function splitAtColon(line: string): [string, string] {
  const colon = line.indexOf(':');
  return colon < 0 ? [line, ''] : [line.slice(0, colon), line.slice(colon + 1)];
}

function digest(algorithm: 'md5' | 'sha1', text: string): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** Takes as long for a wrong text as for a right one of the same length. */
function equalTexts(candidate: string, expected: string): boolean {
  const [a, b] = [Buffer.from(candidate), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
