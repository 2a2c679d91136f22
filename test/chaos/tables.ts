import { NUMBERS, type Numbers } from './bar.ts';
import { ask } from './q-query.ts';

/** Rows that are asked for at once. */
const PAGE_ROWS = 20_000;
const MS_1970_TO_2000 = 946_684_800_000;
export const TABLES = ['agg1s', 'agg1m'] as const;

/** A row as it lies in a table. */
export interface Row {
  readonly table: string;
  readonly mkt: string;
  readonly sym: string;
  readonly startMs: number;
  readonly numbers: Numbers;
  readonly src: string;
  /** When the feed received it; with everything else the same it is the same row again. */
  readonly received: string;
  /** Its partition, or the date under which the RDB holds it. */
  readonly date: string;
  readonly place: 'rdb' | 'hdb';
}

/** Rows of the dates that an RDB owns, each table's in the order in which they came. */
export async function rowsOfRdb(port: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const date of await ask<string[]>(port, 'string .rdb.owned[]')) {
    for (const table of TABLES) {
      rows.push(...(await rowsOf(port, table, 'rdb', dateOf(date), `.rdb.rows[\`${table};${date}]`)));
    }
  }
  return rows;
}

/** All rows of ended dates. */
export async function rowsOfHdb(port: number): Promise<Row[]> {
  const dates = await ask<string[]>(port, '$[`date in key `.;string date;()]');
  const rows: Row[] = [];
  for (const date of dates) {
    for (const table of TABLES) {
      rows.push(...(await rowsOf(port, table, 'hdb', dateOf(date), `${table} where date=${date}`)));
    }
  }
  return rows;
}

async function rowsOf(
  port: number,
  table: string,
  place: Row['place'],
  date: string,
  source: string,
): Promise<Row[]> {
  const longs = 'ms:("j"$start)div 1000000,rest:("j"$start)mod 1000000,received:string "j"$recv';
  const columns = `mkt,sym,src,${longs},${NUMBERS.map(name => `${name}:"f"$${name}`).join(',')}`;
  const count = await ask<number>(port, `count .chaos.rows:select ${columns} from ${source}`);
  const rows: Row[] = [];
  for (let from = 0; from < count; from += PAGE_ROWS) {
    const page = await ask<Record<string, unknown>[]>(port, `${PAGE_ROWS} sublist ${from}_.chaos.rows`);
    for (const row of page) {
      rows.push({
        table,
        mkt: String(row['mkt']),
        sym: String(row['sym']),
        startMs: Number(row['ms']) + MS_1970_TO_2000 + Number(row['rest']) / 1e6,
        numbers: NUMBERS.map(name => (row[name] === null ? Number.NaN : Number(row[name]))),
        src: String(row['src']),
        received: String(row['received']),
        date,
        place,
      });
    }
  }
  return rows;
}

/** 2026.01.02 as ISO has it. */
function dateOf(text: string): string {
  return text.replaceAll('.', '-');
}
