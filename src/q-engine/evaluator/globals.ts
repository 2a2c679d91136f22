/** The global variables: the root and the namespaces. */

import { release } from '../values/exclusive.ts';
import { findItem } from '../values/find.ts';
import { collect, countOf, itemAt, itemsOf } from '../values/items.ts';
import { dictionary, list, symbol, symbols } from '../values/make.ts';
import type { Dictionary, Value, View } from '../values/value.ts';
import { NULL, QError } from '../values/value.ts';
import { ViewGraph } from './view-graph.ts';

export class Globals {
  readonly #root = new Map<string, Value>();
  /** By full name, such as '.u' or '.a.b'. */
  readonly #spaces = new Map<string, Map<string, Value>>();
  readonly #evaluate: (view: View) => Value;
  readonly views = new ViewGraph();
  /** While it is set, every change signals 'noupdate. */
  locked = false;

  /** `evaluate` gives the value of a view. */
  constructor(evaluate: (view: View) => Value) {
    this.#evaluate = evaluate;
  }

  /** The full name of a variable written in a namespace ('' is the root). */
  static qualify(name: string, namespace: string): string {
    return namespace === '' || name.startsWith('.') ? name : `${namespace}.${name}`;
  }

  /** A variable, namespace or entry of a global dictionary by its full name. */
  get(name: string): Value | undefined {
    return release(this.peek(name));
  }

  /** As {@link get}, for what takes an item of the value or amends it. */
  peek(name: string): Value | undefined {
    const stored = this.#find(name);
    const value = stored?.kind === 'view' ? this.#evaluate(stored) : stored;
    // What is locked must not be amended in place either.
    return this.locked ? release(value) : value;
  }

  /** As {@link get}, but of a view the view itself. */
  stored(name: string): Value | undefined {
    return release(this.#find(name));
  }

  #find(name: string): Value | undefined {
    if (!name.startsWith('.')) return this.#root.get(name) ?? this.#entry(name);
    if (name === '.') return this.#asDictionary(this.#root, '');
    const space = this.#spaces.get(name);
    if (space !== undefined) return this.#asDictionary(space, name);
    const dot = name.lastIndexOf('.');
    if (dot === 0) return undefined;
    return this.#spaces.get(name.slice(0, dot))?.get(name.slice(dot + 1)) ?? this.#entry(name);
  }

  /** a.b of a dictionary or table a. */
  #entry(name: string): Value | undefined {
    const dot = name.lastIndexOf('.');
    if (dot <= 0) return undefined;
    const holder = this.get(name.slice(0, dot));
    if (holder?.kind !== 'dictionary') return undefined;
    const position = findItem(holder.keys, symbol(name.slice(dot + 1)));
    return position < countOf(holder.keys) ? itemAt(holder.values, position) : undefined;
  }

  /** Sets a variable by its full name; a dictionary set to a name such as `.u` becomes that namespace. */
  set(name: string, value: Value): void {
    this.#refuseIfLocked(name);
    if (!name.startsWith('.')) {
      this.#root.set(name, value);
      this.#noteChange(name, value);
      return;
    }
    if (name === '.') throw new QError('assign');
    const dot = name.lastIndexOf('.');
    const asSpace = this.#asSpace(value);
    if (asSpace !== undefined && (dot === 0 || this.#spaces.has(name))) {
      this.#spaces.set(name, asSpace);
      return;
    }
    if (dot === 0) throw new QError('type');
    const parent = name.slice(0, dot);
    this.#ensureSpace(parent).set(name.slice(dot + 1), value);
    this.#noteChange(name, value);
  }

  #refuseIfLocked(name: string): void {
    if (!this.locked) return;
    const dot = name.lastIndexOf('.');
    throw new QError(`noupdate: \`${dot <= 0 ? '.' : name.slice(0, dot)} \`${name.slice(dot + 1)}`);
  }

  #noteChange(name: string, value: Value): void {
    this.views.changed(name, value.kind === 'view' ? value : undefined);
  }

  delete(name: string): void {
    this.#refuseIfLocked(name);
    this.views.changed(name);
    if (!name.startsWith('.')) this.#root.delete(name);
    else if (this.#spaces.has(name)) this.#spaces.delete(name);
    else {
      const dot = name.lastIndexOf('.');
      this.#spaces.get(name.slice(0, dot))?.delete(name.slice(dot + 1));
    }
  }

  /** Makes a namespace, as `\d` does. */
  ensure(namespace: string): void {
    if (namespace !== '') this.#ensureSpace(namespace);
  }

  has(namespace: string): boolean {
    return namespace === '' || this.#spaces.has(namespace);
  }

  /** The names of a namespace's variables, in order of creation. */
  names(namespace: string): string[] {
    return [...(namespace === '' ? this.#root : (this.#spaces.get(namespace) ?? new Map())).keys()];
  }

  /** The names of the top namespaces without their dot. */
  namespaces(): string[] {
    return [...this.#spaces.keys()].filter(name => name.lastIndexOf('.') === 0).map(name => name.slice(1));
  }

  #ensureSpace(name: string): Map<string, Value> {
    const known = this.#spaces.get(name);
    if (known !== undefined) return known;
    const space = new Map<string, Value>();
    this.#spaces.set(name, space);
    const dot = name.lastIndexOf('.');
    if (dot > 0) this.#ensureSpace(name.slice(0, dot));
    return space;
  }

  #asSpace(value: Value): Map<string, Value> | undefined {
    if (value.kind !== 'dictionary' || value.keys.kind !== 'vector' || value.keys.type !== 11)
      return undefined;
    const values = itemsOf(value.values);
    const names = itemsOf(value.keys).map(key => (key as { value: string }).value);
    return new Map(names.map((name, i) => [name, values[i]!] as const).filter(([name]) => name !== ''));
  }

  #asDictionary(space: ReadonlyMap<string, Value>, name: string): Dictionary {
    const children = [...this.#spaces.keys()].filter(
      child => name !== '' && child.startsWith(`${name}.`) && child.lastIndexOf('.') === name.length,
    );
    const names = [...space.keys(), ...children.map(child => child.slice(name.length + 1))];
    const values = [...[...space.values()].map(release), ...children.map(child => this.stored(child)!)];
    if (name === '') return dictionary(symbols(names), values.length === 0 ? list([]) : collect(values));
    return dictionary(symbols(['', ...names]), list([NULL, ...values]));
  }
}
