/** A loader that is killed in the middle of its work, again and again, and what its database holds then. */
import { type FSWatcher, watch } from 'node:fs';
import type { Random } from '../../src/base/random.ts';
import type { Loader } from '../../src/kdb/loader/loader.ts';
import {
  type BarVersion,
  barsIn,
  blocksOf,
  OPENING_DATE,
  OPENING_NS,
  randomVersions,
  truthOf,
  valueLines,
} from './bar-versions.ts';
import { LoaderProcess } from './loader-process.ts';

const NS_PER_DAY = 86_400_000_000_000n;
const DATES = [OPENING_DATE, OPENING_DATE + 1];

/** Changes in the directory of a database that staging and merging a unit makes, about. */
const MOST_CHANGES = 360;

interface Work {
  readonly unit: string;
  readonly versions: readonly BarVersion[];
}

export interface CrashOutcome {
  readonly kills: number;
  /** Times that a kill left the state before its work, and that after it. */
  readonly before: number;
  readonly after: number;
}

/** Units of two dates each, received one after the other. */
function workOf(random: Random, count: number): Work[] {
  return Array.from({ length: count }, (_, part) => {
    const sample = { symbols: 6, minutes: 5, rows: 40, recvFrom: part * 100, recvUntil: part * 100 + 60 };
    const days = DATES.map((_, day) =>
      randomVersions(random, { ...sample, opening: OPENING_NS + BigInt(day) * NS_PER_DAY }),
    );
    return { unit: `unit${part}`, versions: days.flat() };
  });
}

/**
 * Runs units through a loader at `root` that is killed (kill -9) in the midst of each, at the change in its directory
 * whose number comes from `random`; then starts it again and goes on as the feed does. Throws where the database is
 * neither that before the unit nor that after it, or in the end not the truth.
 */
export async function crashLoader(root: string, random: Random, kills: number): Promise<CrashOutcome> {
  const outcome = { kills: 0, before: 0, after: 0 };
  const done: BarVersion[] = [];
  for (const work of workOf(random, kills)) {
    const states = [done, [...done, ...work.versions]].map(versions =>
      valueLines(truthOf(versions).bars).join('\n'),
    );
    outcome.kills += (await killDuring(root, work, 1 + Math.floor(random() * MOST_CHANGES))) ? 1 : 0;
    const loader = new LoaderProcess(root, ['-grace', '0']);
    try {
      const found = await stateOf(loader);
      if (found !== states[0] && found !== states[1])
        throw new Error(`after ${work.unit}: neither old nor new`);
      outcome[found === states[1] ? 'after' : 'before']++;
      const client = await loader.client();
      await resume(client, work);
      client.close();
      if ((await stateOf(loader)) !== states[1]) throw new Error(`${work.unit} resumed: not the truth`);
      await expectNoLeftovers(loader);
    } finally {
      await loader.stop('SIGKILL');
    }
    done.push(...work.versions);
  }
  return outcome;
}

/** Whether it was killed before the work was done. */
async function killDuring(root: string, work: Work, atChange: number): Promise<boolean> {
  const loader = new LoaderProcess(root, ['-grace', '0']);
  const client = await loader.client();
  let changes = 0;
  const watcher: FSWatcher = watch(root, { recursive: true }, () => {
    if (++changes === atChange) loader.process.kill('SIGKILL');
  });
  watcher.on('error', () => {});
  try {
    await stage(client, work);
    await client.merge('agg1m', DATES);
    return false;
  } catch {
    return true;
  } finally {
    watcher.close();
    client.close();
    await loader.stop('SIGKILL');
  }
}

async function stage(client: Loader, { unit, versions }: Work): Promise<void> {
  const dayOf = ({ start }: BarVersion) => Number((start - OPENING_NS) / NS_PER_DAY);
  async function* blocks() {
    for (const [day, date] of DATES.entries())
      yield* blocksOf(
        versions.filter(version => dayOf(version) === day),
        date,
      );
  }
  await client.stage(unit, blocks());
}

/** As the feed does: what waits is merged, what does not wait is staged again, unless it has been published. */
async function resume(client: Loader, work: Work): Promise<void> {
  const waiting = await client.waiting();
  if (!waiting.some(({ unit }) => unit === work.unit)) await stage(client, work);
  await client.merge('agg1m', DATES);
}

async function stateOf(loader: LoaderProcess): Promise<string> {
  const rows =
    'raze {update value sym,value mkt,value src from .part.read[`agg1m;.store.path[`agg1m;x]]} each 2024.01.02 2024.01.03';
  return valueLines(barsIn(await loader.ask(rows))).join('\n');
}

/** What no generation refers to and nothing will remove. */
async function expectNoLeftovers(loader: LoaderProcess): Promise<void> {
  await loader.ask('.store.collect[]');
  const found = await loader.literal('(raze .gen.found each .gen.folders[]) except .gen.needs .gen.current');
  if (found !== '()') throw new Error(`left behind: ${found}`);
}
