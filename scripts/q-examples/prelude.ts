/** The script that pages load or take for granted, with its tables as the pages print them. */
import { basename } from 'node:path';
import { Engine } from '../../src/q-engine/engine.ts';
import { splitStatements } from '../../src/q-engine/language/script.ts';
import { countOf, itemsOf } from '../../src/q-engine/values/items.ts';
import { isKeyedTable, type Value } from '../../src/q-engine/values/value.ts';
import { MemoryHost } from '../../test/support/q-engine-host.ts';
import type { Example } from './examples.ts';
import { namesOf } from './names.ts';

interface Statement {
  readonly source: string;
  /** Names stand in symbols too, as those of foreign keys. */
  readonly words: readonly string[];
  readonly written: ReadonlySet<string>;
}

export class Prelude {
  readonly name: string;
  /** Positions of the keys of its tables with one key of symbols. */
  readonly keyPositions = new Map<string, number>();
  readonly #statements: Statement[];
  /** Columns and number of rows of its plain tables. */
  readonly #tables = new Map<string, { names: readonly string[]; rows: number }>();

  constructor(path: string, text: string) {
    this.name = basename(path);
    this.#statements = splitStatements(text).map(({ source }) => statement(source));
    const engine = new Engine(new MemoryHost());
    for (const { source } of this.#statements) engine.evaluateText(source);
    for (const name of this.#statements.flatMap(({ written }) => [...written])) {
      const value: Value | undefined = engine.interpreter.findVariable(name);
      if (value?.kind === 'table' && value.names.length > 0)
        this.#tables.set(name, { names: value.names, rows: countOf(value) });
      else if (value !== undefined && isKeyedTable(value) && value.keys.columns.length === 1)
        for (const [i, key] of itemsOf(value.keys.columns[0]!).entries())
          if (key.kind === 'atom' && key.type === 11) this.keyPositions.set(key.value, i);
    }
  }

  /** Where a page prints a whole table by its name, with the same columns and as many rows, its rows are taken. */
  take(examples: readonly Example[]): void {
    for (const { expression, expected } of examples) {
      const name = /^(?:show )?(\w+)\s*(?:\/.*)?$/.exec(expression)?.[1] ?? '';
      const table = this.#tables.get(name);
      if (table === undefined) continue;
      const [header = '', , ...rows] = expected.map(line => line.trim().split(/\s+/));
      if (String(header) !== String(table.names) || rows.length !== table.rows) continue;
      if (rows.some(cells => cells.length !== table.names.length)) continue;
      this.#statements.push(statement(asPrinted(name, table.names, rows)));
      this.#tables.delete(name);
    }
  }

  /** The statements that set what code with such names uses, and what they use themselves. */
  statementsFor(used: ReadonlySet<string>): string[] {
    const wanted = new Set(used);
    const taken = new Set<Statement>();
    for (let before = -1; before < taken.size; ) {
      before = taken.size;
      for (const each of this.#statements) {
        if (taken.has(each) || ![...each.written].some(name => wanted.has(name))) continue;
        taken.add(each);
        for (const name of each.words) wanted.add(name);
      }
    }
    return this.#statements.filter(each => taken.has(each)).map(({ source }) => source);
  }

  toString(): string {
    return this.#statements.map(({ source }) => `${source}\n`).join('');
  }
}

function statement(source: string): Statement {
  return { source, words: source.match(/\w+/g) ?? [], written: namesOf(source).written };
}

/** Cells are read by the types of the table's columns; those of a foreign key are values of that key. */
function asPrinted(name: string, names: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = names.map((_, i) => `(${rows.map(cells => `"${cells[i]}"`).join(';')})`);
  const read = '{[t;f;x]$[null f;upper[t]$x;f$`$x]}';
  return `${name}:flip cols[${name}]!${read}'[exec t from meta ${name};exec f from meta ${name};(${columns.join(';')})]`;
}
