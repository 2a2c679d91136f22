/**
 * Runs KX's kdb-tick (github KxSystems/kdb-tick), unmodified, on the embedded q engine with this project's schema and
 * feed, and prints what was checked; exit code 1 where something differs.
 *
 *   npx tsx scripts/kdb-tick-check.ts PATH
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { type Child, cleanEnvironment, massiveKdb } from '../src/cli/demo/child.ts';
import { QueryConnection } from '../src/kdb/connection/query-connection.ts';
import { SESSION_ZONE } from '../src/tables/markets.ts';

const WAIT_LIMIT_MS = 60_000;
const WAIT_STEP_MS = 200;
const ENOUGH_MESSAGES = 6;
const COUNTS = 'tables[`.]!count each value each tables`.';
/** A subscriber of one table and some symbols: its arguments are the port, the table and the symbols. */
const SUBSCRIBER = `
upd:insert
h:hopen "J"$.z.x 0
.[;();:;] . h(\`.u.sub;\`$.z.x 1;\`$2_.z.x)
`;

/** A q process, and a connection to it. */
interface Process {
  readonly child: Child;
  readonly port: number;
  readonly connection: QueryConnection;
}

const checkout = process.argv[2];
if (checkout === undefined) {
  process.stderr.write('kdb-tick-check: give the path of a checkout of KxSystems/kdb-tick.\n');
  process.exit(64);
}
let allGood = true;
for (const timerMs of [0, 100]) await checkMode(checkout, timerMs);
process.exit(allGood ? 0 : 1);

