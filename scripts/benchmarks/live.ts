import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Child, cleanEnvironment } from '../../src/cli/demo/child.ts';
import { SimulatorControl, type SimulatorTruth } from '../../src/cli/demo/simulator-control.ts';
import type { ProcessHealth } from '../../src/ops/process-health.ts';
import type { FeedSummary } from '../../src/realtime/summary.ts';
import { dateDaysOf } from '../../src/tables/epoch.ts';

/** Noon of a trading day, so that no run crosses a date. */
const DATE = '2026-10-02';
const MARKET_START = `${DATE}T16:00:00Z`;
const WARM_UP_MS = 6_000;
const SETTLE_MS = 3_000;
const CLOCK_TICK_MS = 10;

export interface LiveOptions {
  readonly eventsPerSecond: number;
  readonly durationMs: number;
  /** What takes the stream: the feed, or ws and JSON.parse alone. */
  readonly client: 'feed' | 'ws-parse';
}

/** What one run measured after its warm-up. */
export interface LiveRun {
  readonly events: number;
  readonly elapsedMs: number;
  readonly clientCpuMs: number;
  readonly simulatorCpuMs: number;
  /** Resident memory of the client, one reading a second. */
  readonly residentBytes: readonly number[];
  /** The feed only: what was sent and what it acknowledged, in the whole run. */
  readonly sent: number;
  readonly delivered: number;
  readonly health: ProcessHealth | undefined;
}

/** Runs the simulator at a rate of whole-market bars against a client, each a process of its own. */
export async function runLive({ eventsPerSecond, durationMs, client }: LiveOptions): Promise<LiveRun> {
  const directory = await mkdtemp(join(tmpdir(), 'massive-kdb-bench-'));
  const children: Child[] = [];
  try {
    const simulator = simulate(eventsPerSecond, directory);
    children.push(simulator);
    const { url } = JSON.parse(await simulator.nextLine()) as { readonly url: string };
    const control = new SimulatorControl(url);
    const subject =
      client === 'feed' ? await startFeed(url, directory, children) : startParser(url, directory);
    children.push(subject);

    await setTimeout(WARM_UP_MS);
    const before = {
      cpuMs: cpuMs(subject),
      simulatorMs: cpuMs(simulator),
      sent: sentRows(await control.truth()),
    };
    const startedMs = performance.now();
    const residentBytes: number[] = [];
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs += 1000) {
      await setTimeout(1000);
      residentBytes.push(residentOf(subject));
    }
    const after = {
      cpuMs: cpuMs(subject),
      simulatorMs: cpuMs(simulator),
      sent: sentRows(await control.truth()),
    };
    const elapsedMs = performance.now() - startedMs;
    await control.pause();
    await setTimeout(SETTLE_MS);
    const sent = sentRows(await control.truth());
    await subject.stop();
    const exit = JSON.parse(await subject.lastLine()) as Partial<FeedExit>;
    return {
      events: after.sent - before.sent,
      elapsedMs,
      clientCpuMs: after.cpuMs - before.cpuMs,
      simulatorCpuMs: after.simulatorMs - before.simulatorMs,
      residentBytes,
      sent,
      delivered: deliveredRows(exit),
      health: exit.process,
    };
  } finally {
    for (const child of children.reverse()) await child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

interface FeedExit {
  readonly feeds: readonly FeedSummary[];
  readonly process: ProcessHealth;
}

const SYMBOLS = 12_000;

function simulate(eventsPerSecond: number, directory: string): Child {
  // A symbol has at most one second bar a second: beyond that, market time has to run faster.
  const speed = Math.max(1, Math.ceil((eventsPerSecond / SYMBOLS) * 1.25));
  return node('simulator', directory, {}, [
    builtMain(),
    'simulate',
    '--json',
    ...['--symbols', String(SYMBOLS), '--rate', String(eventsPerSecond), '--speed', String(speed)],
    ...['--at', MARKET_START],
  ]);
}

async function startFeed(url: string, directory: string, children: Child[]): Promise<Child> {
  const sink = node('sink', directory, {}, beside('ack-sink', String(dateDaysOf(DATE))));
  children.push(sink);
  const { port } = JSON.parse(await sink.nextLine()) as { readonly port: number };
  const file = join(directory, 'feed.json');
  await writeFile(
    file,
    JSON.stringify({
      feeds: [{ market: 'stocks', host: url, channels: ['A', 'AM'] }],
      targets: [{ name: 'sink', port }],
      state: { directory: join(directory, 'state') },
    }),
  );
  return node('feed', directory, { MASSIVE_API_KEY: 'demo' }, [
    builtMain(),
    'start',
    '--config',
    file,
    '--json',
  ]);
}

function startParser(url: string, directory: string): Child {
  return node('ws-parse', directory, {}, beside('ws-parse', `${url}/stocks`));
}

function node(name: string, directory: string, environment: Record<string, string>, args: string[]): Child {
  return new Child({
    name,
    command: process.execPath,
    arguments: args,
    directory,
    environment: cleanEnvironment(environment),
    showErrors: false,
  });
}

/** Another program of this folder. */
function beside(script: string, ...args: string[]): string[] {
  return [fileURLToPath(new URL(`${script}.js`, import.meta.url)), ...args];
}

/** The program as it is installed; benchmarks run in the project's root. */
function builtMain(): string {
  return resolve('dist/cli/main.js');
}

function sentRows(truth: SimulatorTruth): number {
  return Object.values(truth).reduce((sum, { sent }) => sum + sent, 0);
}

/** Bars only: the feed reports on itself in tables of its own. */
function deliveredRows({ feeds = [] }: Partial<FeedExit>): number {
  return feeds
    .flatMap(feed => feed.targets)
    .flatMap(({ deliveredRows: rows }) => [rows['agg1s'] ?? 0, rows['agg1m'] ?? 0])
    .reduce((sum, rows) => sum + rows, 0);
}

/** CPU of a process since its start, user and system (Linux). */
function cpuMs({ process: { pid } }: Child): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}

function residentOf({ process: { pid } }: Child): number {
  const kib = /^VmRSS:\s+(?<kib>\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kib'];
  return Number(kib) * 1024;
}
