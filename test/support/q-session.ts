/** A q session for tests: expressions in, console text out. */
import { literal } from '../../src/q-engine/console/index.ts';
import { Engine } from '../../src/q-engine/engine.ts';
import { QError } from '../../src/q-engine/values/value.ts';
import { MemoryHost } from './q-engine-host.ts';

export class QSession {
  readonly host = new MemoryHost();
  readonly engine = new Engine(this.host);

  /** What the console shows for an expression, without the last line end; an error as 'message. */
  show(expression: string): string {
    this.host.output = '';
    try {
      const { value, shown } = this.engine.evaluateLine(expression);
      if (shown) this.host.output += this.host.format(value);
    } catch (error) {
      if (!(error instanceof QError)) throw error;
      return `'${error.message}`;
    }
    return this.host.output.replace(/\n$/, '').replace(/ +$/gm, '');
  }

  /** The value of an expression on one line, as -3! writes it. */
  literal(expression: string): string {
    try {
      return literal(this.engine.evaluateText(expression), 7);
    } catch (error) {
      if (!(error instanceof QError)) throw error;
      return `'${error.message}`;
    }
  }

  run(...expressions: string[]): this {
    for (const expression of expressions) this.engine.evaluateText(expression);
    return this;
  }
}