async function checkMode(source: string, timerMs: number): Promise<void> {
  process.stdout.write(timerMs === 0 ? 'zero latency\n' : `batches of ${timerMs} ms\n`);
  const directory = await mkdtemp(join(tmpdir(), 'kdb-tick-'));
  const children: Child[] = [];
  const start = (args: readonly string[], port = 0) => startQ(directory, args, port, children);
  try {
    await cp(source, directory, { recursive: true });
    await cp(new URL('../q/schema.q', import.meta.url), join(directory, 'tick/schema.q'));
    await writeFile(join(directory, 'subscriber.q'), SUBSCRIBER);
    await mkdir(join(directory, 'schema'));
    const timer = timerMs === 0 ? [] : ['-t', String(timerMs)];
    const tickerplantArgs = ['tick.q', 'schema', '.', ...timer];
    let tickerplant = await start(tickerplantArgs);
    const hdb = await start(['schema']);
    const rdbArgs = ['tick/r.q', `:${tickerplant.port}`, `:${hdb.port}`];
    let rdb = await start(rdbArgs);

    const feed = await startFeed(directory, tickerplant.port, children);
    await until('the RDB has rows', async () => Number(await ask(rdb, 'count agg1s')) > 100);
    const symbols = (await ask(rdb, '3#exec distinct sym from agg1s')) as string[];
    const some = await start(['subscriber.q', String(tickerplant.port), 'agg1s', ...symbols]);
    await until('the subscriber has rows', async () => Number(await ask(some, 'count agg1s')) > 3);
    await until(
      'the log has messages',
      async () => Number(await ask(tickerplant, '.u.i')) >= ENOUGH_MESSAGES,
    );
    compare('a subscription by symbol gets these only', await ask(some, 'all agg1s[`sym] in `$2_.z.x'), true);
    await feed.stop();

    const counts = await settled(rdb);
    process.stdout.write(`         ${JSON.stringify(counts)}\n`);
    compare(
      'the log is whole: its messages',
      await ask(tickerplant, '-11!(-2;.u.L)'),
      await ask(tickerplant, '.u.i'),
    );
    const messages = await ask(tickerplant, '.u.i');

    await rdb.child.stop('SIGKILL');
    rdb = await start(rdbArgs);
    compare('counts after kill -9 of the RDB and replay of the log', await ask(rdb, COUNTS), counts);

    await tickerplant.child.stop('SIGKILL');
    tickerplant = await start(tickerplantArgs, tickerplant.port);
    compare('messages after kill -9 of the tickerplant', await ask(tickerplant, '.u.i'), messages);
    await rdb.child.stop('SIGKILL');
    rdb = await start(rdbArgs);
    compare('counts of an RDB of the new tickerplant', await ask(rdb, COUNTS), counts);

    const summary = 'select rows:count i,vol:sum volume,high:max high by sym from agg1s';
    const bySymbol = await ask(rdb, `0!${summary}`);
    const date = await ask(tickerplant, '.u.d');
    await ask(tickerplant, '{.u.endofday[];1b}[]');
    await until(
      'the RDB is empty',
      async () => Number(await ask(rdb, 'sum count each value each tables`.')) === 0,
    );
    await until('the HDB has reloaded', async () => (await ask(hdb, '`agg1s in tables`.')) === true);
    compare('the RDB keeps g# on sym', await ask(rdb, 'attr agg1s`sym'), 'g');
    compare('the date of the partition', await ask(hdb, 'date'), [date]);
    const hdbCounts = 'tables[`.]!{exec count i from x}each tables`.';
    compare('counts in the HDB', await ask(hdb, hdbCounts), counts);
    compare(
      'a query by symbol, as the RDB answered it',
      await ask(hdb, `0!${summary} where date=last date`),
      bySymbol,
    );
    compare('p# on sym', await ask(hdb, 'exec first a from meta[agg1s] where c=`sym'), 'p');
    compare('a new log is begun', await ask(tickerplant, '.u.i'), 0);
  } finally {
    for (const child of children.reverse()) await child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function startQ(
  directory: string,
  args: readonly string[],
  givenPort: number,
  children: Child[],
): Promise<Process> {
  const child = massiveKdb(args[0]!, ['q', ...args, '-p', String(givenPort), '-q'], {
    directory,
    environment: cleanEnvironment({ TZ: SESSION_ZONE.stocks }),
    showErrors: true,
  });
  children.push(child);
  const port = givenPort || Number((await child.nextLine()).split(' ').at(-1));
  return { child, port, connection: await connect(child, port) };
}

async function connect(child: Child, port: number): Promise<QueryConnection> {
  const deadline = systemClock.monotonicMs() + WAIT_LIMIT_MS;
  for (;;) {
    try {
      return await QueryConnection.open(
        { host: '127.0.0.1', port, user: '', password: '' },
        {
          clock: systemClock,
          connectTimeoutMs: WAIT_LIMIT_MS,
          answerTimeoutMs: WAIT_LIMIT_MS,
          maxAnswerBytes: 2 ** 26,
        },
      );
    } catch (error) {
      if (systemClock.monotonicMs() > deadline) throw error;
      await Promise.race([setTimeout(WAIT_STEP_MS), child.watch()]);
    }
  }
}

/** The feed, from a simulated market. */
async function startFeed(directory: string, port: number, children: Child[]): Promise<Child> {
  const options = { directory, environment: cleanEnvironment({ MASSIVE_API_KEY: 'demo' }), showErrors: true };
  const simulator = massiveKdb('simulator', ['simulate', '--json', '--symbols', '300', '--rate', '200'], {
    ...options,
    showErrors: false,
  });
  children.push(simulator);
  const { url } = JSON.parse(await simulator.nextLine()) as { readonly url: string };
  const file = join(directory, 'feed.json');
  const configuration = {
    feeds: [{ market: 'stocks', host: url, channels: ['A', 'AM'], symbols: ['*'] }],
    targets: [{ name: 'tickerplant', port }],
    state: { directory: join(directory, 'state') },
    logging: { level: 'warn' },
  };
  await writeFile(file, JSON.stringify(configuration));
  const feed = massiveKdb('feed', ['start', '--config', file, '--json'], options);
  children.push(feed);
  return feed;
}

/** The value of an expression, as JSON tells it. */
async function ask({ connection }: Process, expression: string): Promise<unknown> {
  const answer = await connection.query(`.j.j ${expression}`);
  if (answer.kind !== 'vector' || answer.type !== 'char') throw new Error(`no text: ${expression}`);
  return JSON.parse(Buffer.from(answer.values).toString());
}

/** The RDB's counts once they no longer change. */
async function settled(rdb: Process): Promise<unknown> {
  let counts = await ask(rdb, COUNTS);
  for (;;) {
    await setTimeout(1000);
    const next = await ask(rdb, COUNTS);
    if (isDeepStrictEqual(next, counts)) return counts;
    counts = next;
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = systemClock.monotonicMs() + WAIT_LIMIT_MS;
  while (!(await holds())) {
    if (systemClock.monotonicMs() > deadline) throw new Error(`waited in vain until ${what}`);
    await setTimeout(WAIT_STEP_MS);
  }
}

function compare(what: string, actual: unknown, expected: unknown): void {
  const good = isDeepStrictEqual(actual, expected);
  allGood &&= good;
  const detail = good
    ? ''
    : `: ${JSON.stringify(actual)?.slice(0, 300)}, expected ${JSON.stringify(expected)?.slice(0, 300)}`;
  process.stdout.write(`${good ? 'equal  ' : 'DIFFERS'}  ${what}${detail}\n`);
}
