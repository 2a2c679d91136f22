import { createInterface } from 'node:readline';

/** What the console does with what is typed. */
export interface ConsoleTarget {
  /** Before each line on a terminal: such as `q)`; undefined for none. */
  prompt(): string | undefined;
  evaluate(line: string): void;
  /** There is no more input. */
  ended(): void;
}

/** Reads lines from standard input until it ends: with a prompt on a terminal, without from a pipe or file. */
export function readConsole(target: ConsoleTarget): void {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    output: isTerminal ? process.stderr : undefined,
    terminal: isTerminal,
  });
  const showPrompt = (): void => {
    const prompt = isTerminal ? target.prompt() : undefined;
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
