/**
 * Runs seeded faults against a whole live feed on this machine, and compares bar by bar what its tables have with what
 * the simulator sent. See scripts/chaos.
 */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { clockLibrary } from './clocks.ts';
import { hashOf } from './plan.ts';
import { type RunResult, runPlan } from './run.ts';
import { drawPlan } from './schedule.ts';

const USAGE = `scripts/chaos [--runs N] [--seed S] [--seconds 20] [--parallel P] [--run K] [--keep DIR] [--plan]
  --runs      how many runs; run K has seed S + K - 1 (default 1)
  --seed      of the first run (default 1)
  --seconds   of faults in each run (default 20)
  --parallel  runs at a time, each with its own processes (default 1)
  --run       only this one of the runs
  --keep      keeps the directory of every run in DIR; those of runs that fail are kept in any case
  --plan      prints the schedules and runs nothing`;

const KEPT_AT = join(tmpdir(), 'massive-kdb-chaos');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '1' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '20' },
      parallel: { type: 'string', default: '1' },
      run: { type: 'string' },
      keep: { type: 'string' },
      plan: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [runs, seed, seconds, parallel] = (['runs', 'seed', 'seconds', 'parallel'] as const).map(name =>
    wholeNumber(name, values[name]),
  ) as [number, number, number, number];
  const clocks = clockLibrary() !== undefined;
  if (!clocks) console.log('libfaketime is not installed: no run touches a clock');
  const all = Array.from({ length: runs }, (_, index) => seed + index);
  const seeds =
    values.run === undefined ? all : all.slice(wholeNumber('run', values.run) - 1, Number(values.run));
  const plans = seeds.map(each => drawPlan({ seed: each, seconds, clocks }));
  if (values.plan) {
    for (const plan of plans) console.log(JSON.stringify({ schedule: hashOf(plan), ...plan }));
    return 0;
  }
  const directory = resolve(values.keep ?? KEPT_AT);
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `runs-${new Date().toISOString().replaceAll(':', '')}.ndjson`);
  writeFileSync(file, '');
  const results: RunResult[] = [];
  const waiting = [...plans];
  const work = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan; plan = waiting.shift()) {
      const place = join(directory, `seed-${plan.seed}-${process.pid}`);
      const result = await runPlan(plan, place);
      results.push(result);
      appendFileSync(file, `${JSON.stringify(result)}\n`);
      console.log(lineOf(result));
      if (!result.clean) tellFailure(result, place, seconds);
      else if (values.keep === undefined) rmSync(place, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  console.log(summaryOf(results));
  console.log(`all results: ${file}`);
  return results.every(({ clean }) => clean) ? 0 : 1;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`scripts/chaos: --${name} is not a whole number above 0: '${text}'\n${USAGE}`);
  process.exit(64);
}

function lineOf(result: RunResult): string {
  const { seed, schedule, profile, faults, verdict, rows, gaps, ownEnds, settleMs, durationMs } = result;
  const found = verdict
    ? `bars ${verdict.bars}, rows ${rows}, lost ${verdict.lost}, wrong ${verdict.wrong}, doubled ${verdict.doubled}, ` +
      `repeated ${verdict.repeated}, uncovered ${verdict.uncovered}, unstored ${verdict.unstored}, ` +
      `invented ${verdict.invented}, ` +
      `misfiled ${verdict.misfiled}, excused ${verdict.excused}`
    : 'not judged';
  const ends = ownEnds.map(({ process, code }) => `${process} ${code}`).join(' ');
  return (
    `${result.clean ? 'ok  ' : 'FAIL'} seed ${seed} schedule ${schedule} ${profile} [${faults.join(' ')}] ${found}, ` +
    `gaps ${gaps.length}${ends === '' ? '' : `, ended by themselves: ${ends}`}, ` +
    `settled in ${seconds(settleMs)}, ${seconds(durationMs)}`
  );
}

function tellFailure({ seed, trouble, verdict }: RunResult, place: string, length: number): void {
  if (trouble !== undefined) console.log(`     ${trouble}`);
  for (const example of verdict?.examples ?? []) console.log(`     ${example}`);
  console.log(`     kept in ${place}; again: scripts/chaos --seed ${seed} --seconds ${length}`);
}

function summaryOf(results: readonly RunResult[]): string {
  const sum = (
    name:
      | 'bars'
      | 'lost'
      | 'wrong'
      | 'doubled'
      | 'repeated'
      | 'uncovered'
      | 'unstored'
      | 'invented'
      | 'misfiled'
      | 'excused',
  ) => results.reduce((total, { verdict }) => total + (verdict?.[name] ?? 0), 0);
  const failed = results.filter(({ clean }) => !clean).map(({ seed }) => seed);
  const faults = results.reduce((total, { faults: each }) => total + each.length, 0);
  return (
    `${results.length} runs, ${faults} faults, ${sum('bars')} bars: lost ${sum('lost')}, wrong ${sum('wrong')}, ` +
    `doubled ${sum('doubled')}, repeated ${sum('repeated')}, uncovered ${sum('uncovered')}, unstored ${sum('unstored')}, ` +
    `invented ${sum('invented')}, misfiled ${sum('misfiled')}; excused by gaps ${sum('excused')}; ` +
    (failed.length === 0 ? 'all clean' : `failed seeds ${failed.join(' ')}`)
  );
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

process.exit(await main());
