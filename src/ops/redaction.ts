import type { LogLine } from './repeats.ts';

/** Something that must not be seen; a Secret of the configuration is one. */
export interface Hidden {
  reveal(): string;
}

/** Shorter values would be found in the midst of other words, and the places would give them away. */
const SHORTEST = 4;

/** Replaces secrets wherever they stand in a text: as they are, in JSON, and in addresses. */
export class Redaction {
  #values: readonly string[] = [];

  hide(secret: Hidden): void {
    const value = secret.reveal();
    if (value.length < SHORTEST) return;
    const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)];
    // The longest first: one secret may be a part of another.
    this.#values = [...new Set([...this.#values, ...forms])].sort((a, b) => b.length - a.length);
  }

  apply(text: string): string {
    return this.#values.reduce((clean, value) => clean.replaceAll(value, '[secret]'), text);
  }

  applyTo({ level, message, fields }: LogLine): LogLine {
    const clean = Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? this.apply(value) : value,
    ]);
    return { level, message: this.apply(message), fields: Object.fromEntries(clean) };
  }
}
