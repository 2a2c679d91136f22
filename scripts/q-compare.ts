/**
 * Evaluates expressions on the embedded engine and on another q engine, each in one session, and lists where
 * ours gives a value and the other an error, or both give different values. Values are compared as they are
 * serialised. Which one is right, KX's documentation says.
 *
 *   npx tsx scripts/q-compare.ts PATH_TO_OTHER_Q [--option OPTION] [--seed N --count N | --pages PATH...] [--all]
 *
 * Without --pages the expressions are random ones, as scripts/q-fuzz.ts makes them. Pages are markdown files
 * whose lines `q)...` in fenced blocks are evaluated, each page in a session of its own. --option is given to the
 * other engine. Where only ours gives a value, the kinds of difference that were decided (see q-compare/decided.ts)
 * are counted and the rest is listed, to be read. --all lists these too, and where only the other gives a value.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../src/base/random.ts';
import { literal } from '../src/q-engine/console/index.ts';
import { Engine } from '../src/q-engine/engine.ts';
import { matches } from '../src/q-engine/values/compare.ts';
import { withTimeLimit } from '../src/q-engine/values/limits.ts';
import { QError } from '../src/q-engine/values/value.ts';
import { asValue } from '../test/support/q-as-value.ts';
import { MemoryHost } from '../test/support/q-engine-host.ts';
import { FUZZ_GLOBALS, QExpressions } from '../test/support/q-expressions.ts';
import { OtherEngine, type Outcome } from '../test/support/q-other-engine.ts';
import { decidedAs } from './q-compare/decided.ts';
import { answerOf } from './q-examples/own-answer.ts';
import { agrees, readExamples } from './q-examples/session.ts';

const LIMIT_MS = 1000;
const OTHER_LIMIT_MS = 3000;
const SESSION_LENGTH = 100;
const SHOWN_CHARACTERS = 200;
/** Clocks, random numbers, processes, files, memory and commands differ in any two engines. */
const LEFT_OUT =
  /^\s*\\|\n\s*\\|\.z\.|\brand\b|\?|hopen|hclose|hsym|`:|\b(save|rsave|load|rload|dsave|read0|read1|system|getenv|setenv|exit|hdel|hcount|gtime|ltime)\b|[012]:|0x7fff|\.Q\.(w|gc|ts)/;

/** No handle is open here either. */
class ClosedHost extends MemoryHost {
  override applyHandle(): never {
    throw new QError('type');
  }
}

interface Session {
  readonly isPage: boolean;
  readonly globals: readonly string[];
  readonly expressions: readonly Expression[];
}

interface Expression {
  readonly text: string;
  /** What a page shows; nothing for a random expression. */
  readonly shown: readonly string[];
}

type Relation =
  | 'same value'
  | 'both signal'
  | 'different values'
  | 'only ours gives a value'
  | 'only the other gives a value'
  | 'the other did not answer';

/** Sessions of random expressions. */
function* randomSessions(seed: number, count: number): Generator<Session> {
  const source = new QExpressions(seededRandom(seed));
  const globals = FUZZ_GLOBALS.trim().split('\n');
  for (let left = count; left > 0; left -= SESSION_LENGTH) {
    const expressions = Array.from({ length: Math.min(left, SESSION_LENGTH) }, () => ({
      text: source.next(),
      shown: [],
    }));
    yield { isPage: false, globals, expressions };
  }
}

/** A session for each page: what stands behind prompts in its fenced blocks. */
function* pageSessions(paths: readonly string[]): Generator<Session> {
  for (const path of paths.flatMap(filesIn)) {
    const examples = readExamples(path).filter(({ complete, script }) => complete && script === undefined);
    const expressions = examples.map(({ expression, expected }) => ({ text: expression, shown: expected }));
    yield { isPage: true, globals: [], expressions };
  }
}

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .filter(name => name.endsWith('.md'))
    .sort()
    .map(name => join(path, name));
}

function relate(own: Outcome, other: Outcome): Relation {
  if (other.kind === 'lost') return 'the other did not answer';
  if (own.kind !== 'value') return other.kind === 'error' ? 'both signal' : 'only the other gives a value';
  if (other.kind === 'error') return 'only ours gives a value';
  return matches(own.value, other.value) ? 'same value' : 'different values';
}

function shown(outcome: Outcome): string {
  if (outcome.kind === 'lost') return 'no answer';
  const text = outcome.kind === 'error' ? `'${outcome.message}` : literal(outcome.value, 0);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}..` : text;
}

async function compare(session: Session, other: OtherEngine, report: Report): Promise<void> {
  const host = new ClosedHost();
  const engine = new Engine(host);
  for (const line of session.globals) {
    engine.evaluateText(line);
    await other.evaluate(line);
  }
  for (const { text: given, shown } of session.expressions) {
    if (LEFT_OUT.test(given)) continue;
    const text = asValue(given);
    let printed = '';
    const own = answerOf(() => {
      const value = withTimeLimit(LIMIT_MS, () => engine.evaluateText(text));
      if (shown.length > 0) printed = host.format(value);
      return value;
    });
    const theirs = await other.evaluate(text);
    const isDocumented = session.isPage
      ? isShown(shown, printed) || (shown.length === 0 && text !== given)
      : false;
    report(relate(own, theirs), given, own, theirs, isDocumented);
    if (theirs.kind === 'lost') for (const line of session.globals) await other.evaluate(line);
  }
  other.stop();
}

function isShown(shown: readonly string[], printed: string): boolean {
  const lines = printed.split('\n').map(line => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return shown.length > 0 && agrees(shown, lines);
}

type Report = (
  relation: Relation,
  expression: string,
  own: Outcome,
  other: Outcome,
  isDocumented: boolean,
) => void;

async function main(args: readonly string[]): Promise<void> {
  const [program] = args;
  if (program === undefined || program.startsWith('--')) throw new Error('give the path of the other q');
  const optionAt = (name: string): string | undefined =>
    args.includes(name) ? args[args.indexOf(name) + 1] : undefined;
  const directory = mkdtempSync(join(tmpdir(), 'q-compare-'));
  const option = optionAt('--option');
  const other = new OtherEngine(
    option === undefined ? [program] : [program, option],
    directory,
    OTHER_LIMIT_MS,
  );
  const pagesAt = args.indexOf('--pages');
  const sessions =
    pagesAt < 0
      ? randomSessions(Number(optionAt('--seed') ?? 1), Number(optionAt('--count') ?? 10_000))
      : pageSessions(args.slice(pagesAt + 1).filter(arg => !arg.startsWith('--')));
  const everything = args.includes('--all');
  const listed: Relation[] = ['different values', 'only ours gives a value'];
  if (everything) listed.push('only the other gives a value');
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  for (const session of sessions)
    await compare(session, other, (relation, expression, own, theirs, isDocumented) => {
      count(relation);
      if (!listed.includes(relation)) return;
      if (own.kind === 'value' && theirs.kind === 'error') {
        const kind = decidedAs({ expression, value: own.value, error: theirs.message, isDocumented });
        count(`${relation}: ${kind ?? 'to be read'}`);
        if (kind !== undefined && !everything) return;
      }
      console.log(`${relation}: ${expression}\n  ours   ${shown(own)}\n  other  ${shown(theirs)}`);
    });
  for (const what of [...counts.keys()].sort())
    console.log(`${String(counts.get(what)).padStart(7)}  ${what}`);
  rmSync(directory, { recursive: true });
}

await main(process.argv.slice(2));
