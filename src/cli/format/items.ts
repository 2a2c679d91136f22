import {
  listOf,
  type QAtom,
  type QColumn,
  type QDict,
  type QList,
  type QTable,
  type QValue,
  type QVector,
  symbolVector,
} from '../../kdb/ipc/values.ts';

/** Columns of equal length; the first `keyCount` are the key. */
export interface Rows {
  readonly columns: readonly QColumn[];
  readonly keyCount: number;
  readonly rowCount: number;
}

/** What has items: a table's are its rows. */
export type Items = QVector | QList | QTable;

export function itemCount(values: Items): number {
  if (values.kind === 'list') return values.items.length;
  if (values.kind === 'vector') return values.values.length;
  const [first] = values.columns;
  return first ? itemCount(first.values) : 0;
}

/** One item: of a vector an atom, of a list whatever it is, of a table a dictionary. */
export function itemAt(values: Items, index: number): QValue {
  if (values.kind === 'list') return values.items[index]!;
  if (values.kind === 'table') {
    const { columns } = values;
    const keys = symbolVector(columns.map(column => column.name));
    return {
      kind: 'dict',
      sorted: false,
      keys,
      values: listOf(columns.map(column => itemAt(column.values, index))),
    };
  }
  const value = values.values[index]!;
  return { kind: 'atom', type: values.type, value: values.type === 'boolean' ? value !== 0 : value } as QAtom;
}

/** Vectors and lists; tables are shown in a way of their own. */
export function isItems(value: QValue): value is QVector | QList {
  return value.kind === 'vector' || value.kind === 'list';
}

/** A char vector is a text, not a list of characters. */
export function isText(value: QValue): value is QVector & { readonly type: 'char' } {
  return value.kind === 'vector' && value.type === 'char';
}

/** The rows of a table or keyed table; undefined for anything else. */
export function rowsOf(value: QValue): Rows | undefined {
  if (value.kind === 'table') return tableRows(value, 0);
  if (value.kind !== 'dict' || value.keys.kind !== 'table' || value.values.kind !== 'table') return undefined;
  const columns = [...value.keys.columns, ...value.values.columns];
  return tableRows({ ...value.keys, columns }, value.keys.columns.length);
}

function tableRows(table: QTable, keyCount: number): Rows {
  return { columns: table.columns, keyCount, rowCount: itemCount(table) };
}

/** The pairs of a dictionary whose keys and values can be paired; undefined for one of another shape. */
export function pairsOf({ keys, values }: QDict): readonly (readonly [QValue, QValue])[] | undefined {
  if (!hasItems(keys) || !hasItems(values) || itemCount(keys) !== itemCount(values)) return undefined;
  return Array.from({ length: itemCount(keys) }, (_, index) => [itemAt(keys, index), itemAt(values, index)]);
}

function hasItems(value: QValue): value is Items {
  return isItems(value) || value.kind === 'table';
}
