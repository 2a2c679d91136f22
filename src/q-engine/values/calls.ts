/** What q is in the middle of: the functions and texts under evaluation, and where in each of them it is. */
import type { Lambda } from './value.ts';

/** Text under evaluation: a line of the console or a script, a message, an argument of `value`. */
export interface TextActivation {
  readonly kind: 'text';
  readonly source: string;
  /** The script it is from, and the line where it starts there. */
  readonly place?: Place;
}

/** A function of q itself that has a frame of its own, such as .Q.trp. */
export interface NamedActivation {
  readonly kind: 'named';
  readonly name: string;
}

export type Activation = Lambda | TextActivation | NamedActivation;

/** Where text is from: a file by its full path, and a line of it, from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** An activation, and the offset in its text that evaluation has reached; -1 is unknown. */
export interface Call {
  readonly activation: Activation;
  readonly at: number;
}

/** The activations in progress. `position` belongs to the innermost one. */
export class CallStack {
  position = -1;
  depth = 0;
  readonly #activations: Activation[] = [];
  /** By depth, the position of the activation outside. */
  readonly #outside: number[] = [];

  enter(activation: Activation): void {
    this.#activations[this.depth] = activation;
    this.#outside[this.depth] = this.position;
    this.depth += 1;
    this.position = -1;
  }

  leave(): void {
    this.depth -= 1;
    this.position = this.#outside[this.depth]!;
  }

  /** The calls in progress, the outermost first. */
  snapshot(): Call[] {
    return Array.from({ length: this.depth }, (_, i) => ({
      activation: this.#activations[i]!,
      at: i === this.depth - 1 ? this.position : this.#outside[i + 1]!,
    }));
  }
}
