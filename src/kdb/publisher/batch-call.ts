import type { Convention } from '../../tables/conventions.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import type { Batch } from '../batch.ts';
import { encodeValue } from '../ipc/encode.ts';
import { charVector, longAtom, symbolAtom, TYPE_NUMBER } from '../ipc/values.ts';
import { convertColumns } from '../tables/convert-columns.ts';

export const DEFAULT_FUNCTION = '.u.upd';

/** What our own tickerplant (q/tick.q) has beside it: it takes a batch of the same source and number only once. */
export const NUMBERED_FUNCTION = '.fh.upd';

/** How the function is called that takes a batch. */
export type CallForm =
  /** `(function; table; columns)` */
  | { readonly kind: 'plain'; readonly functionName: string; readonly convention: Convention }
  /** ``(`.fh.upd; source; sequence; table; columns)``; answered with 1b, or 0b where it has been taken before. */
  | { readonly kind: 'numbered'; readonly numberedBy: string };

/** General lists without their items: type, attribute, count. */
const LIST_OF_THREE = Buffer.from([0, 0, 3, 0, 0, 0]);
const LIST_OF_FIVE = Buffer.from([0, 0, 5, 0, 0, 0]);

/** A boolean atom, without its value. */
const BOOLEAN_ATOM = 256 - TYPE_NUMBER.boolean;

/** Batches as bodies of calls, in parts that follow each other; the columns are not copied. */
export class BatchCalls {
  readonly #form: CallForm;
  readonly #definitions: ReadonlyMap<string, TableDefinition>;
  /** Function, and table or source. */
  readonly #beginnings = new Map<string, Buffer>();

  constructor(form: CallForm, definitions: readonly TableDefinition[]) {
    this.#form = form;
    this.#definitions = new Map(definitions.map(definition => [definition.name, definition]));
  }

  partsOf(batch: Batch): readonly Uint8Array[] {
    const { table, sequence, columns } = batch;
    if (this.#form.kind === 'plain') {
      const { functionName, convention } = this.#form;
      const beginning = this.#beginning(LIST_OF_THREE, functionName, table);
      if (convention === 'kdb-tick') return [beginning, columns];
      return [beginning, ...convertColumns(batch, this.#definitions.get(table)!, convention)];
    }
    const beginning = this.#beginning(LIST_OF_FIVE, NUMBERED_FUNCTION, this.#form.numberedBy);
    return [beginning, encodeValue(longAtom(BigInt(sequence))), encodeValue(symbolAtom(table)), columns];
  }

  /** Whether an answer says that the batch had been taken before. */
  isOld(answer: Uint8Array): boolean {
    return this.#form.kind === 'numbered' && answer[0] === BOOLEAN_ATOM && answer[1] === 0;
  }

  #beginning(list: Buffer, functionName: string, first: string): Buffer {
    let beginning = this.#beginnings.get(first);
    if (!beginning) {
      beginning = Buffer.concat([
        list,
        encodeValue(charVector(functionName)),
        encodeValue(symbolAtom(first)),
      ]);
      this.#beginnings.set(first, beginning);
    }
    return beginning;
  }
}
