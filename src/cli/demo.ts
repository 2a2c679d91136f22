import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { firstAborted } from '../base/abort.ts';
import { systemClock } from '../base/clock.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { QueryConnection } from '../kdb/connection/query-connection.ts';
import { checkOptions, DEFAULT_OPTIONS, defaultRate } from '../simulator/options.ts';
import { SESSION_ZONE } from '../tables/markets.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';
import { type Child, cleanEnvironment, massiveKdb } from './demo/child.ts';
import { type DemoSummary, type FeedExit, summarize, summaryText, total } from './demo/outcome.ts';
import { feedPage } from './demo/page.ts';
import { type QProcesses, startQProcesses } from './demo/q-processes.ts';
import { introduction, showLatest } from './demo/screen.ts';
import { SimulatorControl } from './demo/simulator-control.ts';
import { countRows, readContent, type TableContent } from './demo/tables.ts';
import { durationOf } from './duration.ts';

const TABLES = ['agg1s', 'agg1m'] as const;
const KEY = 'demo';
const STATE = 'state';
const SHOW_EVERY_MS = 3_000;
/** How long bars that were sent may take to reach the tickerplant when nothing more is sent. */
const SETTLE_LIMIT_MS = 30_000;
const SETTLE_CHECK_MS = 200;

/** `massive-kdb demo` */
export const demo = defineCommand({
  arguments: {},
  flags: {
    for: {
      type: 'string',
      requiresArg: true,
      describe: 'how long, such as 15s or 2m; until Ctrl-C without it',
    },
    json: {
      type: 'boolean',
      default: false,
      describe: 'print the summary as one JSON object on the last line',
    },
    symbols: { type: 'number', default: 500, describe: 'stocks to simulate; 12000 is the whole market' },
    rate: { type: 'number', describe: 'bars per second; else as many as is natural for the symbols' },
    seed: { type: 'number', default: 1, describe: 'the same seed, the same market' },
  },
  examples: [
    ['demo', 'Bars arrive in q tables until Ctrl-C'],
    ['demo --for 15s --json', 'End by itself, and prove that nothing was lost'],
    ['demo --symbols 12000 --rate 20000', 'The whole market, busy'],
  ],
  endings: {
    [ExitCode.failed]: 'the tickerplant does not hold what was sent, or a process of the demo ended',
  },
  async run(given, context) {
    const durationMs = given.for === undefined ? undefined : durationOf(given.for);
    checkSimulation(given);
    const directory = await mkdtemp(join(tmpdir(), 'massive-kdb-demo-'));
    const children: Child[] = [];
    // Where this process ends at once, as when the reader of its output has left.
    const atExit = () => {
      for (const child of children) child.process.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
    };
    process.once('exit', atExit);
    try {
      const simulator = startSimulator(given, directory);
      children.push(simulator);
      const q = await startQProcesses(directory, SESSION_ZONE.stocks, context.stop);
      children.push(...q.children);
      const { url, httpUrl } = JSON.parse(await simulator.nextLine()) as SimulatorAddresses;
      const feed = await startFeed({ url, httpUrl }, q.tickerplantPort, directory);
      children.push(feed);
      const page = await feedPage(join(directory, STATE), feed, context.stop);
      context.stop.throwIfAborted();

      context.stdout.write(introduction(q, url, given.symbols, page));
      await watch(q, children, durationMs, context);
      const summary = await finish(new SimulatorControl(url), feed, q, context.stop);
      context.stdout.write(summaryText(summary));
      if (given.json) context.stdout.write(`${JSON.stringify(summary)}\n`);
      return summary.complete ? ExitCode.ok : ExitCode.failed;
    } finally {
      for (const child of children.reverse()) await child.stop();
      await rm(directory, { recursive: true, force: true });
      process.removeListener('exit', atExit);
    }
  },
});

interface SimulatorAddresses {
  readonly url: string;
  readonly httpUrl: string;
}

