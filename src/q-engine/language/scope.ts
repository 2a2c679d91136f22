/** The names of one function while it is parsed: which are its own, and where they are kept. */
import { QError } from '../values/value.ts';
import type { NameNode } from './nodes.ts';

export class FunctionScope {
  readonly #references: NameNode[] = [];
  readonly #visible = new Set<string>();
  readonly #assigned: string[] = [];
  readonly #assignedGlobally = new Set<string>();
  #explicit: readonly string[] | undefined;

  /** The parameter list in brackets, when there is one. */
  declare(parameters: readonly string[]): void {
    this.#explicit = parameters;
  }

  /** A use of a name. Inside the phrases of a query x, y and z do not make implicit parameters. */
  refer(name: string, at: number, inQuery: boolean): NameNode {
    const node: NameNode = { kind: 'name', name, at, slot: -1 };
    this.#references.push(node);
    if (!inQuery) this.#visible.add(name);
    return node;
  }

  /** `::` sets a global unless the name is a local by then. */
  assignGlobal(name: string): void {
    if (!this.#assigned.includes(name)) this.#assignedGlobally.add(name);
  }

  /** A plain assignment makes the name local. Signals the name where it was used as a global before. */
  assign(name: string, at: number): void {
    if (this.#assignedGlobally.has(name) && this.#explicit?.includes(name) !== true)
      throw new QError(name, at);
    if (!this.#assigned.includes(name)) this.#assigned.push(name);
  }

  /** Gives every local its slot, parameters first. */
  resolve(): { parameters: readonly string[]; locals: readonly string[] } {
    const parameters = this.#explicit ?? this.#implicitParameters();
    const locals = this.#assigned.filter(name => !parameters.includes(name));
    const slots = new Map([...parameters, ...locals].map((name, slot) => [name, slot]));
    for (const node of this.#references) node.slot = slots.get(node.name) ?? -1;
    return { parameters, locals };
  }

  #implicitParameters(): string[] {
    const used = (name: string) => this.#visible.has(name);
    if (used('z')) return ['x', 'y', 'z'];
    return used('y') ? ['x', 'y'] : ['x'];
  }
}
