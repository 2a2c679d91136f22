/** Which views depend on which globals, all by their full names. */
import type { View } from '../values/value.ts';

export class ViewGraph {
  readonly #views = new Map<string, View>();
  readonly #dependents = new Map<string, Set<string>>();

  /** The views by their names, in order of definition. */
  get views(): ReadonlyMap<string, View> {
    return this.#views;
  }

  /** For every global that views read, the views that do. */
  get dependents(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#dependents;
  }

  /** What now stands under a name: a view, or (undefined) anything else. Views that read it become pending. */
  changed(name: string, view?: View): void {
    if (this.#views.size === 0 && view === undefined) return;
    this.#forget(name);
    if (view !== undefined) {
      this.#views.set(name, view);
      for (const read of qualifiedDependencies(view)) {
        const readers = this.#dependents.get(read) ?? new Set();
        this.#dependents.set(read, readers.add(name));
      }
    }
    this.#invalidate(name, new Set());
  }

  #forget(name: string): void {
    const known = this.#views.get(name);
    if (known === undefined) return;
    this.#views.delete(name);
    for (const read of qualifiedDependencies(known)) {
      const readers = this.#dependents.get(read);
      readers?.delete(name);
      if (readers?.size === 0) this.#dependents.delete(read);
    }
  }

  #invalidate(name: string, seen: Set<string>): void {
    for (const reader of this.#dependents.get(name) ?? []) {
      if (seen.has(reader)) continue;
      seen.add(reader);
      const view = this.#views.get(reader)!;
      if (view.state === 'current') view.state = 'pending';
      this.#invalidate(reader, seen);
    }
  }
}

/** An entry a.b of a global a depends on a. */
function qualifiedDependencies({ dependencies, lambda: { namespace } }: View): string[] {
  return dependencies.map(name => {
    if (name.startsWith('.')) return name;
    const global = name.split('.')[0]!;
    return namespace === '' ? global : `${namespace}.${global}`;
  });
}
