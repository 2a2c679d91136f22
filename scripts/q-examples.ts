/**
 * Runs the examples of a checkout of KX's documentation (github KxSystems/docs) on the embedded q engine and
 * prints which share of them gives the documented output, by page and in total.
 *
 *   npx tsx scripts/q-examples.ts PATH/docs/ref PATH/docs/basics [--files] [--prelude FILE] [--second PROGRAM]
 *     [--used FOLDER] [--page NAME] [--failures]
 *
 * Folders are walked with all that is in them. The fenced q blocks of a page run in one session. A line that
 * starts with `q)` is an expression, the lines up to the next one its console output; lines before the first
 * prompt of a block are a script. Left out: expressions without output, random numbers, clocks, files,
 * connections, system commands, the pages about these and one whose lists take gigabytes. With --files the examples
 * with files count too: every page gets a new temporary directory as its file system, which is removed after it.
 *
 * A prelude is the q script that pages take for granted or load by its name. A page gets of it what its code uses.
 * Where one of the pages prints a whole plain table of the prelude by its name, with the same columns and as many
 * rows, the table has the rows that are printed.
 *
 * The first share is of all examples. Some cannot give what is documented on any other engine; how many is printed
 * apart, with the share of the others.
 * - Without input, passed or not: while it ran it asked for random numbers, the clock, the environment, the memory in
 *   use, the console, the name of a host, a connection or a file that is not there (and gave something else than
 *   documented without writing one), or read a file after a write to a handle that the page opened under another
 *   number; it shows what a script prints that it loads; it failed for want of a variable that the page's code uses
 *   but that nothing on the page sets up to there (names of one-letter namespaces such as .Q are the engine's own,
 *   not input); or it uses a variable that such an example or script line, or one that is not run, assigned.
 * - K source, passed or not: it has k text, or its output is code of KX's own: k text, a k verb in place of a keyword,
 *   or bytecode.
 * - Misprint, failed: what is documented differs in blanks only; is the same value as -3! writes it; is foreign keys as
 *   positions, for want of the tables that they point to; is a table shown by its name with rows left out without
 *   dots; is shown after an assignment, which shows nothing; is of a version before 3.4, as a remark on the line or the
 *   line of text before the block says; or depends on how characters beyond ASCII are encoded.
 * - Contradicted, failed: with --second, another q engine that ran the page in a session of its own gives the same
 *   value as ours or the same error; null and errors that tell of something missing say nothing.
 *
 * At the end the pages on qSQL, joins, tables, sorting, temporal types and files are listed once more, and with --used
 * those of them that describe what the q scripts in that folder use: keywords and glyphs by the links of the
 * reference card, all meanings of a glyph, and of the page of .Q the functions that they use.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { Prelude } from './q-examples/prelude.ts';
import { withSecondOpinion } from './q-examples/second.ts';
import { type Outcome, readExamples, runPage, type Verdict } from './q-examples/session.ts';
import { usageOf } from './q-examples/used-pages.ts';

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

/** In the order of the line. */
const APART: readonly Verdict[] = ['without input', 'k source', 'misprint', 'contradicted'];

/** Options with a value. */
const VALUED = ['--page', '--prelude', '--second', '--used'];

/** A page that is a list of functions, each in a section of its own. */
const FUNCTIONS_PAGE = 'dotq';

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
  answerablePassed = 0;
  readonly #verdicts = new Map<Verdict, number>();

  add(outcomes: readonly Outcome[]): this {
    for (const { passed, verdict } of outcomes) {
      this.all += 1;
      if (passed) this.passed += 1;
      if (passed && verdict === 'answerable') this.answerablePassed += 1;
      this.#verdicts.set(verdict, this.#count(verdict) + 1);
    }
    return this;
  }

  get answerable(): number {
    return this.#count('answerable');
  }

  get isBelowGoal(): boolean {
    return this.answerablePassed < GOAL * this.answerable;
  }

  toString(): string {
    const count = (n: number) => String(n).padStart(4);
    const strict = `${percent(this.passed, this.all)} %  ${count(this.passed)} of ${count(this.all)}`;
    const apart = APART.map(verdict => `${count(this.#count(verdict))} ${verdict}`).join(', ');
    return `${strict}; ${apart}; of the others ${percent(this.answerablePassed, this.answerable)} %`;
  }

  #count(verdict: Verdict): number {
    return this.#verdicts.get(verdict) ?? 0;
  }
}

