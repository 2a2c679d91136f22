/** Runs the examples of a page in one q session and compares what they print. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { literal } from '../../src/q-engine/console/index.ts';
import { Engine } from '../../src/q-engine/engine.ts';
import { splitStatements } from '../../src/q-engine/language/script.ts';
import { spend, withTimeLimit } from '../../src/q-engine/values/limits.ts';
import type { Value } from '../../src/q-engine/values/value.ts';
import { QError } from '../../src/q-engine/values/value.ts';
import { DirectoryHost } from '../../test/support/q-directory-host.ts';
import { MemoryHost } from '../../test/support/q-engine-host.ts';
import type { Outcome as Answer } from '../../test/support/q-other-engine.ts';
import { type Example, examplesOf } from './examples.ts';
import { PageInput } from './input.ts';
import { misprint } from './misprint.ts';
import { answerOf } from './own-answer.ts';
import type { Prelude } from './prelude.ts';

export interface Outcome {
  readonly example: Example;
  readonly actual: readonly string[];
  readonly passed: boolean;
  readonly verdict: Verdict;
  /** The rule, of a misprint. */
  readonly reason: string | undefined;
  /** What our engine answers; of `show`, what it shows. */
  readonly own: Answer;
}

/** What a session evaluated, in order; `outcome` where it is an example that counts. */
export interface PageRun {
  readonly outcomes: readonly Outcome[];
  readonly steps: readonly { readonly text: string; readonly outcome: Outcome | undefined }[];
}

/**
 * What counts an example apart. Passed or not: its input is not on the page, or it is of KX's own code. Failed: its
 * output is none that q prints, or another engine has our answer too.
 */
export type Verdict = 'answerable' | 'without input' | 'k source' | 'misprint' | 'contradicted';

const LEFT_OUT =
  /\.z\.|\brand\b|\d\s*\?|\bsystem\b|^\\(?!l )|\bgetenv\b|\bexit\b|`:{1,2}[\w.-]*:\d|hopen\s*\d|`::\d/;
const WITH_FILES = /hopen|hclose|hsym|`:|\bsave\b|\brsave\b|\bload\b|\bread[01]\b|^\\l /;
/** Timings and the large random lists that they are taken on are not even evaluated. */
const TIMINGS = /^\\ts?[: ]|\d{6,}\s*[?#]|#\d{6,}/;
const TIME_LIMIT_MS = 2000;

/** A page whose output is wider was taken from a wider console. */
const CONSOLE_COLUMNS = 80;

export function readExamples(path: string): Example[] {
  // A typesetter's blank that does not break is a blank, and a backquote that Markdown escapes a backquote.
  const page = readFileSync(path, 'utf8')
    .replaceAll('\u00a0', ' ')
    .replaceAll('!\\`', '!`')
    .replaceAll(/(`\w+)\\`/g, '$1`');
  return examplesOf(page);
}

/** Runs a page in one session, with files in a directory of its own if they are wanted. */
export function runPage(
  examples: readonly Example[],
  prelude: Prelude | undefined,
  withFiles: boolean,
): PageRun {
  if (!withFiles)
    return runExamples(examples, prelude, new MemoryHost(), example => !WITH_FILES.test(example.expression));
  const host = new DirectoryHost(mkdtempSync(join(tmpdir(), 'q-examples-')));
  try {
    return runExamples(examples, prelude, host, () => true);
  } finally {
    host.dispose();
  }
}

