import { createRequire } from 'node:module';
import { type HistoryRow, RowsProof, type TableProof, VALUE_COLUMNS } from './history-truth.ts';

/*
 * Compares an HDB with what the simulator says a table must have. It imports nothing from src; the HDB is
 * asked through node-q.
 */

const MS_1970_TO_2000 = 946_684_800_000;

export interface ProofQuery {
  readonly market: string;
  readonly table: string;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly source: 'rest' | 'flat';
  readonly symbols?: readonly string[];
}

/** What the simulator at an http:// address says that a table must have. */
export async function simulatorProof(address: string, query: ProofQuery): Promise<TableProof> {
  const { symbols, ...rest } = query;
  const parameters = new URLSearchParams({ ...rest, ...(symbols && { symbols: symbols.join(',') }) });
  const answer = await fetch(`${address}/truth/history?${parameters}`);
  if (!answer.ok) throw new Error(`the simulator answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as TableProof;
}

/** Rows that are asked for at once. */
const PAGE_ROWS = 20_000;

/** What a q process that has loaded the HDB has of it. */
export async function databaseProof(port: number, { market, table, date }: ProofQuery): Promise<TableProof> {
  const proof = new RowsProof(market);
  const where = partOf(table, date);
  const part = `select sym,startMs:("j"$start)div 1000000,${VALUE_COLUMNS.join(',')} from ${table} where ${where}`;
  const count = Number(await ask<number>(port, `count .proof.rows:${part}`));
  for (let from = 0; from < count; from += PAGE_ROWS) {
    const page = await ask<HistoryRow[]>(port, `${PAGE_ROWS} sublist ${from}_.proof.rows`);
    for (const row of page) proof.add({ ...row, startMs: Number(row.startMs) + MS_1970_TO_2000 });
  }
  return proof.finish();
}

/** Day bars have no partitions: theirs begin at some hour of the date, as UTC counts. */
function partOf(table: string, date: string): string {
  const day = date.replaceAll('-', '.');
  return table === 'agg1d' ? `start>=${day}D0,start<${day}D12` : `date=${day}`;
}

/** What q answers to `text`, in node-q's form. */
export function ask<Answer>(port: number, text: string): Promise<Answer> {
  const nodeQ = createRequire(import.meta.url)('node-q') as typeof import('node-q');
  return new Promise((resolve, reject) => {
    nodeQ.connect({ host: '127.0.0.1', port }, (error, connection) => {
      if (error || !connection) {
        reject(error ?? new Error('no connection'));
        return;
      }
      connection.k(text, (refused: Error | undefined, answer: unknown) => {
        connection.close();
        if (refused) reject(refused);
        else resolve(answer as Answer);
      });
    });
  });
}
