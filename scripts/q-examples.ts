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
 * The first share is of all examples. Some cannot give what is documented on any other engine; how many is printed
 * apart, with the share of the others. An example is without input if
 * - while it ran it asked for random numbers, the clock, the environment, the memory in use, the name of a host, a
 *   connection or a file that is not there (and gave something else than documented without writing one); or
 * - it failed for want of a variable that the page's code uses but that nothing on the page sets up to there (names
 *   of one-letter namespaces such as .Q are the engine's own, not input); or
 * - it uses a variable that such an example or script line assigned.
 * It is k source if its output holds code of KX's own: k text, a k verb in place of a keyword, or bytecode.
 *
 * At the end the pages on qSQL, joins, tables, sorting, temporal types and files are listed once more.
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

/** Of the answerable examples of the pages below. */
const GOAL = 0.9;

/** qSQL, joins, tables, sorting, temporal types and files. */
const SUBJECT_PAGES = new Set(
  `select exec update delete fby qsql funsql parsetrees parse eval view views simple-exec
  aj asof ej ij lj pj uj wj joins coalesce join cross union
  cols meta keys key tables fkeys enkey insert upsert xgroup ungroup group find sublist take drop dict
  dictsandtables flip flip-splayed distinct differ
  asc desc rank xrank set-attribute attr bin
  datatypes xbar cast tok within gtime temporal-data
  files file-text file-binary save load get set read0 read1 hcount hdel hsym dsave dotq enumerate
  enumeration enum-extend enumerations splayed-tables linking-columns partition file-compression
  serialization`.split(/\s+/),
);

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
  kSource = 0;
  answerablePassed = 0;

  add(outcomes: readonly Outcome[]): this {
    for (const { passed, verdict } of outcomes) {
      this.all += 1;
      if (passed) this.passed += 1;
      if (verdict === 'without input') this.withoutInput += 1;
      else if (verdict === 'k source') this.kSource += 1;
      else if (passed) this.answerablePassed += 1;
    }
    return this;
  }

  get answerable(): number {
    return this.all - this.withoutInput - this.kSource;
  }

  toString(): string {
    const count = (n: number) => String(n).padStart(4);
    const strict = `${percent(this.passed, this.all)} %  ${count(this.passed)} of ${count(this.all)}`;
    const counts = `${strict}, ${count(this.all - this.passed)} failed`;
    const apart = `${count(this.withoutInput)} without input, ${count(this.kSource)} k source`;
    return `${counts}  ${apart}, of the others ${percent(this.answerablePassed, this.answerable)} %`;
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
  const subjects = new Map<string, Tally>();
  for (const { path, name } of paths.flatMap(folder => pagesIn(folder, withFiles))) {
    if (only !== undefined && name !== only && basename(name) !== only) continue;
    const outcomes = runPage(path, prelude, withFiles);
    total.add(outcomes);
    if (outcomes.length > 0) console.log(`${new Tally().add(outcomes)}  ${name}`);
    if (SUBJECT_PAGES.has(basename(name))) subjects.set(name, new Tally().add(outcomes));
    if (showFailures) for (const outcome of outcomes) if (!outcome.passed) printFailure(outcome);
  }
  console.log(`${total}  in total`);
  if (subjects.size > 0) printSubjects(subjects);
}

function printSubjects(subjects: ReadonlyMap<string, Tally>): void {
  console.log('\nqSQL, joins, tables, sorting, temporal types and files:');
  for (const [name, tally] of subjects) console.log(`${tally}  ${name}`);
  const isBelow = ({ answerable, answerablePassed }: Tally) => answerablePassed < GOAL * answerable;
  const below = [...subjects.values()].filter(isBelow).length;
  console.log(`${below} of ${subjects.size} pages are below ${100 * GOAL} % of what can be answered`);
}

function printFailure({ example, actual, verdict }: Outcome): void {
  console.log(`  q)${example.expression}${verdict === 'answerable' ? '' : `    (${verdict})`}`);
  for (const line of example.expected.slice(0, 8)) console.log(`    expected  ${line}`);
  for (const line of actual.slice(0, 8)) console.log(`    got       ${line}`);
}

main(process.argv.slice(2));
