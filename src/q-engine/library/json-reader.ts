/** Reads JSON text as .j.k does: in the order of the text, whatever the names of an object are. */
import { collect } from '../values/items.ts';
import { boolean, dictionary, float, list, string, symbols } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { QError } from '../values/value.ts';

const WORDS: Readonly<Record<string, Value>> = {
  true: boolean(true),
  false: boolean(false),
  null: float(Number.NaN),
};
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const TEXT = /"(?:[^"\\]|\\.)*"/sy;
const WORD = /[a-z]+/y;
const BLANKS = /\s*/y;

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The one value that the text is. */
  whole(): Value {
    const value = this.#value();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return value;
  }

  #value(): Value {
    this.#skipBlanks();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return collect(this.#sequence(']', () => this.#value()));
      case '"':
        return string(this.#string());
    }
    const number = this.#match(NUMBER);
    if (number !== undefined) return float(Number(number));
    const word = WORDS[this.#match(WORD) ?? ''];
    if (word === undefined) throw this.#unexpected();
    return word;
  }

  #object(): Value {
    const entries = this.#sequence('}', () => {
      this.#skipBlanks();
      const name = this.#string();
      this.#skipBlanks();
      if (this.#text[this.#at] !== ':') throw this.#unexpected();
      this.#at += 1;
      return { name, value: this.#value() };
    });
    const values = entries.map(entry => entry.value);
    return dictionary(
      symbols(entries.map(entry => entry.name)),
      values.length === 0 ? list([]) : collect(values),
    );
  }

  /** Items between brackets, commas between them. */
  #sequence<Item>(end: string, readItem: () => Item): Item[] {
    const items: Item[] = [];
    this.#at += 1;
    this.#skipBlanks();
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return items;
    }
    for (;;) {
      items.push(readItem());
      this.#skipBlanks();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== end) throw this.#unexpected();
      this.#at += 1;
      if (next === end) return items;
    }
  }

  #string(): string {
    const quoted = this.#match(TEXT);
    if (quoted === undefined) throw this.#unexpected();
    try {
      // Line ends within a string are taken as they are.
      return JSON.parse(
        quoted.replace(
          /[\u0000-\u001f]/g,
          control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
      ) as string;
    } catch {
      throw this.#unexpected();
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skipBlanks(): void {
    this.#match(BLANKS);
  }

  #unexpected(): QError {
    return new QError(`json: unexpected ${this.#text[this.#at] ?? 'end'} at ${this.#at}`);
  }
}

/** A value from JSON text: numbers are floats, objects dictionaries, lists of like objects tables. */
export function fromJson(text: string): Value {
  return new JsonReader(text).whole();
}