interface SimulatorFlags {
  readonly symbols: number;
  readonly rate: number | undefined;
  readonly seed: number;
}

/** @throws SimulatorOptionError before anything is started */
function checkSimulation({ symbols, seed, rate = defaultRate(symbols, 1) }: SimulatorFlags): void {
  checkOptions({ ...DEFAULT_OPTIONS, symbols, seed, rate });
}

function startSimulator({ symbols, rate, seed }: SimulatorFlags, directory: string): Child {
  const args = ['simulate', '--json', '--symbols', String(symbols), '--seed', String(seed)];
  if (rate !== undefined) args.push('--rate', String(rate));
  // Its files go with those of the demo.
  const environment = cleanEnvironment({ TMPDIR: directory });
  return massiveKdb('simulator', args, { directory, environment, showErrors: false });
}

/** Starts the feed with a file of its own, so that no configuration of this machine has a say. */
async function startFeed(
  { url, httpUrl }: SimulatorAddresses,
  tickerplantPort: number,
  directory: string,
): Promise<Child> {
  const file = join(directory, 'demo.json');
  // JSON is YAML.
  await writeFile(
    file,
    JSON.stringify({
      feeds: [{ market: 'stocks', host: url, channels: ['A', 'AM'], symbols: ['*'] }],
      targets: [{ name: 'tickerplant', port: tickerplantPort }],
      history: { rest: { address: httpUrl, tier: 'paid' } },
      state: { directory: join(directory, STATE) },
      status: { port: 0 },
      logging: { level: 'warn' },
    }),
  );
  const environment = cleanEnvironment({ MASSIVE_API_KEY: KEY });
  return massiveKdb('feed', ['start', '--config', file, '--json'], {
    directory,
    environment,
    showErrors: true,
  });
}

/** Shows the latest bars until the time is over, or Ctrl-C. @throws DemoProcessError when a process ends by itself */
async function watch(
  { connection }: QProcesses,
  children: readonly Child[],
  durationMs: number | undefined,
  { stdout, stop }: CommandContext,
): Promise<void> {
  const timeUp = new AbortController();
  const timer = durationMs === undefined ? undefined : systemClock.after(durationMs, () => timeUp.abort());
  const over = firstAborted(stop, timeUp.signal);
  const ended = Promise.race(children.map(child => child.watch()));
  // The processes also end when the demo is over.
  ended.catch(() => undefined);
  while (!over.aborted) {
    await Promise.race([pause(SHOW_EVERY_MS, over), ended]);
    if (!over.aborted) stdout.write(await showLatest(connection));
  }
  timer?.cancel();
}

/** Lets what was sent arrive, stops the feed, and compares. */
async function finish(
  simulator: SimulatorControl,
  feed: Child,
  { connection }: QProcesses,
  stop: AbortSignal,
): Promise<DemoSummary> {
  await simulator.pause();
  const truth = await simulator.truth();
  await settled(
    connection,
    total(truth, ({ sent }) => sent),
  );
  await feed.stop();
  if ((await feed.ended) === 'SIGTERM') {
    // It had not come to where it heeds signals.
    stop.throwIfAborted();
    throw new UsageError('--for was over before the feed had begun', 'Give it a few seconds.');
  }
  const exit = JSON.parse(await feed.lastLine()) as FeedExit;
  const content: Record<string, TableContent> = {};
  for (const table of TABLES) content[table] = await readContent(connection, table);
  return summarize(truth, exit, content);
}

/** Waits until the RDB has as many rows as were sent, or has had the time for them. */
async function settled(connection: QueryConnection, sent: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < SETTLE_LIMIT_MS; waitedMs += SETTLE_CHECK_MS) {
    let rows = 0;
    for (const table of TABLES) rows += await countRows(connection, table);
    if (rows >= sent) return;
    await pause(SETTLE_CHECK_MS);
  }
}

function pause(ms: number, stop?: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal: stop }).catch(() => undefined);
}
