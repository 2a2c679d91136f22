/** Runs the examples of a page in one q session and compares what they print. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/q-engine/engine.ts';
import { splitStatements } from '../../src/q-engine/language/script.ts';
import { spend, withTimeLimit } from '../../src/q-engine/values/limits.ts';
import { QError } from '../../src/q-engine/values/value.ts';
import { DirectoryHost } from '../../test/support/q-directory-host.ts';
import { MemoryHost } from '../../test/support/q-engine-host.ts';
import { type Example, examplesOf } from './examples.ts';
import { PageInput } from './input.ts';

export interface Outcome {
  readonly example: Example;
  readonly actual: readonly string[];
  readonly passed: boolean;
  readonly verdict: Verdict;
}

/** What counts an example apart, passed or not: its input is not on the page, or its output is KX's own code. */
export type Verdict = 'answerable' | 'without input' | 'k source';

const LEFT_OUT =
  /\.z\.|\brand\b|\d\s*\?|\bsystem\b|^\\(?!l )|\bgetenv\b|\bexit\b|`:{1,2}[\w.-]*:\d|hopen\s*\d|`::\d/;
const WITH_FILES = /hopen|hclose|hsym|`:|\bsave\b|\brsave\b|\bload\b|\bread[01]\b|^\\l /;
/** Timings and the large random lists that they are taken on are not even evaluated. */
const TIMINGS = /^\\ts?[: ]|\d{6,}\s*[?#]|#\d{6,}/;
const TIME_LIMIT_MS = 2000;

/** A page whose output is wider was taken from a wider console. */
const CONSOLE_COLUMNS = 80;

/** Runs a page in one session, with files in a directory of its own if they are wanted. */
export function runPage(path: string, prelude: string, withFiles: boolean): Outcome[] {
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
  // A typesetter's blank that does not break is a blank, and a backquote that Markdown escapes a backquote.
  const page = readFileSync(path, 'utf8')
    .replaceAll('\u00a0', ' ')
    .replaceAll('!\\`', '!`')
    .replaceAll(/(`\w+)\\`/g, '$1`');
  const examples = examplesOf(page);
  const input = new PageInput(examples.map(example => example.script ?? example.expression).join('\n'));
  const engine = new Engine(input.watch(host, () => spend(1)));
  if (host instanceof DirectoryHost) host.interpreter = engine.interpreter;
  const run = (text: string, before: string, expected?: readonly string[]) => {
    const { lines, error } = withTimeLimit(TIME_LIMIT_MS, () => evaluate(engine, host, text));
    const passed = expected === undefined || agrees(expected, lines);
    return { lines, passed, lacking: input.lacks(text, before, !passed, error) };
  };
  for (const { source } of splitStatements(prelude)) run(source, '');
  const outcomes: Outcome[] = [];
  for (const example of examples) {
    const { expression, expected, script, before } = example;
    if (!example.complete || TIMINGS.test(expression)) continue;
    if (script !== undefined) {
      for (const { source } of splitStatements(script)) run(source, before);
      continue;
    }
    host.columns = Math.max(CONSOLE_COLUMNS, ...expected.map(line => line.length));
    const { lines, passed, lacking } = run(expression, before, expected);
    if (expected.length === 0 || LEFT_OUT.test(expression) || !isWanted(example)) continue;
    const isSource = showsKSource(expected, lines);
    outcomes.push({
      example,
      actual: lines,
      passed,
      verdict: lacking ? 'without input' : isSource ? 'k source' : 'answerable',
    });
  }
  return outcomes;
}

function evaluate(engine: Engine, host: MemoryHost, text: string): { lines: string[]; error?: string } {
  host.output = '';
  let failure: string | undefined;
  try {
    const { value, shown } = engine.evaluateLine(text);
    if (shown) host.output += host.format(value);
  } catch (error) {
    failure = error instanceof QError ? error.message : undefined;
    host.output += error instanceof QError ? `'${error.message}` : `JavaScript: ${error}`;
  }
  const lines = host.output.split('\n').map(line => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return failure === undefined ? { lines } : { lines, error: failure };
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

/** K text (`k){`), a k verb where this engine has a keyword, or the bytecode where it has none. */
function showsKSource(expected: readonly string[], actual: readonly string[]): boolean {
  if (expected.some(line => /k\)\s*\{/.test(line))) return true;
  const [only = '', ...rest] = expected;
  if (rest.length === 0 && /^[^\s\w"`]+:$/.test(only) && /^[a-z]\w*$/.test(actual[0] ?? '')) return true;
  return /^0x\w{10,}$/.test(only) && actual[0] === '`byte$()';
}
