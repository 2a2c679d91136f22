import { createRequire } from 'node:module';

/*
 * Compares an HDB with what the simulator says a table must have. It imports nothing from src: the checksums follow their
 * description, and the HDB is asked through node-q.
 */

const COLUMNS = ['start', 'open', 'high', 'low', 'close', 'volume', 'vwap', 'trades'] as const;
const MS_1970_TO_2000 = 946_684_800_000;

/** Rows of a table on a date, and a checksum of each column that does not depend on their order. */
export interface TableProof {
  readonly rows: number;
  readonly columns: Readonly<Record<string, string>>;
}

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

interface Row {
  readonly sym: string;
  readonly startMs: number;
  readonly [column: string]: unknown;
}

/** Rows that are asked for at once. */
const PAGE_ROWS = 20_000;

/** What a q process that has loaded the HDB has of it. */
export async function databaseProof(port: number, { market, table, date }: ProofQuery): Promise<TableProof> {
  const sums = COLUMNS.map(() => [0, 0] as [number, number]);
  const where = partOf(table, date);
  const columns = COLUMNS.slice(1).join(',');
  const part = `select sym,startMs:("j"$start)div 1000000,${columns} from ${table} where ${where}`;
  const count = Number(await ask<number>(port, `count .proof.rows:${part}`));
  let rows = 0;
  for (let from = 0; from < count; from += PAGE_ROWS) {
    const page = await ask<Row[]>(port, `${PAGE_ROWS} sublist ${from}_.proof.rows`);
    for (const row of page) addRow(sums, row, market);
    rows += page.length;
  }
  const hex = (word: number) => word.toString(16).padStart(8, '0');
  return {
    rows,
    columns: Object.fromEntries(
      COLUMNS.map((name, index) => [name, hex(sums[index]![0]) + hex(sums[index]![1])]),
    ),
  };
}

/** Day bars have no partitions: theirs begin at some hour of the date, as UTC counts. */
function partOf(table: string, date: string): string {
  const day = date.replaceAll('-', '.');
  return table === 'agg1d' ? `start>=${day}D0,start<${day}D12` : `date=${day}`;
}

function addRow(sums: [number, number][], row: Row, market: string): void {
  const startMs = Number(row.startMs) + MS_1970_TO_2000;
  COLUMNS.forEach((name, index) => {
    const value = name === 'start' ? startMs : (row[name] as number | null);
    const [first, second] = hashes(value, startMs, `${market}|${row.sym}`);
    const sum = sums[index]!;
    sum[0] = (sum[0] + first) >>> 0;
    sum[1] = (sum[1] + second) >>> 0;
  });
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

function hashes(value: number | null, startMs: number, name: string): [number, number] {
  const words = [...doubleWords(value), startMs >>> 0, Math.floor(startMs / 2 ** 32), fnv1a(name)];
  let first = 0x9747b28c;
  let second = 0x3c6ef372;
  for (const word of words) {
    first = round(first, word, 0xcc9e2d51, 15, 0x1b873593, 13, 0xe6546b64);
    second = round(second, word, 0x239b961b, 16, 0xab0e9789, 17, 0x561ccd1b);
  }
  return [last(first, 0x85ebca6b, 0xc2b2ae35), last(second, 0x7feb352d, 0x846ca68b)];
}

function doubleWords(value: number | null): [number, number] {
  if (value === null || value === undefined || Number.isNaN(value)) return [0, 0x7ff80000];
  const halves = new Uint32Array(Float64Array.of(value).buffer);
  return [halves[0]!, halves[1]!];
}

function round(
  hash: number,
  word: number,
  factor: number,
  turn: number,
  second: number,
  shift: number,
  add: number,
): number {
  let k = Math.imul(word, factor);
  k = Math.imul((k << turn) | (k >>> (32 - turn)), second);
  const h = hash ^ k;
  return (Math.imul((h << shift) | (h >>> (32 - shift)), 5) + add) | 0;
}

function last(hash: number, firstFactor: number, secondFactor: number): number {
  let h = hash ^ 5;
  h = Math.imul(h ^ (h >>> 16), firstFactor);
  h = Math.imul(h ^ (h >>> 13), secondFactor);
  return (h ^ (h >>> 16)) >>> 0;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
