const WILDCARD = /[*?]/;

/** Which symbols are wanted: all, some by name, or those that match a pattern: * any characters, ? one. */
export class SymbolSelection {
  static readonly all = new SymbolSelection(undefined);
  /** Names and patterns as given; undefined for all. */
  readonly words: readonly string[] | undefined;
  readonly #names: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];

  private constructor(words: readonly string[] | undefined) {
    this.words = words;
    this.#names = new Set(words?.filter(word => !WILDCARD.test(word)));
    this.#patterns = words?.filter(word => WILDCARD.test(word)).map(patternOf) ?? [];
  }

  /** `*` alone is all. */
  static of(words: readonly string[]): SymbolSelection {
    return words.includes('*') ? SymbolSelection.all : new SymbolSelection([...new Set(words)]);
  }

  get isAll(): boolean {
    return this.words === undefined;
  }

  /** The names, where nothing but names was given; undefined where it takes a list of what there is. */
  get names(): readonly string[] | undefined {
    return this.words !== undefined && this.#patterns.length === 0 ? this.words : undefined;
  }

  includes(sym: string): boolean {
    return this.isAll || this.#names.has(sym) || this.#patterns.some(pattern => pattern.test(sym));
  }

  /** For people. */
  toString(): string {
    if (this.words === undefined) return 'all symbols';
    if (this.words.length <= 3) return this.words.join(', ');
    return `${this.words.length} symbols`;
  }
}

export function isPattern(word: string): boolean {
  return WILDCARD.test(word);
}

function patternOf(word: string): RegExp {
  const source = word
    .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`);
}