function percent(passed: number, all: number): string {
  return all === 0 ? '  -  ' : `${((100 * passed) / all).toFixed(1).padStart(5)}`;
}

function optionOf(name: string, args: readonly string[]): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

async function main(args: readonly string[]): Promise<void> {
  const only = optionOf('--page', args);
  const second = optionOf('--second', args);
  const scripts = optionOf('--used', args);
  const withFiles = args.includes('--files');
  const folders = args.filter((arg, i) => !arg.startsWith('--') && !VALUED.includes(args[i - 1] ?? ''));
  const pages = folders.flatMap(folder => pagesIn(folder, withFiles));
  const prelude = preludeOf(optionOf('--prelude', args), pages);
  const usage = scripts === undefined ? undefined : usageOf(scripts, referenceAmong(folders));
  const total = new Tally();
  const subjects = new Map<string, Tally>();
  const functions = new Tally();
  for (const { path, name } of pages) {
    if (only !== undefined && name !== only && basename(name) !== only) continue;
    const run = runPage(readExamples(path), prelude, withFiles);
    const outcomes = second === undefined ? run.outcomes : await withSecondOpinion(second, run, prelude);
    total.add(outcomes);
    if (outcomes.length > 0) console.log(`${new Tally().add(outcomes)}  ${name}`);
    if (SUBJECT_PAGES.has(basename(name))) subjects.set(name, new Tally().add(outcomes));
    if (basename(name) === FUNCTIONS_PAGE)
      functions.add(outcomes.filter(({ example }) => usage?.functions.has(`.Q.${example.section}`)));
    if (args.includes('--failures'))
      for (const outcome of outcomes) if (!outcome.passed) printFailure(outcome);
  }
  console.log(`${total}  in total`);
  printSubjects('qSQL, joins, tables, sorting, temporal types and files', subjects);
  if (usage === undefined) return;
  const used = new Map([...subjects].filter(([name]) => usage.pages.has(basename(name))));
  printSubjects(
    `Of these, what the scripts in ${scripts} use`,
    used.set(`${FUNCTIONS_PAGE}, functions used`, functions),
  );
}

function preludeOf(path: string | undefined, pages: readonly Page[]): Prelude | undefined {
  if (path === undefined) return undefined;
  const prelude = new Prelude(path, readFileSync(path, 'utf8'));
  for (const page of pages) prelude.take(readExamples(page.path));
  return prelude;
}

function referenceAmong(folders: readonly string[]): string {
  const found = folders.find(folder => existsSync(join(folder, 'kwds.txt')));
  if (found === undefined) throw new Error('--used needs the folder of the reference, with its card');
  return found;
}

function printSubjects(title: string, subjects: ReadonlyMap<string, Tally>): void {
  if (subjects.size === 0) return;
  console.log(`\n${title}:`);
  for (const [name, tally] of subjects) console.log(`${tally}  ${name}`);
  const below = [...subjects.values()].filter(tally => tally.isBelowGoal).length;
  console.log(`${below} of ${subjects.size} pages are below ${100 * GOAL} % of what can be answered`);
}

function printFailure({ example, actual, verdict, reason }: Outcome): void {
  const remark =
    verdict === 'answerable' ? '' : `    (${verdict}${reason === undefined ? '' : `: ${reason}`})`;
  console.log(`  q)${example.expression}${remark}`);
  for (const line of example.expected.slice(0, 8)) console.log(`    expected  ${line}`);
  for (const line of actual.slice(0, 8)) console.log(`    got       ${line}`);
}

await main(process.argv.slice(2));
