/** The groups of a by clause, and the value of an expression for each. */
import type { Frame, Interpreter } from '../evaluator/interpreter.ts';
import type { NamedNode, Node } from '../language/nodes.ts';
import { type Grouping, groupRows, positionsByGroup } from '../values/grouping.ts';
import { collect, countOf, isListLike, repeat } from '../values/items.ts';
import { spend } from '../values/limits.ts';
import { table } from '../values/make.ts';
import { pickKeeping } from '../values/select-items.ts';
import { orderOfRows } from '../values/sorting.ts';
import type { Table, Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';
import type { TableScope } from './column-scope.ts';
import { aggregateByGroup } from './fast-aggregates.ts';

/** Groups in ascending order of their keys. Positions are those of the filtered rows. */
export class Groups {
  readonly keys: Table;
  readonly #positions: Int32Array;
  readonly #starts: Int32Array;
  /** The groups' numbers as found, in the order of the keys. */
  readonly order: Int32Array;
  readonly grouping: Grouping;

  constructor(keys: Table, order: Int32Array, grouping: Grouping) {
    this.keys = keys;
    this.order = order;
    this.grouping = grouping;
    const { positions, starts } = positionsByGroup(grouping);
    this.#positions = positions;
    this.#starts = starts;
  }

  get count(): number {
    return this.order.length;
  }

  positionsOf(group: number): Int32Array {
    const found = this.order[group]!;
    return this.#positions.subarray(this.#starts[found]!, this.#starts[found + 1]!);
  }

  lastPositions(): Int32Array {
    return this.order.map(found => this.#positions[this.#starts[found + 1]! - 1]!);
  }
}

export function groupBy(
  scope: TableScope,
  by: readonly NamedNode[],
  frame: Frame,
  interpreter: Interpreter,
): Groups {
  const count = scope.rowCount;
  const columns = by.map(({ node }) => {
    const value = interpreter.evaluate(node, { ...frame, columns: scope });
    const column = value.kind === 'dictionary' ? value.values : value;
    if (!isListLike(column)) return repeat(column, count);
    if (countOf(column) !== count) throw new QError('length');
    return column;
  });
  const names = by.map(({ name }) => name);
  if (columns.length === 0) throw new QError('type');
  const grouping = groupRows(columns);
  const found = columns.map(column => pickKeeping(column, grouping.firsts));
  const order = orderOfRows(found);
  const keys = found.map(column => pickKeeping(column, order));
  const marked =
    keys.length === 1 && keys[0]!.kind === 'vector'
      ? [{ ...(keys[0] as Vector), attribute: 's' as const }]
      : keys;
  return new Groups(table(names, marked), order, grouping);
}

/** The value of an expression for every group, as one column. */
export function valuesByGroup(
  node: Node,
  groups: Groups,
  scope: TableScope,
  frame: Frame,
  interpreter: Interpreter,
): Value {
  const fast = aggregateByGroup(node, groups, scope);
  if (fast !== undefined) return fast;
  const values = new Array<Value>(groups.count);
  for (let group = 0; group < groups.count; group++) {
    spend(1);
    const rows = scope.narrowed(groups.positionsOf(group));
    values[group] = interpreter.evaluate(node, { ...frame, columns: rows });
  }
  return collect(values);
}
