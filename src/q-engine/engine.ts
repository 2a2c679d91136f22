/** The embedded q engine: evaluates q text and applies q functions over one set of globals. */
import { Interpreter } from './evaluator/interpreter.ts';
import { installDatabaseFunctions } from './files/dotq.ts';
import type { EngineHost } from './host.ts';
import { splitStatements } from './language/script.ts';
import { installLibrary } from './library/index.ts';
import type { Value } from './values/value.ts';
import './primitives/index.ts';
import './files/primitives.ts';

export type { EngineHost } from './host.ts';

/** A value, and whether the console shows it: assignments and what ends in a semicolon are silent. */
export interface Result {
  readonly value: Value;
  readonly shown: boolean;
}

export class Engine {
  readonly interpreter: Interpreter;

  constructor(host: EngineHost) {
    this.interpreter = new Interpreter(host);
    installLibrary(this.interpreter);
    installDatabaseFunctions(this.interpreter);
  }

  /** The current namespace: '' for the root, else such as '.u'. */
  get namespace(): string {
    return this.interpreter.namespace;
  }

  /** Evaluates q text or a backslash command. Throws QError for a signal. */
  evaluateText(source: string): Value {
    return this.interpreter.evaluateText(source).value;
  }

  /** As {@link evaluateText}, for a console. */
  evaluateLine(source: string): Result {
    return this.interpreter.evaluateText(source);
  }

  /** Evaluates a message as `.z.pg` does by default: text, or a list of a function (or its name) and arguments. */
  evaluateMessage(message: Value): Value {
    return this.interpreter.valueOf(message);
  }

  /** Applies a function, list or dictionary. */
  apply(target: Value, args: readonly Value[]): Value {
    return this.interpreter.apply(target, args);
  }

  /** Evaluates a script statement by statement. `show` gets what a console would print. */
  loadScript(text: string, show?: (value: Value) => void): void {
    for (const statement of splitStatements(text)) {
      const { value, shown } = this.interpreter.evaluateText(statement.source);
      if (shown) show?.(value);
    }
  }

  /** A global by its full name, such as `t` or `.u.w`; undefined where there is none. */
  getGlobal(name: string): Value | undefined {
    return this.interpreter.globals.get(name);
  }

  setGlobal(name: string, value: Value): void {
    this.interpreter.globals.set(name, value);
  }
}
