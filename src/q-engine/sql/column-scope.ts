/** The columns of a table as a query's expressions see them: for the rows in hand, each picked once. */
import type { ColumnScope } from '../evaluator/interpreter.ts';
import { longPositions } from '../primitives/lists.ts';
import { columnOf, countOf } from '../values/items.ts';
import { pick, positionsUpTo } from '../values/select-items.ts';
import type { Table, Value } from '../values/value.ts';
import { dottedPart } from './dotted.ts';

export class TableScope implements ColumnScope {
  readonly source: Table;
  /** Rows in hand; undefined for all. */
  readonly positions: Int32Array | undefined;
  readonly #picked = new Map<string, Value>();

  constructor(source: Table, positions?: Int32Array) {
    this.source = source;
    this.positions = positions;
  }

  get rowCount(): number {
    return this.positions?.length ?? countOf(this.source);
  }

  column(name: string): Value | undefined {
    const known = this.#picked.get(name);
    if (known !== undefined) return known;
    const value = this.#make(name);
    if (value !== undefined) this.#picked.set(name, value);
    return value;
  }

  #make(name: string): Value | undefined {
    const whole = columnOf(this.source, name);
    if (whole !== undefined) return this.positions === undefined ? whole : pick(whole, this.positions);
    if (name === 'i') return this.#rowNumbers();
    const dot = name.indexOf('.');
    if (dot <= 0) return undefined;
    const base = this.column(name.slice(0, dot));
    return base === undefined ? undefined : dottedPart(base, name.slice(dot + 1));
  }

  /** Of rows that come from partitions, each one's in its own. */
  #rowNumbers(): Value {
    const { rowNumbers } = this.source as Table & { rowNumbers?: () => Value };
    if (rowNumbers === undefined) return longPositions(this.positions ?? positionsUpTo(countOf(this.source)));
    return this.positions === undefined ? rowNumbers() : pick(rowNumbers(), this.positions);
  }

  /** The rows of this scope at these positions of it. */
  narrowed(positions: Int32Array): TableScope {
    const own = this.positions;
    return new TableScope(
      this.source,
      own === undefined ? positions : positions.map(position => own[position]!),
    );
  }
}
