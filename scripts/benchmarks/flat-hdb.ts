import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { DEFAULT_MAX_ANSWER_BYTES, QueryConnection } from '../../src/kdb/connection/query-connection.ts';
import { Loader } from '../../src/kdb/loader/loader.ts';
import { flatDatasets } from '../../src/massive/flat/datasets.ts';
import { FlatBars, fileBytes } from '../../src/massive/flat/read-bars.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import { minuteFiles } from './flat-files.ts';
import { QProcess } from './q-process.ts';
import type { Benchmark } from './row.ts';

const DAYS = 5;
const FILES_AT_ONCE = 2;
const CONNECT_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 1_800_000;

/** The same files to rows that a reader of the database finds, with loader and reader on the embedded engine. */
export const flatDatabase: Benchmark = {
  name: 'flat-hdb',
  async run() {
    const files = await minuteFiles(DAYS);
    const root = mkdtempSync(join(tmpdir(), 'bench-hdb-'));
    const processes: QProcess[] = [];
    try {
      const loader = await QProcess.start('feed.q', '-root', root, '-market', 'stocks', '-grace', '0');
      processes.push(loader);
      const reader = await QProcess.start(
        'hdb.q',
        '-root',
        root,
        '-loader',
        `:${loader.port}`,
        '-name',
        'reader',
      );
      processes.push(reader);
      const { rowCount, countedRows, stagedMs, mergedMs, answeredMs } = await importFiles(
        files,
        loader.port,
        reader.port,
      );
      const seconds = answeredMs / 1000;
      return [
        {
          name: `${DAYS} days of minute bars, from disk to an answer of a reader that counts them all, on the embedded engine`,
          ours: seconds,
          other: null,
          ratio: null,
          goal: 'the reader counts every row',
          met: countedRows === BigInt(rowCount),
          unit: 's',
          note: `${rowCount} rows, ${Math.round(rowCount / seconds)} a second; staged after ${shown(stagedMs)}, merged and published after ${shown(mergedMs)}, answered after ${shown(answeredMs)}; load ${loadavg()[0]!.toFixed(1)}`,
        },
      ];
    } finally {
      for (const process of processes) await process.stop();
      rmSync(root, { recursive: true });
    }
  },
};

interface ImportRun {
  readonly rowCount: number;
  /** What the reader answers. */
  readonly countedRows: bigint;
  /** Since the start: all rows staged, all merged and published, all counted by the reader. */
  readonly stagedMs: number;
  readonly mergedMs: number;
  readonly answeredMs: number;
}

async function importFiles(
  files: readonly string[],
  loaderPort: number,
  readerPort: number,
): Promise<ImportRun> {
  const limits = {
    clock: systemClock,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  };
  const target = { host: '127.0.0.1', user: '', password: '' };
  const startedMs = performance.now();
  const sinceStart = () => performance.now() - startedMs;
  const loader = await Loader.open({ ...target, port: loaderPort }, { ...limits, market: 'stocks' });
  const reader = await QueryConnection.open(
    { ...target, port: readerPort },
    { ...limits, maxAnswerBytes: DEFAULT_MAX_ANSWER_BYTES },
  );
  try {
    const rowCount = await stage(loader, files);
    const stagedMs = sinceStart();
    await loader.merge('agg1m');
    const mergedMs = sinceStart();
    const answer = await reader.query('exec count i from agg1m');
    const answeredMs = sinceStart();
    if (answer.kind !== 'atom' || typeof answer.value !== 'bigint')
      throw new Error('the reader answers no count');
    return { rowCount, countedRows: answer.value, stagedMs, mergedMs, answeredMs };
  } finally {
    loader.close();
    reader.close();
  }
}

/** Stages the files as a backfill does, some at a time. */
async function stage(loader: Loader, files: readonly string[]): Promise<number> {
  const [dataset] = flatDatasets('stocks', 'agg1m');
  const calendar = new SessionCalendar('stocks');
  const receiveClock = new ReceiveClock(systemClock);
  const { signal } = new AbortController();
  const left = [...files];
  let rowCount = 0;
  const stageNext = async () => {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const quarantine = { put: () => {} };
      const options = { dataset: dataset!, file, calendar, receiveClock, quarantine, signal };
      const bars = new FlatBars(fileBytes(file), options);
      await loader.stage(basename(file), bars);
      rowCount += bars.rowCount;
    }
  };
  await Promise.all(Array.from({ length: FILES_AT_ONCE }, stageNext));
  return rowCount;
}

function shown(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
