import { basename } from 'node:path';
import type { Interpreter } from '../evaluator/interpreter.ts';
import { domainOf } from '../primitives/enumerations.ts';
import { enlist, itemAt } from '../values/items.ts';
import { symbolCount } from '../values/symbol-pool.ts';
import { type EnumVector, QError, type SymbolVector, type Table, type Value } from '../values/value.ts';
import { appendInPlace } from './column-append.ts';
import { readPath, withoutSlash } from './path-values.ts';
import { writeValueFile } from './splayed.ts';
import { readZip } from './stored-file.ts';

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
  const enumerateAll = (domain: GrowingDomain): Table => ({
    ...table,
    columns: table.columns.map(column => enumerated(column, domain, name, interpreter)),
  });
  if (directory !== undefined)
    return overFile(`${withoutSlash(directory)}/${name}`, name, enumerateAll, interpreter);
  const domain = new GrowingDomain(interpreter.findVariable(name, ''));
  const answer = enumerateAll(domain);
  interpreter.setVariable(name, domain.vector(), '');
  return answer;
}

/** `:file?symbols: symbols enumerated over the list in a file and the global of its name, both made or made longer. */
export function enumerateOverFile(path: string, symbols: Value, interpreter: Interpreter): Value {
  if ((symbols.kind !== 'vector' && symbols.kind !== 'atom') || symbols.type !== 11) throw new QError('type');
  const name = basename(path);
  return overFile(path, name, domain => enumerated(symbols, domain, name, interpreter), interpreter);
}

/**
 * Enumerates over the list in a file. Most often that has all symbols already. Where it has not, it is locked, read
 * again and only made longer, so that no other process's symbols are lost and no index changes its meaning.
 */
function overFile<T>(
  path: string,
  name: string,
  enumerateAll: (domain: GrowingDomain) => T,
  interpreter: Interpreter,
): T {
  const { host } = interpreter;
  const read = (): GrowingDomain =>
    new GrowingDomain(host.inspectPath(path) === undefined ? undefined : readPath(path, interpreter));
  let domain = read();
  let answer = enumerateAll(domain);
  if (domain.added.length > 0 || host.inspectPath(path) === undefined) {
    const release = host.lockFile(path);
    try {
      domain = read();
      answer = enumerateAll(domain);
      writeDomain(path, domain, interpreter);
    } finally {
      release();
    }
  }
  interpreter.setVariable(name, domain.vector(), '');
  return answer;
}

function writeDomain(path: string, domain: GrowingDomain, { host }: Interpreter): void {
  if (host.inspectPath(path) === undefined) {
    writeValueFile(path, domain.vector(), host);
    return;
  }
  // As kdb+ does: names at the end of the file, the count in its head as it was.
  const added: SymbolVector = {
    kind: 'vector',
    type: 11,
    data: Int32Array.from(domain.added),
    attribute: '',
  };
  const append = appendInPlace(path, added, host);
  if (append === undefined) writeValueFile(path, domain.vector(), host, readZip(path, host));
  else append.commit();
}

function enumerated(column: Value, domain: GrowingDomain, name: string, interpreter: Interpreter): Value {
  if (column.kind === 'atom' && column.type === 11)
    return itemAt(enumerated(enlist(column), domain, name, interpreter), 0);
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
