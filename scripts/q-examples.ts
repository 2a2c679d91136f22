/**
 * Runs the examples of a checkout of KX's documentation (github KxSystems/docs) on the embedded q engine and
 * prints which share of them gives the documented output, by page and in total.
 *
 *   npx tsx scripts/q-examples.ts PATH/docs/ref PATH/docs/basics [--failures] [--files] [--page NAME] [--prelude FILE]
 *
 * Folders are walked with all that is in them. The fenced q blocks of a page run in one session. A line that
 * starts with `q)` is an expression, the lines up to the next one its console output; lines before the first
 * prompt of a block are a script. Left out: expressions without output, random numbers, clocks, files,
 * connections, system commands, the pages about these and one whose lists take gigabytes. A prelude is a q script loaded before every page, for
 * the tables that pages take from scripts of their own. With --files the examples with files count too: every
 * page gets a new temporary directory as its file system, which is removed after it.
 *
 * The first share is of all examples. Some cannot give what is documented on any q, because the page does not
 * show their input; how many is printed apart, with the share of the others. An example is without input if
 * - while it ran it asked for random numbers, the clock, the environment, a connection or a file that is not
 *   there; or
 * - it failed for want of a variable that the page's code uses but that no code block of it assigns or has as the
 *   name of a parameter or a symbol (names of one-letter namespaces such as .Q are the engine's own, not input);
 *   or
 * - it uses a variable that such an example or script line assigned.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type Outcome, runPage } from './q-examples/session.ts';

const LEFT_OUT_PAGES = new Set([
  'dotz',
  'ipc',
  'system',
  'syscmds',
  'listening-port',
  'handles',
  'abundant-odds',
]);

interface Page {
  readonly path: string;
  /** Relative to the folder given. */
  readonly name: string;
}

function pagesIn(path: string, withFiles: boolean): Page[] {
  if (statSync(path).isFile()) return [{ path, name: basename(path, '.md') }];
  const isLeftOut = (page: string) => LEFT_OUT_PAGES.has(page) || (page === 'hopen' && !withFiles);
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md') && !isLeftOut(basename(name, '.md')))
    .sort()
    .map(name => ({ path: join(path, name), name: relative('.', name).replace(/\.md$/, '') }));
}

class Tally {
  passed = 0;
  all = 0;
  withoutInput = 0;
  passedWithInput = 0;

  add(outcomes: readonly Outcome[]): this {
    for (const { passed, withoutInput } of outcomes) {
      this.all += 1;
      if (passed) this.passed += 1;
      if (withoutInput) this.withoutInput += 1;
      else if (passed) this.passedWithInput += 1;
    }
    return this;
  }

  toString(): string {
    const count = (n: number) => String(n).padStart(4);
    const strict = `${percent(this.passed, this.all)} %  ${count(this.passed)} of ${count(this.all)}`;
    const apart = `${count(this.withoutInput)} without input`;
    return `${strict}  ${apart}, of the others ${percent(this.passedWithInput, this.all - this.withoutInput)} %`;
  }
}

function percent(passed: number, all: number): string {
  return all === 0 ? '  -  ' : `${((100 * passed) / all).toFixed(1).padStart(5)}`;
}

function optionOf(name: string, args: readonly string[]): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function main(args: readonly string[]): void {
  const showFailures = args.includes('--failures');
  const withFiles = args.includes('--files');
  const only = optionOf('--page', args);
  const preludeFile = optionOf('--prelude', args);
  const prelude = preludeFile === undefined ? '' : readFileSync(preludeFile, 'utf8');
  const paths = args.filter(
    (arg, i) => !arg.startsWith('--') && !['--page', '--prelude'].includes(args[i - 1] ?? ''),
  );
  const total = new Tally();
  for (const { path, name } of paths.flatMap(folder => pagesIn(folder, withFiles))) {
    if (only !== undefined && name !== only && basename(name) !== only) continue;
    const outcomes = runPage(path, prelude, withFiles);
    total.add(outcomes);
    if (outcomes.length > 0) console.log(`${new Tally().add(outcomes)}  ${name}`);
    if (showFailures) for (const outcome of outcomes) if (!outcome.passed) printFailure(outcome);
  }
  console.log(`${total}  in total`);
}

function printFailure({ example, actual, withoutInput }: Outcome): void {
  console.log(`  q)${example.expression}${withoutInput ? '    (without input)' : ''}`);
  for (const line of example.expected.slice(0, 8)) console.log(`    expected  ${line}`);
  for (const line of actual.slice(0, 8)) console.log(`    got       ${line}`);
}

main(process.argv.slice(2));
