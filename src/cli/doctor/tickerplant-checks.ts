import type { TargetConfiguration } from '../../config/schema.ts';
import { QError } from '../../kdb/errors.ts';
import { calendarDifference, type TickerplantCalendar } from '../../kdb/tickerplant/calendar-check.ts';
import {
  type Questions,
  readDate,
  readLogged,
  readNumbering,
  readOffsetMs,
  readTable,
} from '../../kdb/tickerplant/facts.ts';
import { schemaDifference } from '../../kdb/tickerplant/schema-check.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import { type Check, type Finding, fail, findingOf, once, pass, skipped, warn } from './check.ts';

/** A connection for questions. */
export interface OpenQuestions extends Questions {
  close(): void;
}

/** A target, what is published to it, and what the checks do, for real or for a test. */
export interface TickerplantSubject {
  readonly target: TargetConfiguration;
  /** As messages name it. */
  readonly address: string;
  /** Of the feeds that go to it. */
  readonly tables: readonly TableDefinition[];
  readonly statusTables: readonly TableDefinition[];
  /** By market. */
  readonly calendars: ReadonlyMap<string, TickerplantCalendar>;
  readonly limitMs: number;
  nowMs(): number;
  /** Connects with its user and password. Rejects with KdbConnectError, SecretError. */
  open(): Promise<OpenQuestions>;
}

const NOT_OPEN = skipped('not connected');
const PARTS = ['log', 'date', 'schema', 'function'] as const;

type Part = (typeof PARTS)[number];
type Examination = Readonly<Record<'connection' | Part, Finding>>;

/** Whether a tickerplant can be reached and lets us in, keeps a log, has the market's date, our tables and our function. */
export function tickerplantChecks(subject: TickerplantSubject): Check[] {
  const examination = once(() => examine(subject));
  const of = subject.target.name;
  const { limitMs } = subject;
  return [
    { name: 'tickerplant', of, limitMs, run: async () => (await examination()).connection },
    ...PARTS.map(part => ({
      name: `tickerplant ${part}`,
      of,
      limitMs,
      run: async () => (await examination())[part],
    })),
  ];
}

async function examine(subject: TickerplantSubject): Promise<Examination> {
  let questions: OpenQuestions;
  try {
    questions = await subject.open();
  } catch (error) {
    const others = Object.fromEntries(PARTS.map(part => [part, NOT_OPEN])) as Record<Part, Finding>;
    return { connection: findingOf(error), ...others };
  }
  try {
    return {
      connection: pass(`${subject.address} lets us in`),
      log: await found(() => logFinding(questions, subject)),
      date: await found(() => dateFinding(questions, subject)),
      schema: await found(() => schemaFinding(questions, subject)),
      function: await found(() => functionFinding(questions, subject)),
    };
  } finally {
    questions.close();
  }
}

/** What one question throws is its own finding. */
function found(look: () => Promise<Finding>): Promise<Finding> {
  return look().catch(error => findingOf(error));
}

async function logFinding(questions: Questions, { target }: TickerplantSubject): Promise<Finding> {
  if (await readLogged(questions, target.convention)) return pass('it writes what it gets to a log');
  const text = 'it writes no log, so rows in it do not survive its end';
  const remedy = 'Start it with a log: q tick.q SCHEMA DIRECTORY, or q q/tick.q -log DIRECTORY.';
  return target.allowUnlogged ? warn(`${text} (allowed by allowUnlogged)`, remedy) : fail(text, remedy);
}

async function dateFinding(
  questions: Questions,
  { target, address, calendars, nowMs }: TickerplantSubject,
): Promise<Finding> {
  const date = await readDate(questions, target.convention, address);
  const offsetMs = await readOffsetMs(questions);
  const differences = [...calendars].flatMap(([market, calendar]) => {
    const difference = calendarDifference(date, offsetMs, calendar, nowMs());
    return difference === undefined ? [] : [{ market, difference }];
  });
  const [first] = differences;
  if (first) {
    const [text, remedy] = sentences(first.difference);
    return fail(calendars.size > 1 ? `${first.market}: ${text}` : text, remedy);
  }
  if (offsetMs === undefined) {
    return warn(
      `it is at ${isoDateOf(date)}, and does not say by which clock it ends its day`,
      'Let this user evaluate .z.P-.z.p.',
    );
  }
  return pass(`it is at ${isoDateOf(date)}, as the market is`);
}

/** A message that ends with what to do, in its two parts. */
function sentences(message: string): [text: string, remedy: string] {
  const end = message.indexOf('. ');
  return [message.slice(0, end), message.slice(end + 2)];
}

async function schemaFinding(
  questions: Questions,
  { target, tables, statusTables }: TickerplantSubject,
): Promise<Finding> {
  const remedy = 'Load q/schema.q into the tickerplant, or correct the convention of this target.';
  const differencesIn = async (definitions: readonly TableDefinition[]) => {
    const differences: string[] = [];
    for (const definition of definitions) {
      const live = await readTable(questions, definition);
      const difference = schemaDifference(definition, target.convention, live);
      if (difference !== undefined) differences.push(difference);
    }
    return differences;
  };
  const differences = await differencesIn(tables);
  if (differences.length > 0) return fail(differences.join('; '), remedy);
  const names = tables.map(({ name }) => name).join(', ');
  const missing = await differencesIn(statusTables);
  if (missing.length === 0) return pass(`${names} are as they are published`);
  return warn(
    `${names} are as they are published; of the feed's own state nothing is: ${missing.join('; ')}`,
    remedy,
  );
}

async function functionFinding(questions: Questions, { target }: TickerplantSubject): Promise<Finding> {
  if (target.convention === 'kdb-tick' && target.function === '.u.upd' && (await readNumbering(questions))) {
    return pass('it takes each batch once, whatever is sent again');
  }
  const isThere = await signalledOr(questions.ask(`@[{value x;1b};\`${target.function};0b]`));
  if (isThere instanceof QError) {
    return warn(
      `whether ${target.function} is there cannot be asked ('${isThere.signal})`,
      'Make sure that this user may call it.',
    );
  }
  if (isThere === true)
    return pass(`${target.function} takes the batches; one that is sent again is there twice`);
  return fail(
    `there is no function ${target.function}`,
    "Correct the target's function, or load the script that defines it.",
  );
}

async function signalledOr(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof QError) return error;
    throw error;
  }
}
