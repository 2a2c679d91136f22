/** The syntax tree of q expressions. */
import type { Iterator, Value } from '../values/value.ts';

/** `at` is the offset in the text of the function, where kdb+ sets the caret of an error; -1 is unknown. */
export type Node =
  | { readonly kind: 'literal'; readonly value: Value }
  | NameNode
  | { readonly kind: 'elided' }
  | { readonly kind: 'apply'; readonly at: number; readonly target: Node; readonly args: readonly Node[] }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'derived'; readonly iterator: Iterator; readonly target: Node }
  | { readonly kind: 'compose'; readonly parts: readonly Node[] }
  | AssignNode
  /** (a;b):value */
  | { readonly kind: 'pattern'; readonly pattern: Node; readonly value: Node }
  /** :[value; pattern; result; ...; otherwise] */
  | {
      readonly kind: 'cases';
      readonly value: Node;
      readonly cases: readonly { readonly pattern: Node; readonly result: Node }[];
      readonly otherwise: Node;
    }
  /** $[condition; then; ...; else]. */
  | { readonly kind: 'conditional'; readonly branches: readonly Node[] }
  | {
      readonly kind: 'control';
      readonly word: 'if' | 'do' | 'while';
      readonly condition: Node;
      readonly body: readonly Node[];
    }
  | { readonly kind: 'return'; readonly value: Node }
  | { readonly kind: 'signal'; readonly at: number; readonly value: Node }
  | { readonly kind: 'table'; readonly keys: readonly NamedNode[]; readonly columns: readonly NamedNode[] }
  | { readonly kind: 'dictionary'; readonly entries: readonly NamedNode[] }
  | QueryNode
  | { readonly kind: 'sequence'; readonly items: readonly Node[] };

/** A variable. `slot` is its place among the locals of its function, or -1 for a global. */
export interface NameNode {
  readonly kind: 'name';
  readonly name: string;
  readonly at: number;
  slot: number;
}

/** target:value, target[indices]:value, with an operator target op:value. */
export interface AssignNode {
  readonly kind: 'assign';
  readonly at: number;
  readonly target: NameNode;
  readonly indices?: readonly Node[];
  readonly operator?: Node;
  /** Written `::`. */
  readonly global: boolean;
  readonly value: Node;
}

export interface NamedNode {
  readonly name: string;
  readonly node: Node;
}

export interface QueryNode {
  readonly kind: 'query';
  readonly at: number;
  readonly verb: 'select' | 'exec' | 'update' | 'delete';
  readonly distinct: boolean;
  /** The bracket after select: a row count, an order, or both. */
  readonly limit?: Node;
  readonly order?: { readonly descending: boolean; readonly by: Node };
  readonly columns: readonly NamedNode[];
  readonly by?: readonly NamedNode[];
  readonly source: Node;
  readonly where: readonly Node[];
  /** Columns written without a name: exec of one of them gives a list, not a dictionary. */
  readonly unnamed: boolean;
  /** The same for by: exec by one of them has a list as its key. */
  readonly byUnnamed?: boolean;
}
