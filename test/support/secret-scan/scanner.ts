import { closeSync, openSync, readSync } from 'node:fs';

/** Somewhere a secret was seen. */
export interface Leak {
  /** What showed it, without it. */
  readonly place: string;
  /** As it was encoded there. */
  readonly form: string;
  /** Some text around it, without it. */
  readonly around: string;
}

interface Needle {
  readonly form: string;
  readonly bytes: Buffer;
}

const CHUNK_BYTES = 4 * 1024 * 1024;
/** What was seen lately is kept, since a secret that a daemon makes itself becomes known after it has begun to print. */
const KEPT_BYTES = 16 * 1024 * 1024;
const AROUND_BYTES = 60;

/** Looks for secrets in bytes: as they are, in base 64 at any offset, and in hexadecimal digits. */
export class SecretScanner {
  readonly leaks: Leak[] = [];
  #needles: readonly Needle[];
  #secrets: readonly string[];
  #longest = 0;
  #kept: { readonly place: string; readonly bytes: Buffer }[] = [];
  #keptBytes = 0;
  readonly #places = new Map<string, number>();

  constructor(secret: string) {
    this.#secrets = [];
    this.#needles = [];
    this.#learn(secret);
  }

  /** How many bytes of each kind of place were looked at. */
  get looked(): ReadonlyMap<string, number> {
    return this.#places;
  }

  /** Another secret, which is also looked for in what was seen before. */
  add(secret: string): void {
    if (this.#secrets.includes(secret)) return;
    const known = this.#needles.length;
    this.#learn(secret);
    for (const { place, bytes } of this.#kept) this.#look(place, bytes, this.#needles.slice(known));
  }

  /** @param kind what sort of place it is, for `looked` */
  scan(kind: string, place: string, bytes: Buffer): void {
    this.#count(kind, bytes.length);
    if (kind !== 'files') this.#keep(place, bytes);
    this.#look(place, bytes, this.#needles);
  }

  /** For bytes that come in pieces: a secret may lie across two of them. */
  stream(kind: string, place: string): (piece: Buffer) => void {
    let end: Buffer = Buffer.alloc(0);
    return piece => {
      this.scan(kind, place, Buffer.concat([end, piece]));
      this.#count(kind, -end.length);
      end = Buffer.from(Buffer.concat([end, piece]).subarray(-(this.#longest - 1)));
    };
  }

  file(path: string): void {
    const descriptor = openSync(path, 'r');
    try {
      const look = this.stream('files', `the file ${path}`);
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let size = readSync(descriptor, chunk); size > 0; size = readSync(descriptor, chunk)) {
        look(chunk.subarray(0, size));
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** `text` without any secret. */
  redacted(text: string): string {
    return this.#secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
  }

  #learn(secret: string): void {
    this.#secrets = [...this.#secrets, secret];
    this.#needles = [...this.#needles, ...needlesOf(secret)];
    this.#longest = Math.max(...this.#needles.map(({ bytes }) => bytes.length));
  }

  #look(place: string, bytes: Buffer, needles: readonly Needle[]): void {
    for (const { form, bytes: needle } of needles) {
      const at = bytes.indexOf(needle);
      if (at < 0) continue;
      const shown = this.redacted(place);
      // Once for each place: what repeats says nothing new.
      if (this.leaks.some(leak => leak.place === shown && leak.form === form)) continue;
      const before = bytes.subarray(Math.max(0, at - AROUND_BYTES), at).toString();
      const after = bytes.subarray(at + needle.length, at + needle.length + AROUND_BYTES).toString();
      this.leaks.push({ place: shown, form, around: JSON.stringify(`${before}[secret]${after}`) });
    }
  }

  #keep(place: string, bytes: Buffer): void {
    if (bytes.length > KEPT_BYTES / 4) return;
    this.#kept.push({ place, bytes: Buffer.from(bytes) });
    this.#keptBytes += bytes.length;
    if (this.#keptBytes <= KEPT_BYTES) return;
    // The older half at once: one by one would take its time.
    this.#kept = this.#kept.slice(Math.ceil(this.#kept.length / 2));
    this.#keptBytes = this.#kept.reduce((sum, kept) => sum + kept.bytes.length, 0);
  }

  #count(kind: string, bytes: number): void {
    this.#places.set(kind, (this.#places.get(kind) ?? 0) + bytes);
  }
}

function needlesOf(secret: string): Needle[] {
  const bytes = Buffer.from(secret);
  const hexadecimal = bytes.toString('hex');
  return [
    { form: 'as it is', bytes },
    { form: 'in hexadecimal digits', bytes: Buffer.from(hexadecimal) },
    { form: 'in hexadecimal digits', bytes: Buffer.from(hexadecimal.toUpperCase()) },
    ...[0, 1, 2].flatMap(offset =>
      [...new Set([innerBase64(bytes, offset, 'base64'), innerBase64(bytes, offset, 'base64url')])].map(
        digits => ({ form: 'in base64', bytes: Buffer.from(digits) }),
      ),
    ),
  ];
}

/** The digits that are the same whatever stands before and after, where `offset` bytes precede in its group of three. */
function innerBase64(bytes: Buffer, offset: number, encoding: 'base64' | 'base64url'): string {
  const digits = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const end = Math.floor(((offset + bytes.length) * 8) / 6);
  return digits.slice(Math.ceil((offset * 8) / 6), end);
}
