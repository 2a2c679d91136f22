/**
 * Proves backfills at full size against the simulator: minutes of 20 symbols over 30 days from REST, and whole-market
 * minute files of 5 days, each into an HDB of its own, compared by row count and a checksum of each column and date; a
 * second run must do nothing.
 *
 *   npx tsx scripts/backfill-proof.ts [--rest] [--flat] [--symbols N] [--days N] [--files N] [--market N]
 *
 * --files: files of the whole market (5); --market: its symbols (12000); --symbols, --days: of REST (20, 30).
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SimulatorOptions } from '../src/simulator/options.ts';
import { HistoryProcesses } from '../test/support/history-processes.ts';
import { databaseProof, type ProofQuery, simulatorProof } from '../test/support/history-proof.ts';

const MS_PER_DAY = 86_400_000;
const AT_MS = Date.UTC(2026, 9, 9, 16);

interface Size {
  readonly symbols: number;
  readonly days: number;
  readonly files: number;
  readonly market: number;
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Dates until the day before the simulator's time, without weekends; a holiday among them has no rows on either side. */
function lastDates(days: number): string[] {
  const all = Array.from({ length: days }, (_, i) => AT_MS - (days - i) * MS_PER_DAY);
  return all.filter(ms => ![0, 6].includes(new Date(ms).getUTCDay())).map(isoDate);
}

async function prove(
  name: string,
  options: Partial<SimulatorOptions>,
  dates: readonly string[],
  flags: readonly string[],
  query: Omit<ProofQuery, 'date'>,
): Promise<boolean> {
  const processes = await HistoryProcesses.start({ ...options, atMs: AT_MS });
  try {
    const reader = await processes.startReader('proof');
    const span = ['--from', dates[0]!, '--to', dates.at(-1)!];
    const begin = performance.now();
    const first = await processes.runBackfill(...flags, ...span);
    console.log(`${name}: ${((performance.now() - begin) / 1000).toFixed(1)} s\n${first.stdout.trim()}`);
    if (first.code !== 0) throw new Error(`it ended with ${first.code}: ${first.stderr}`);
    const second = await processes.runBackfill(...flags, ...span);
    const isIdle = /nothing to do/.test(second.stdout);
    let rows = 0;
    let equal = 0;
    for (const date of dates) {
      const truth = await simulatorProof(processes.httpAddress, { ...query, date });
      const found = await databaseProof(reader, { ...query, date });
      rows += found.rows;
      if (JSON.stringify(found) === JSON.stringify(truth)) equal++;
      else console.log(`${date}: expected ${JSON.stringify(truth)}, found ${JSON.stringify(found)}`);
    }
    console.log(
      `${name}: ${equal} of ${dates.length} dates equal in rows and every column, ${rows} rows; second run ${isIdle ? 'did nothing' : 'did something'}`,
    );
    return isIdle && equal === dates.length && rows > 0;
  } finally {
    await processes.stop();
  }
}

async function proveRest({ symbols, days }: Size): Promise<boolean> {
  const market = { symbols: 60, rate: 4 };
  const processes = await HistoryProcesses.start({ ...market, atMs: AT_MS });
  const answer = await fetch(`${processes.httpAddress}/v3/reference/tickers?market=stocks&limit=${symbols}`, {
    headers: { authorization: 'Bearer demo' },
  });
  const { results } = (await answer.json()) as { results: { ticker: string }[] };
  await processes.stop();
  const names = results.map(({ ticker }) => ticker);
  const flags = ['--symbols', names.join(','), '--source', 'rest'];
  const query = { market: 'stocks', table: 'agg1m', source: 'rest', symbols: names } as const;
  return await prove(`REST, ${symbols} symbols, ${days} days`, market, lastDates(days), flags, query);
}

async function proveFiles({ market, files }: Size): Promise<boolean> {
  const options = {
    symbols: market,
    rate: Math.max(2, Math.round((market * 85) / 12_000)),
    filesDirectory: join(tmpdir(), 'massive-kdb-proof-files'),
    filesFrom: lastDates(files + 4).at(-files)!,
  };
  const dates = lastDates(files + 4).slice(-files);
  const query = { market: 'stocks', table: 'agg1m', source: 'flat' } as const;
  return await prove(`files, ${market} symbols, ${files} days`, options, dates, ['--source', 'flat'], query);
}

async function main(args: readonly string[]): Promise<void> {
  const numberOf = (name: string, otherwise: number) =>
    args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;
  const size: Size = {
    symbols: numberOf('--symbols', 20),
    days: numberOf('--days', 30),
    files: numberOf('--files', 5),
    market: numberOf('--market', 12_000),
  };
  const both = args.includes('--rest') === args.includes('--flat');
  const outcomes: boolean[] = [];
  if (both || args.includes('--rest')) outcomes.push(await proveRest(size));
  if (both || args.includes('--flat')) outcomes.push(await proveFiles(size));
  process.exitCode = outcomes.every(outcome => outcome) ? 0 : 1;
}

await main(process.argv.slice(2));
