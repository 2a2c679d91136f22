import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeValue } from '../kdb/ipc/decode.ts';
import type { QValue } from '../kdb/ipc/values.ts';
import { readLogFile } from '../kdb/tables/log-file.ts';
import { TICKERPLANT_TABLES } from '../tables/definitions.ts';
import { type DateDays, dateDaysOf } from '../tables/epoch.ts';
import { MARKETS, type Market } from '../tables/markets.ts';

/** `main-agg1s-2026-10-02-1790000000000-1.log`: target, table, trading date, start of the process, number in it. */
const NAME = /^(?<target>.+)-(?<table>[A-Za-z]\w*)-(?<date>\d{4}-\d\d-\d\d)-\d+-\d+\.log$/;

/** A batch that a tickerplant refused, as it was kept. */
export interface RefusedBatch {
  readonly file: string;
  /** The target's name, as file names have it. */
  readonly target: string;
  readonly market: Market;
  readonly table: string;
  readonly tradingDate: DateDays;
  readonly rowCount: number;
  readonly columns: Uint8Array;
  /** Why it was refused. */
  readonly reason: string;
}

/** Where the refused batches are, in the quarantine's directory. */
export function refusedBatchDirectory(quarantineDirectory: string): string {
  return join(quarantineDirectory, 'batches');
}

/** The files of refused batches in a quarantine, in the order in which they were kept; none where there is no folder. */
export async function refusedFiles(quarantineDirectory: string): Promise<string[]> {
  const directory = refusedBatchDirectory(quarantineDirectory);
  try {
    const names = (await readdir(directory)).filter(name => NAME.test(name));
    return names.sort(new Intl.Collator('en', { numeric: true }).compare).map(name => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The batch in a file; undefined where the file is damaged. Rejects with what the system says. */
export async function readRefused(file: string): Promise<RefusedBatch | undefined> {
  const { target, date } = NAME.exec(file.slice(file.lastIndexOf('/') + 1))!.groups!;
  const content = readLogFile(await readFile(file));
  if (!content) return undefined;
  const found = marketAndRows(content.table, content.columns);
  if (!found) return undefined;
  const { table, columns, note: reason } = content;
  return { file, target: target!, table, tradingDate: dateDaysOf(date!), ...found, columns, reason };
}

/** As the columns say; undefined where they are damaged, or of a table that is not known. */
function marketAndRows(
  table: string,
  columns: Uint8Array,
): Pick<RefusedBatch, 'market' | 'rowCount'> | undefined {
  const definition = TICKERPLANT_TABLES.find(({ name }) => name === table);
  const value = decoded(columns);
  if (!definition || value?.kind !== 'list') return undefined;
  // In a table of one row for each market sym is the market.
  const place = definition.columns.findIndex(({ name }) => name === 'mkt');
  const names = value.items[place < 0 ? definition.columns.findIndex(({ name }) => name === 'sym') : place];
  if (names?.kind !== 'vector' || names.type !== 'symbol') return undefined;
  const market = MARKETS.find(known => known === names.values[0]);
  return market && { market, rowCount: names.values.length };
}

function decoded(columns: Uint8Array): QValue | undefined {
  try {
    return decodeValue(columns);
  } catch {
    return undefined;
  }
}
