import type { SymbolColumn } from '../../tables/columns.ts';
import type { SymbolTable } from '../../tables/symbol-table.ts';
import type { TableRows } from '../../tables/table-rows.ts';

/** Of a symbol for which there is no room. */
export const UNKNOWN_SYMBOL = -1;

/** No row has had it yet: tables also hold names that are no symbols. */
const UNSEEN = -2;

/** Tables of symbols that a scanner fills in turn, and some room. */
const MOST_TABLES = 4;

interface Translation {
  readonly symbols: SymbolTable;
  readonly clearings: number;
  /** By the table's id. */
  indexes: Int32Array;
}

/**
 * Numbers symbols from 0 on, in the order in which they come, whatever ids the tables of a scanner give them. A name is
 * read once for each table: from then on a row costs one look into an array. Bounded; what comes beyond the limit is
 * counted and UNKNOWN_SYMBOL.
 */
export class SymbolIndex {
  readonly #mostSymbols: number;
  readonly #indexOf = new Map<string, number>();
  #names: string[] = [];
  #translations: Translation[] = [];
  #sorted: readonly number[] | undefined;
  #refused = new Set<string>();

  constructor(mostSymbols: number) {
    this.#mostSymbols = mostSymbols;
  }

  get count(): number {
    return this.#names.length;
  }

  /** How many symbols found no room; beyond as many as are known it is not counted on. */
  get refusedCount(): number {
    return this.#refused.size;
  }

  nameOf(index: number): string {
    return this.#names[index]!;
  }

  find(name: string): number | undefined {
    return this.#indexOf.get(name);
  }

  /** All indexes in the order of their names. */
  get sorted(): readonly number[] {
    this.#sorted ??= this.#names
      .map((name, index) => ({ name, index }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .map(({ index }) => index);
    return this.#sorted;
  }

  /** The index of each id in column `sym` of rows. It holds until the next call. */
  indexesOf(rows: TableRows): Int32Array {
    const { symbols } = rows;
    const translation = this.#translationOf(symbols);
    if (symbols.count > translation.indexes.length) enlarge(translation);
    const { indexes } = translation;
    const { ids } = rows.column('sym') as SymbolColumn;
    for (let row = 0; row < rows.rowCount; row++) {
      const id = ids[row]!;
      if (indexes[id] === UNSEEN) indexes[id] = this.#add(symbols.nameOf(id));
    }
    return indexes;
  }

  /** Forgets every symbol. */
  clear(): void {
    this.#indexOf.clear();
    this.#refused.clear();
    this.#names = [];
    this.#translations = [];
    this.#sorted = undefined;
  }

  #translationOf(symbols: SymbolTable): Translation {
    const known = this.#translations.find(translation => translation.symbols === symbols);
    if (known && known.clearings === symbols.clearings) return known;
    const fresh = { symbols, clearings: symbols.clearings, indexes: new Int32Array(0) };
    const others = this.#translations.filter(translation => translation !== known);
    this.#translations = [fresh, ...others].slice(0, MOST_TABLES);
    return fresh;
  }

  #add(name: string): number {
    const known = this.#indexOf.get(name);
    if (known !== undefined) return known;
    const index = this.#names.length;
    if (index >= this.#mostSymbols) {
      if (this.#refused.size < this.#mostSymbols) this.#refused.add(name);
      return UNKNOWN_SYMBOL;
    }
    this.#indexOf.set(name, index);
    this.#names.push(name);
    this.#sorted = undefined;
    return index;
  }
}

function enlarge(translation: Translation): void {
  const larger = new Int32Array(translation.symbols.count * 2).fill(UNSEEN);
  larger.set(translation.indexes);
  translation.indexes = larger;
}
