import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { longMinuteFile, minuteFiles } from './flat-files.ts';
import { type Benchmark, type Figure, ratioFigure } from './row.ts';

const DAYS = 5;
const ROUNDS = 3;
const LONG_FILE_DAYS = 10;
const MOST_PEAK_MIB = 300;

/** Seven columns of eight bytes: each row that arrives has at least these. */
const LEAST_ROW_BYTES = 56;

/** Starts a command and prints the processor time that it took, user and system, in seconds. */
const TIMED = 'TIMEFORMAT="%U %S"; time "$@"';

/** A process, from its start to its end. */
interface ProcessRun {
  readonly elapsedMs: number;
  /** Processor time of all of its threads. */
  readonly cpuMs: number;
}

/** What the client printed, and the sink beside it. */
interface ClientRun extends ProcessRun {
  readonly rowCount: number;
  readonly rejectedCount: number;
  readonly peakBytes: number;
  readonly takenBytes: number;
  readonly sinkCpuMs: number;
}

/** Days of the whole market from disk to a sink that acknowledges, beside inflating the same files alone. */
export const flatImport: Benchmark = {
  name: 'flat-import',
  async run() {
    const files = await minuteFiles(DAYS);
    const ours: ClientRun[] = [];
    const gzip: ProcessRun[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      gzip.push(await inflate(files));
      ours.push(await importFiles(files));
    }
    const [{ rowCount, takenBytes }] = ours as [ClientRun];
    return [
      ratioFigure(
        `${DAYS} days of minute bars, from disk to a sink that acknowledges, against gzip -dc of those files`,
        {
          ours: Math.min(...ours.map(({ elapsedMs }) => elapsedMs)),
          other: Math.min(...gzip.map(({ elapsedMs }) => elapsedMs)),
          unit: 'ms',
        },
        1.0,
        `${rowCount} rows in ${Math.round(takenBytes / 2 ** 20)} MiB of messages, two files at once; client, its threads and the sink share the processors; fastest of ${ROUNDS} rounds each: ours ${shown(ours)}, gzip ${shown(gzip)}; sink ${seconds(ours.map(({ sinkCpuMs }) => sinkCpuMs))} of processor; load ${loadavg()[0]!.toFixed(1)}`,
      ),
    ];
  },
};

/** Whether memory depends on the size of a file. */
export const flatMemory: Benchmark = {
  name: 'flat-memory',
  async run(): Promise<readonly Figure[]> {
    const [file] = await minuteFiles(1);
    const longFile = await longMinuteFile(LONG_FILE_DAYS);
    const one = await highestPeak(file!);
    const ten = await highestPeak(longFile);
    const peakMib = Math.max(one.peakBytes, ten.peakBytes) / 2 ** 20;
    return [
      ratioFigure(
        `Peak memory for a file ${LONG_FILE_DAYS} times as large, against one file`,
        { ours: ten.peakBytes / 2 ** 20, other: one.peakBytes / 2 ** 20, unit: 'MiB' },
        1.1,
        `${ten.rowCount} rows against ${one.rowCount}; the highest of ${ROUNDS} rounds each: when garbage is collected differs by 25 MiB`,
      ),
      {
        name: 'Peak memory of either',
        ours: peakMib,
        other: null,
        ratio: null,
        goal: `< ${MOST_PEAK_MIB}`,
        met: peakMib < MOST_PEAK_MIB,
        unit: 'MiB',
      },
    ];
  },
};

async function highestPeak(file: string): Promise<ClientRun> {
  let highest = await importFiles([file]);
  for (let round = 1; round < ROUNDS; round++) {
    const run = await importFiles([file]);
    if (run.peakBytes > highest.peakBytes) highest = run;
  }
  return highest;
}

async function inflate(files: readonly string[]): Promise<ProcessRun> {
  const startedMs = performance.now();
  const gzip = spawn('bash', ['-c', TIMED, 'bash', 'gzip', '-dc', ...files], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [printed] = await Promise.all([text(gzip.stderr), succeeded(gzip, 'gzip')]);
  const elapsedMs = performance.now() - startedMs;
  const [user, system] = printed.trim().split(' ').map(Number);
  return { elapsedMs, cpuMs: (user! + system!) * 1000 };
}

/** Runs the client as a process of its own, its start included, and checks that the sink has taken what it sent. */
async function importFiles(files: readonly string[]): Promise<ClientRun> {
  const sink = node('flat-sink');
  const sinkLines = createInterface({ input: sink.stdout! })[Symbol.asyncIterator]();
  try {
    const { port } = JSON.parse((await sinkLines.next()).value);
    const startedMs = performance.now();
    const client = node('flat-client', String(port), ...files);
    const clientLines = createInterface({ input: client.stdout! })[Symbol.asyncIterator]();
    const ended = succeeded(client, 'the client');
    const printed = JSON.parse((await clientLines.next()).value ?? '{}');
    await ended;
    const elapsedMs = performance.now() - startedMs;
    sink.kill('SIGTERM');
    const taken = JSON.parse((await sinkLines.next()).value);
    if (taken.bytes < printed.rowCount * LEAST_ROW_BYTES || printed.rejectedCount !== 0) {
      throw new Error(`sent ${JSON.stringify(printed)}, taken ${JSON.stringify(taken)}`);
    }
    return { ...printed, elapsedMs, takenBytes: taken.bytes, sinkCpuMs: taken.cpuMs };
  } finally {
    sink.kill('SIGKILL');
  }
}

function node(script: string, ...args: string[]): ChildProcess {
  const path = fileURLToPath(new URL(`./${script}.js`, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function succeeded(child: ChildProcess, name: string): Promise<void> {
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

function shown(runs: readonly ProcessRun[]): string {
  const walls = seconds(runs.map(({ elapsedMs }) => elapsedMs));
  return `${walls} (of processor ${seconds(runs.map(({ cpuMs }) => cpuMs))})`;
}

function seconds(milliseconds: readonly number[]): string {
  return milliseconds.map(ms => `${(ms / 1000).toFixed(2)} s`).join(', ');
}
