import type { Convention } from '../../tables/conventions.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import { type DateDays, MS_PER_DAY, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { KdbMalformedError, KdbNotTickerplantError, QError } from '../errors.ts';
import type { LiveTable, MetaColumn } from './schema-check.ts';

/** Asks a q process and gives its answer in node-q's form (see SmallQueries). */
export interface Questions {
  ask(text: string): Promise<unknown>;
}

/** Where the tickerplants of each convention keep their date, and what tells whether they write a log. */
const EXPRESSIONS: Readonly<Record<Convention, { readonly date: string; readonly log: string }>> = {
  'kdb-tick': { date: '.u.d', log: '.u.l' },
  torq: { date: '.u.d', log: '.u.l' },
  'torq-stp': { date: '.eodtime.d', log: 'count select from currlog where not null handle' },
};

/** The date under which the tickerplant files what it gets. Rejects with KdbNotTickerplantError where it has none. */
export async function readDate(
  questions: Questions,
  convention: Convention,
  target: string,
): Promise<DateDays> {
  const { date: expression } = EXPRESSIONS[convention];
  const answer = await signalOr(questions.ask(expression));
  if (answer instanceof Date) return Math.round((answer.getTime() - TABLE_EPOCH_MS) / MS_PER_DAY);
  const received = answer instanceof QError ? `the error '${answer.signal}` : 'something else';
  throw new KdbNotTickerplantError(target, expression, received);
}

/** Whether the tickerplant writes what it gets to a log: a handle, or a count of logs, other than zero. */
export async function readLogged(questions: Questions, convention: Convention): Promise<boolean> {
  const answer = await signalOr(questions.ask(EXPRESSIONS[convention].log));
  return typeof answer === 'number' && answer !== 0;
}

/** Whether the tickerplant is ours, and takes numbered batches. */
export async function readNumbering(questions: Questions): Promise<boolean> {
  return (await signalOr(questions.ask('@[{value x;1b};`.fh.upd;0b]'))) === true;
}

/** Ours can be told a market, and then rolls by its clock; any other rolls by its own. */
const OFFSETS = ['.u.offset[]', '.z.P-.z.p'];

/** How far the clock by which the tickerplant rolls is ahead of UTC; undefined where it does not say. */
export async function readOffsetMs(questions: Questions): Promise<number | undefined> {
  for (const expression of OFFSETS) {
    const answer = await signalOr(questions.ask(expression));
    if (typeof answer === 'number') return answer / 1_000_000;
  }
  return undefined;
}

/** The columns of a table, or what q signals where there is none. */
export async function readTable(questions: Questions, definition: TableDefinition): Promise<LiveTable> {
  const answer = await signalOr(questions.ask(`meta ${definition.name}`));
  return answer instanceof QError ? answer : metaColumns(answer);
}

/** An error that q signals is an answer as well; any other is not. */
async function signalOr(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof QError) return error;
    throw error;
  }
}

/** `meta` is keyed: node-q gives keys and values apart, each as an object of columns, chars as one string. */
function metaColumns(meta: unknown): MetaColumn[] {
  const [keys, values] = Array.isArray(meta) ? meta : [];
  const names: unknown = keys?.c;
  const types: unknown = values?.t;
  if (!Array.isArray(names) || typeof types !== 'string' || names.length !== types.length) {
    throw new KdbMalformedError('an answer to meta that is none');
  }
  return names.map((name, i) => ({ name: String(name), type: types[i]! }));
}
