import type { Convention } from '../../tables/conventions.ts';
import type { TableDefinition } from '../../tables/definitions.ts';
import type { DateDays } from '../../tables/epoch.ts';
import { KdbSchemaError } from '../errors.ts';
import { type Questions, readDate, readLogged, readNumbering, readOffsetMs, readTable } from './facts.ts';
import { schemaDifference } from './schema-check.ts';

/** A tickerplant that can take what is published. */
export interface Inspection {
  readonly date: DateDays;
  /** Its local time less UTC; undefined where it does not say. */
  readonly offsetMs: number | undefined;
  /** Whether it writes what it gets to a log. */
  readonly logged: boolean;
  /** Whether it takes numbered batches, each only once. */
  readonly isNumbering: boolean;
  /** Tables that it need not have, and has not or not with these columns. */
  readonly absentTables: readonly string[];
}

/** What is asked of a tickerplant. */
export interface Requirements {
  readonly tables: readonly TableDefinition[];
  readonly optionalTables: readonly TableDefinition[];
  readonly convention: Convention;
  /** A function of the operator's own. */
  readonly functionName?: string;
}

/**
 * Reads what must be known of a tickerplant before anything is sent to it. Rejects with KdbNotTickerplantError,
 * KdbSchemaError naming every difference in every table, or what ended the connection.
 */
export async function inspect(
  questions: Questions,
  { tables, optionalTables, convention, functionName }: Requirements,
  target: string,
): Promise<Inspection> {
  const date = await readDate(questions, convention, target);
  const differences: string[] = [];
  const absentTables: string[] = [];
  for (const definition of [...tables, ...optionalTables]) {
    const difference = schemaDifference(definition, convention, await readTable(questions, definition));
    if (difference === undefined) continue;
    if (optionalTables.includes(definition)) absentTables.push(definition.name);
    else differences.push(difference);
  }
  if (differences.length > 0) throw new KdbSchemaError(target, differences);
  return {
    date,
    offsetMs: await readOffsetMs(questions),
    logged: await readLogged(questions, convention),
    isNumbering: convention === 'kdb-tick' && functionName === undefined && (await readNumbering(questions)),
    absentTables,
  };
}
