/** Standard input: lines for the console, and those that a program asks for itself. */
import { readSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** What the console does with what is typed. */
export interface ConsoleTarget {
  /** Before each line on a terminal: such as `q)`; undefined for none. */
  prompt(): string | undefined;
  evaluate(line: string): void;
  /** There is no more input. */
  ended(): void;
}

const RETRY_MS = 5;
const CHUNK_BYTES = 65_536;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

export class ConsoleInput {
  /** Read from a pipe or file and not yet taken. */
  #pending = Buffer.alloc(0);
  #isTerminalRead = false;

  /** Gives every line to the target until the input ends: with a prompt on a terminal, without from a pipe or file. */
  start(target: ConsoleTarget): void {
    if (process.stdin.isTTY === true) this.#readTerminal(target);
    else this.#readStream(target);
  }

  /** The next line, waited for; nothing where the input has ended. */
  readLine(): string {
    if (this.#isTerminalRead) process.stdin.setRawMode(false);
    let line = this.#takeLine();
    while (line === undefined) {
      const more = readNow();
      if (more.length === 0) {
        line = this.#takeRest();
        break;
      }
      this.#pending = Buffer.concat([this.#pending, more]);
      line = this.#takeLine();
    }
    if (this.#isTerminalRead) process.stdin.setRawMode(true);
    return line;
  }

  #readStream(target: ConsoleTarget): void {
    const evaluatePending = (): void => {
      for (let line = this.#takeLine(); line !== undefined; line = this.#takeLine()) target.evaluate(line);
    };
    process.stdin.on('data', (chunk: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, chunk]);
      evaluatePending();
    });
    process.stdin.on('end', () => {
      if (this.#pending.length > 0) target.evaluate(this.#takeRest());
      target.ended();
    });
    evaluatePending();
  }

  #readTerminal(target: ConsoleTarget): void {
    const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true });
    this.#isTerminalRead = true;
    const showPrompt = (): void => {
      const prompt = target.prompt();
      if (prompt === undefined) return;
      lines.setPrompt(prompt);
      lines.prompt();
    };
    lines.on('line', line => {
      target.evaluate(line);
      showPrompt();
    });
    // Gives up the line in hand, as a shell does.
    lines.on('SIGINT', () => {
      process.stderr.write('\n');
      lines.write(null, { ctrl: true, name: 'u' });
      showPrompt();
    });
    lines.on('close', () => target.ended());
    showPrompt();
  }

  #takeLine(): string | undefined {
    const end = this.#pending.indexOf('\n');
    if (end < 0) return undefined;
    const line = this.#pending.toString('utf8', 0, end).replace(/\r$/, '');
    this.#pending = this.#pending.subarray(end + 1);
    return line;
  }

  #takeRest(): string {
    const rest = this.#pending.toString('utf8');
    this.#pending = Buffer.alloc(0);
    return rest;
  }
}

/** What can be read, waiting for the first byte of it; nothing at the end. */
function readNow(): Buffer {
  const bytes = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    try {
      return bytes.subarray(0, readSync(0, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return bytes.subarray(0, 0);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(SLEEPER, 0, 0, RETRY_MS);
    }
  }
}
