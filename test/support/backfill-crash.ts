import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { HistoryProcesses } from './history-processes.ts';
import { databaseProof, simulatorProof } from './history-proof.ts';
import { type Findings, watchReader } from './query-watcher.ts';

const DATES = [
  '2026-09-28',
  '2026-09-29',
  '2026-09-30',
  '2026-10-01',
  '2026-10-02',
  '2026-10-05',
  '2026-10-06',
];

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  readonly source: 'flat' | 'rest';
  /** Most time from the start of a backfill to the next kill. */
  readonly longestRunMs: number;
  readonly say: (line: string) => void;
}

/** What came of it: all of these are to be empty or zero, but the queries. */
export interface CrashOutcome {
  readonly kills: Readonly<Record<'backfill' | 'loader' | 'reader', number>>;
  readonly queries: number;
  readonly readerErrors: readonly string[];
  readonly differences: readonly string[];
}

/** Random numbers in [0, 1) that depend on the seed alone. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Kills backfills, loader and readers at random moments, resumes, and compares the HDB with the simulator's truth. */
export async function crashBackfills({
  kills,
  seed,
  source,
  longestRunMs,
  say,
}: CrashOptions): Promise<CrashOutcome> {
  const random = randomOf(seed);
  const processes = await HistoryProcesses.start({ symbols: 40, rate: 4, atMs: Date.UTC(2026, 9, 9, 14) });
  const stop = new AbortController();
  const findings: Findings = { queries: 0, errors: [] };
  try {
    const readers = ['one', 'two', 'three'].map(
      name => new WatchedReader(processes, name, findings, stop.signal),
    );
    await Promise.all(readers.map(reader => reader.start()));
    const symbols = source === 'rest' ? ['--symbols', await symbolsOf(processes, 8)] : [];
    const flags = ['--from', DATES[0]!, '--to', DATES.at(-1)!, '--source', source, ...symbols];
    const counts = { backfill: 0, loader: 0, reader: 0 };
    for (let kill = 0; kill < kills; kill++) {
      // Everything again from time to time, so that there is always something to be cut off.
      const run = processes.backfill(...flags, ...(kill % 4 === 0 ? ['--force'] : []));
      await Promise.race([delay(random() * longestRunMs), once(run.process, 'close')]);
      const dice = random();
      if (dice < 0.45) {
        counts.backfill++;
        run.process.kill('SIGKILL');
      } else if (dice < 0.85) {
        counts.loader++;
        await processes.loader.stop('SIGKILL');
        await processes.startLoader();
        if (random() < 0.5) run.process.kill('SIGKILL');
      } else {
        counts.reader++;
        await readers[Math.floor(random() * readers.length)]!.restart();
        run.process.kill('SIGKILL');
      }
      await run.done;
      say(`kill ${kill + 1} of ${kills}: ${JSON.stringify(counts)}, ${findings.queries} queries`);
    }
    const last = await processes.runBackfill(...flags);
    if (last.code !== 0)
      throw new Error(
        `the last backfill ended with ${last.code}: ${last.stderr}\nloader: ${processes.loader.stdout}${processes.loader.stderr}`,
      );
    const differences = await differencesOf(processes, source, symbols[1], readers[0]!.port);
    stop.abort();
    return { kills: counts, queries: findings.queries, readerErrors: findings.errors, differences };
  } finally {
    stop.abort();
    await processes.stop();
  }
}

/** A reader that is asked all the time, and can be killed and started again. */
class WatchedReader {
  port = 0;
  readonly #processes: HistoryProcesses;
  readonly #name: string;
  readonly #findings: Findings;
  readonly #stop: AbortSignal;

  constructor(processes: HistoryProcesses, name: string, findings: Findings, stop: AbortSignal) {
    this.#processes = processes;
    this.#name = name;
    this.#findings = findings;
    this.#stop = stop;
  }

  async start(): Promise<void> {
    this.port = await this.#processes.startReader(this.#name);
    void watchReader(this.port, this.#stop, this.#findings);
  }

  async restart(): Promise<void> {
    await this.#processes.killReader(this.#name);
    await this.start();
  }
}

async function differencesOf(
  processes: HistoryProcesses,
  source: 'flat' | 'rest',
  symbols: string | undefined,
  port: number,
): Promise<string[]> {
  const differences: string[] = [];
  for (const date of DATES) {
    const query = {
      market: 'stocks',
      table: 'agg1m',
      date,
      source,
      ...(symbols !== undefined && { symbols: symbols.split(',') }),
    };
    const truth = await simulatorProof(processes.httpAddress, query);
    const found = await databaseProof(port, query);
    if (JSON.stringify(truth) !== JSON.stringify(found)) {
      differences.push(`${date}: expected ${JSON.stringify(truth)}, found ${JSON.stringify(found)}`);
    }
  }
  return differences;
}

/** The first symbols that the simulator lists. */
async function symbolsOf(processes: HistoryProcesses, count: number): Promise<string> {
  const answer = await fetch(`${processes.httpAddress}/v3/reference/tickers?market=stocks&limit=${count}`, {
    headers: { authorization: 'Bearer demo' },
  });
  const { results } = (await answer.json()) as { results: { ticker: string }[] };
  return results.map(({ ticker }) => ticker).join(',');
}
