/** What happened in the minutes of some symbols that follow each other. */
export interface CoverageGroup {
  first: string;
  last: string;
  symbols: number;
  /** By minute of the session: bars of the file, those of them that were not captured, those that differ. */
  readonly file: Uint32Array;
  readonly missing: Uint32Array;
  readonly different: Uint32Array;
}

/** More groups than these are joined two by two, so that a picture of them, and memory, stay small. */
const MOST_GROUPS = 64;

/** Coverage by symbol and minute: one group for each symbol, or for so many in a row that they fit a picture. */
export class Coverage {
  #groups: CoverageGroup[] = [];
  readonly #minutes: number;
  /** Symbols of a whole group. */
  #groupSymbols = 1;

  constructor(minutes: number) {
    this.#minutes = minutes;
  }

  get groups(): readonly CoverageGroup[] {
    return this.#groups;
  }

  /** The group of the next symbol. */
  next(sym: string): CoverageGroup {
    const open = this.#groups.at(-1);
    if (open && open.symbols < this.#groupSymbols) {
      open.last = sym;
      open.symbols++;
      return open;
    }
    if (this.#groups.length === MOST_GROUPS) this.#joinPairs();
    const group: CoverageGroup = {
      first: sym,
      last: sym,
      symbols: 1,
      file: new Uint32Array(this.#minutes),
      missing: new Uint32Array(this.#minutes),
      different: new Uint32Array(this.#minutes),
    };
    this.#groups.push(group);
    return group;
  }

  #joinPairs(): void {
    const joined: CoverageGroup[] = [];
    for (let at = 0; at < this.#groups.length; at += 2) {
      const group = this.#groups[at]!;
      const second = this.#groups[at + 1]!;
      group.last = second.last;
      group.symbols += second.symbols;
      add(group.file, second.file);
      add(group.missing, second.missing);
      add(group.different, second.different);
      joined.push(group);
    }
    this.#groups = joined;
    this.#groupSymbols *= 2;
  }
}

function add(to: Uint32Array, from: Uint32Array): void {
  for (let at = 0; at < to.length; at++) to[at]! += from[at]!;
}