function runExamples(
  examples: readonly Example[],
  prelude: Prelude | undefined,
  host: MemoryHost,
  isWanted: (example: Example) => boolean,
): PageRun {
  const input = new PageInput(examples.map(example => example.script ?? example.expression));
  const engine = new Engine(input.watch(host, () => spend(1)));
  input.begin();
  if (host instanceof DirectoryHost) host.interpreter = engine.interpreter;
  const steps: { text: string; outcome: Outcome | undefined }[] = [];
  const run = (text: string, before: string, expected?: readonly string[]) => {
    const { lines, value, error } = withTimeLimit(TIME_LIMIT_MS, () => evaluate(engine, host, text));
    const passed = expected === undefined || agrees(expected, lines);
    steps.push({ text, outcome: undefined });
    return { lines, value, error, passed, lacking: input.lacks(text, before, !passed, error) };
  };
  if (prelude !== undefined) {
    host.writeFile(prelude.name, new TextEncoder().encode(String(prelude)));
    for (const source of prelude.statementsFor(input.usedNames)) run(source, '');
  }
  const outcomes: Outcome[] = [];
  for (const example of examples) {
    const { expression, expected, script, before } = example;
    if (!example.complete || TIMINGS.test(expression)) {
      input.skip(expression);
      continue;
    }
    if (script !== undefined) {
      for (const { source } of splitStatements(script)) run(source, before);
      continue;
    }
    host.columns = Math.max(CONSOLE_COLUMNS, ...expected.map(line => line.length + 1));
    const { lines, value, error, passed, lacking } = run(expression, before, expected);
    if (expected.length === 0 || LEFT_OUT.test(expression) || !isWanted(example)) continue;
    const own = passed ? LOST : ownAnswer(engine, expression, value, error);
    const reason = passed
      ? undefined
      : misprint(
          example,
          lines,
          own.kind === 'value' ? literal(own.value, 7) : '',
          prelude?.keyPositions ?? new Map(),
        );
    const isSource = showsKSource(expression, expected, lines);
    const verdict = lacking ? 'without input' : isSource ? 'k source' : reason ? 'misprint' : 'answerable';
    const outcome = { example, actual: lines, passed, verdict, reason, own } as const;
    steps[steps.length - 1] = { text: expression, outcome };
    outcomes.push(outcome);
  }
  return { outcomes, steps };
}

const LOST: Answer = { kind: 'lost' };

/** What an example gave, or would have given without showing it. */
function ownAnswer(
  engine: Engine,
  text: string,
  value: Value | undefined,
  error: string | undefined,
): Answer {
  if (error !== undefined) return { kind: 'error', message: error };
  return answerOf(() =>
    text === unshown(text) ? value! : withTimeLimit(TIME_LIMIT_MS, () => engine.evaluateText(unshown(text))),
  );
}

/** The expression that `show` shows, in parentheses so that an assignment has a value, instead of its null. */
export function unshown(text: string): string {
  const [, shown] = /^show\s+(\S.*?)\s*(?:\s\/.*)?$/.exec(text) ?? [];
  return shown === undefined ? text : `(${shown})`;
}

interface Printed {
  readonly lines: string[];
  readonly value: Value | undefined;
  readonly error: string | undefined;
}

function evaluate(engine: Engine, host: MemoryHost, text: string): Printed {
  host.output = '';
  let failure: string | undefined;
  let result: Value | undefined;
  try {
    const { value, shown } = engine.evaluateLine(text);
    result = value;
    if (shown) host.output += host.format(value);
  } catch (error) {
    failure = error instanceof QError ? error.message : undefined;
    host.output += error instanceof QError ? `'${error.message}` : `JavaScript: ${error}`;
  }
  const lines = host.output.split('\n').map(line => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return { lines, value: result, error: failure };
}

/** Same lines, up to where the documentation cut them with two dots; of an error the first line counts. */
export function agrees(expected: readonly string[], actual: readonly string[]): boolean {
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

/** K text (`k){`) shown or asked for, a k verb where this engine has a keyword, or the bytecode where it has none. */
function showsKSource(expression: string, expected: readonly string[], actual: readonly string[]): boolean {
  if (/"k\)/.test(expression)) return true;
  if (expected.some(line => /k\)\s*\{/.test(line))) return true;
  const [only = '', ...rest] = expected;
  if (rest.length === 0 && /^[^\s\w"`]+:$/.test(only) && /^[a-z]\w*$/.test(actual[0] ?? '')) return true;
  return /^0x\w{10,}$/.test(only) && actual[0] === '`byte$()';
}
