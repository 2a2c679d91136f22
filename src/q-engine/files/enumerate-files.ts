import type { Interpreter } from '../evaluator/interpreter.ts';
import { domainOf } from '../primitives/enumerations.ts';
import { symbolCount, symbolName } from '../values/symbol-pool.ts';
import { encodeText } from '../values/text.ts';
import { type EnumVector, QError, type SymbolVector, type Table, type Value } from '../values/value.ts';
import { readPath, withoutSlash } from './path-values.ts';
import { writeValueFile } from './splayed.ts';

/**
 * .Q.ens: the table with its symbol columns enumerated over the global list `name`, which is first read from the
 * file of that name in `directory` and whose new symbols are appended to it. Without a directory no file counts.
 */
export function enumerateTable(
  directory: string | undefined,
  table: Value,
  name: string,
  interpreter: Interpreter,
): Table {
  if (table.kind !== 'table') throw new QError('type');
  const path = directory === undefined ? undefined : `${withoutSlash(directory)}/${name}`;
  const isThere = path !== undefined && interpreter.host.inspectPath(path) !== undefined;
  if (isThere) interpreter.setVariable(name, readPath(path, interpreter), '');
  const domain = new GrowingDomain(interpreter.findVariable(name, ''));
  const columns = table.columns.map(column => enumerated(column, domain, name, interpreter));
  interpreter.setVariable(name, domain.vector(), '');
  if (path !== undefined && !isThere) writeValueFile(path, domain.vector(), interpreter.host);
  else if (path !== undefined && domain.added.length > 0) {
    // As kdb+ does: names at the end of the file, the count in its head as it was.
    const names = domain.added.map(id => `${symbolName(id)}\0`).join('');
    interpreter.host.appendFile(path, encodeText(names));
  }
  return { ...table, columns };
}

function enumerated(column: Value, domain: GrowingDomain, name: string, interpreter: Interpreter): Value {
  if (column.kind === 'vector' && column.type === 11) {
    const vector: EnumVector = {
      kind: 'vector',
      type: 20,
      data: column.data.map(id => domain.indexOf(id)),
      attribute: column.attribute,
      domain: domainOf(name, interpreter),
    };
    return vector;
  }
  const isNested =
    column.kind === 'list' && column.items.some(item => item.kind === 'vector' && item.type === 11);
  if (!isNested) return column;
  return { ...column, items: column.items.map(item => enumerated(item, domain, name, interpreter)) };
}

/** The symbols of a domain and where they are, by their ids. */
class GrowingDomain {
  readonly added: number[] = [];
  readonly #known: Int32Array;
  readonly #positions: Int32Array;

  constructor(domain: Value | undefined) {
    this.#known = idsOf(domain);
    this.#positions = new Int32Array(symbolCount()).fill(-1);
    for (let i = this.#known.length - 1; i >= 0; i--) this.#positions[this.#known[i]!] = i;
  }

  indexOf(id: number): number {
    const known = this.#positions[id]!;
    if (known >= 0) return known;
    const position = this.#known.length + this.added.length;
    this.added.push(id);
    this.#positions[id] = position;
    return position;
  }

  vector(): SymbolVector {
    const data = new Int32Array(this.#known.length + this.added.length);
    data.set(this.#known);
    data.set(this.added, this.#known.length);
    return { kind: 'vector', type: 11, data, attribute: '' };
  }
}

function idsOf(domain: Value | undefined): Int32Array {
  if (domain === undefined || (domain.kind === 'list' && domain.items.length === 0)) return new Int32Array(0);
  if (domain.kind !== 'vector' || domain.type !== 11) throw new QError('type');
  return domain.data;
}
