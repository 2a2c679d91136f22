/**
 * Runs the examples of a checkout of KX's documentation (github KxSystems/docs) on the embedded q engine and
 * prints which share of them gives the documented output, by page and in total.
 *
 *   npx tsx scripts/q-examples.ts PATH/docs/ref PATH/docs/basics [--failures] [--files] [--page NAME] [--prelude FILE]
 *
 * The fenced q blocks of a page run in one session. A line that starts with `q)` is an expression, the lines up
 * to the next one its console output. Left out: expressions without output, random numbers, clocks, files,
 * connections, system commands and the pages about these. A prelude is a q script loaded before every page, for
 * the tables that pages take from scripts of their own. With --files the examples with files count too: every
 * page gets a new temporary directory as its file system, which is removed after it.
 */
import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Engine } from '../src/q-engine/engine.ts';
import { splitStatements } from '../src/q-engine/language/script.ts';
import { QError } from '../src/q-engine/values/value.ts';
import { DirectoryHost } from '../test/support/q-directory-host.ts';
import { MemoryHost } from '../test/support/q-engine-host.ts';

interface Example {
  readonly expression: string;
  readonly expected: readonly string[];
  readonly complete: boolean;
  /** A block of definitions without prompts, to be loaded. */
  readonly script?: string;
}

interface Outcome {
  readonly example: Example;
  readonly actual: readonly string[];
  readonly passed: boolean;
}

const LEFT_OUT_PAGES = new Set(['dotz', 'ipc', 'system', 'syscmds', 'listening-port', 'handles']);
const LEFT_OUT =
  /\.z\.|\brand\b|\d\s*\?|\bsystem\b|^\\(?!l )|\bgetenv\b|\bexit\b|`:{1,2}[\w.-]*:\d|hopen\s*\d|`::\d/;
const WITH_FILES = /hopen|hclose|hsym|`:|\bsave\b|\brsave\b|\bload\b|\bread[01]\b|^\\l /;
/** Timings and the large random lists that they are taken on are not even evaluated. */
const TIMINGS = /^\\ts?[: ]|\d{6,}\s*[?#]|#\d{6,}/;
const TIME_LIMIT_MS = 2000;

/** The examples of a page's fenced blocks. */
function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  let indent: string | undefined;
  let inOtherFence = false;
  let block: string[] = [];
  let current: { expression: string; expected: string[] } | undefined;
  const finish = () => {
    if (current === undefined) return;
    while (current.expected.at(-1)?.trim() === '') current.expected.pop();
    examples.push({ ...current, complete: isBalanced(current.expression) });
    current = undefined;
  };
  for (const raw of markdown.split('\n')) {
    const fence = /^(\s*)```(\w*)/.exec(raw);
    if (fence !== null) {
      if (indent !== undefined) {
        finish();
        // A block without a prompt is a script that later examples build on.
        if (!block.some(line => line.startsWith('q)')))
          examples.push({ expression: '', expected: [], complete: true, script: block.join('\n') });
        indent = undefined;
        block = [];
      } else if (inOtherFence) inOtherFence = false;
      else if (fence[2] === 'q') indent = fence[1]!;
      else inOtherFence = true;
      continue;
    }
    if (indent === undefined) continue;
    const line = raw.startsWith(indent) ? raw.slice(indent.length) : raw.trimStart();
    block.push(line);
    if (line.startsWith('q)')) {
      finish();
      current = { expression: line.slice(2), expected: [] };
    } else if (current !== undefined) {
      // An open bracket says that the line goes on with the expression; otherwise it is output.
      if (current.expected.length === 0 && !isBalanced(current.expression)) current.expression += `\n${line}`;
      else current.expected.push(withoutRemark(line));
    }
  }
  finish();
  return examples;
}

/** Lines of output may carry a remark of the documentation after some blanks. */
function withoutRemark(line: string): string {
  return line.replace(/\s{2,}\/ .*$/, '').trimEnd();
}

function isBalanced(expression: string): boolean {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/(^|\s)\/.*$/gm, '');
  const count = (pattern: RegExp) => (bare.match(pattern) ?? []).length;
  return count(/[([{]/g) === count(/[)\]}]/g) && !bare.includes('"');
}

