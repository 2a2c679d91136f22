/*
 * Stages flat files of stocks' minute bars at a loader, as a backfill does. Prints rows, the most memory that it held and
 * the processor time that it took.
 *   node dist-bench/scripts/benchmarks/flat-client.js PORT FILE...
 */
import { basename } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { Loader } from '../../src/kdb/loader/loader.ts';
import { flatDatasets } from '../../src/massive/flat/datasets.ts';
import { FlatBars, fileBytes } from '../../src/massive/flat/read-bars.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';

const FILES_AT_ONCE = 2;
const CONNECT_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 600_000;

const [port, ...files] = process.argv.slice(2);
const loader = await Loader.open(
  { host: '127.0.0.1', port: Number(port), user: '', password: '' },
  {
    clock: systemClock,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
    market: 'stocks',
  },
);
const [dataset] = flatDatasets('stocks', 'agg1m');
const calendar = new SessionCalendar('stocks');
const receiveClock = new ReceiveClock(systemClock);
const { signal } = new AbortController();
let rowCount = 0;
let rejectedCount = 0;

// While one file's chunk is inflated, another's is scanned.
await Promise.all(Array.from({ length: FILES_AT_ONCE }, importNext));
loader.close();

async function importNext(): Promise<void> {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const quarantine = { put: () => {} };
    const bars = new FlatBars(fileBytes(file), {
      dataset: dataset!,
      file,
      calendar,
      receiveClock,
      quarantine,
      signal,
    });
    await loader.stage(basename(file), bars);
    rowCount += bars.rowCount;
    rejectedCount += bars.rejectedCount;
  }
}

const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const cpuMs = (userCPUTime + systemCPUTime) / 1000;
process.stdout.write(`${JSON.stringify({ rowCount, rejectedCount, peakBytes: maxRSS * 1024, cpuMs })}\n`);
