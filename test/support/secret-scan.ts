/*
 * Fails the run where anything that the tests see shows a secret: what child processes print, what is in temporary
 * directories when they are removed, what is served to this process and by it, and what this process prints itself.
 *
 * It finds what holds SECRET_MARK, so a test that gives the program a secret makes it by `testSecret`. What may show one:
 * - a file that holds one secret and nothing else: where a test keeps it, or the daemon its token;
 * - the fixture that leaks on purpose, for the scan's own test;
 * - what a test's own server is told, and what one that stands for Massive, S3 or a tickerplant says (`isForeign`).
 */

import { SecretScanner } from './secret-scan/scanner.ts';
import { watchConnections } from './secret-scan/watch-connections.ts';
import { FileWatch } from './secret-scan/watch-files.ts';
import { watchProcesses } from './secret-scan/watch-processes.ts';
import { SECRET_MARK } from './secrets.ts';

const scanner = new SecretScanner(SECRET_MARK);
const files = new FileWatch(scanner, text => new RegExp(`^\\S*${SECRET_MARK}\\S*$`).test(text));
watchProcesses(scanner);
watchConnections(scanner);
for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name];
  const { write } = stream;
  stream.write = ((...given: unknown[]) => {
    const [chunk] = given;
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) {
      scanner.scan('own output', `the ${name} of the tests`, Buffer.from(chunk as string));
    }
    return (write as (...all: unknown[]) => boolean).apply(stream, given);
  }) as typeof write;
}

export const mochaHooks = {
  afterAll(): void {
    files.sweepRest();
    if (process.env['SECRET_SCAN_COUNTS']) console.log([...scanner.looked]);
    const { leaks } = scanner;
    if (leaks.length === 0) return;
    const lines = leaks.map(({ place, form, around }) => `  ${place} (${form}): ${around}`);
    throw new Error(`a secret of the tests is shown by\n${lines.join('\n')}`);
  },
};