/** Runs a page in one session, with files in a directory of its own if they are wanted. */
function runPage(path: string, prelude: string, withFiles: boolean): Outcome[] {
  if (!withFiles)
    return runExamples(path, prelude, new MemoryHost(), example => !WITH_FILES.test(example.expression));
  const host = new DirectoryHost(mkdtempSync(join(tmpdir(), 'q-examples-')));
  try {
    return runExamples(path, prelude, host, () => true);
  } finally {
    host.dispose();
  }
}

function runExamples(
  path: string,
  prelude: string,
  host: MemoryHost,
  isWanted: (example: Example) => boolean,
): Outcome[] {
  const engine = new Engine(host);
  if (host instanceof DirectoryHost) host.interpreter = engine.interpreter;
  loadQuietly(engine, prelude);
  let deadline = 0;
  engine.interpreter.checkLimit = () => {
    if (Date.now() > deadline) throw new QError('stop');
  };
  const outcomes: Outcome[] = [];
  for (const example of examplesOf(readFileSync(path, 'utf8'))) {
    if (!example.complete || TIMINGS.test(example.expression)) continue;
    deadline = Date.now() + TIME_LIMIT_MS;
    if (example.script !== undefined) {
      loadQuietly(engine, example.script);
      continue;
    }
    const actual = evaluate(engine, host, example.expression);
    if (example.expected.length === 0 || LEFT_OUT.test(example.expression) || !isWanted(example)) continue;
    outcomes.push({ example, actual, passed: agrees(example.expected, actual) });
  }
  return outcomes;
}

/** What is not q after all in such a block does no harm. */
function loadQuietly(engine: Engine, script: string): void {
  for (const { source } of splitStatements(script)) {
    try {
      engine.evaluateLine(source);
    } catch (error) {
      if (!(error instanceof QError)) throw error;
    }
  }
}

function evaluate(engine: Engine, host: MemoryHost, expression: string): string[] {
  host.output = '';
  try {
    const { value, shown } = engine.evaluateLine(expression);
    if (shown) host.output += host.format(value);
  } catch (error) {
    host.output += error instanceof QError ? `'${error.message}` : `JavaScript: ${error}`;
  }
  const lines = host.output.split('\n').map(line => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Same lines, up to where the documentation cut them with two dots; of an error the first line counts. */
function agrees(expected: readonly string[], actual: readonly string[]): boolean {
  const [first = ''] = expected;
  if (/^'\S/.test(first)) return actual[0] === first;
  for (const [i, line] of expected.entries()) {
    if (/^\.{2,}$/.test(line)) return true;
    const cut = /^(.*?)\.\.+$/.exec(line);
    const own = actual[i];
    if (own === undefined) return false;
    if (cut !== null ? !own.startsWith(cut[1]!) : own !== line) return false;
  }
  return actual.length === expected.length;
}

function pagesIn(path: string, withFiles: boolean): string[] {
  if (statSync(path).isFile()) return [path];
  const isLeftOut = (page: string) => LEFT_OUT_PAGES.has(page) || (page === 'hopen' && !withFiles);
  return readdirSync(path)
    .filter(name => name.endsWith('.md') && !isLeftOut(basename(name, '.md')))
    .sort()
    .map(name => join(path, name));
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
  let passed = 0;
  let all = 0;
  for (const page of paths.flatMap(path => pagesIn(path, withFiles))) {
    const name = basename(page, '.md');
    if (only !== undefined && name !== only) continue;
    const outcomes = runPage(page, prelude, withFiles);
    const good = outcomes.filter(outcome => outcome.passed).length;
    passed += good;
    all += outcomes.length;
    if (outcomes.length > 0)
      console.log(
        `${percent(good, outcomes.length)} %  ${String(good).padStart(4)} of ${String(outcomes.length).padStart(4)}  ${name}`,
      );
    if (showFailures) for (const outcome of outcomes) if (!outcome.passed) printFailure(outcome);
  }
  console.log(`${percent(passed, all)} %  ${passed} of ${all}  in total`);
}

function printFailure({ example, actual }: Outcome): void {
  console.log(`  q)${example.expression}`);
  for (const line of example.expected.slice(0, 8)) console.log(`    expected  ${line}`);
  for (const line of actual.slice(0, 8)) console.log(`    got       ${line}`);
}

main(process.argv.slice(2));
