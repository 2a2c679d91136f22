/**
 * Replays hours of a market faster than they pass, against a whole live feed on this machine. See scripts/market-day.
 */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isClean } from './compare.ts';
import { FastClock } from './market-day/fast-clock.ts';
import { type MarketDay, readOptions } from './market-day/options.ts';
import { replay } from './market-day/replay.ts';
import type { DayResult } from './market-day/run.ts';

async function main(): Promise<number> {
  const given = readOptions(process.argv.slice(2));
  if (typeof given === 'string') {
    console.log(given);
    return process.argv.includes('--help') ? 0 : 64;
  }
  if (!FastClock.isInstalled()) {
    console.log('skipped: faketime is not installed, and clocks cannot be made to run faster');
    return 0;
  }
  const { day, keep } = given;
  const name = `${day.market}-${new Date(day.fromMs).toISOString().slice(0, 10)}-${process.pid}`;
  const directory = resolve(keep ?? join(tmpdir(), 'massive-kdb-market-day', name));
  const result = await replay(day, directory);
  const { problems } = result;
  console.log(lineOf(day, result));
  for (const problem of problems) console.log(`  ${problem}`);
  if (problems.length > 0 || !isClean(result.verdict)) {
    console.log(`  kept in ${directory}`);
    return 1;
  }
  if (keep === undefined) rmSync(directory, { recursive: true });
  return 0;
}

function lineOf({ market, speed, seed }: MarketDay, result: DayResult): string {
  const { fromMs, untilMs, rolls, verdict, rows, gaps, queries, unanswered, memory, problems } = result;
  const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
  return [
    `${problems.length === 0 && isClean(verdict) ? 'ok  ' : 'FAIL'} ${market} ${at(fromMs)} to ${at(untilMs)} x${speed} seed ${seed}`,
    `bars ${verdict.bars}, rows ${rows}, lost ${verdict.lost}, wrong ${verdict.wrong}, doubled ${verdict.doubled}, repeated ${verdict.repeated}, uncovered ${verdict.uncovered}, invented ${verdict.invented}, misfiled ${verdict.misfiled}`,
    `rolls ${rolls.map(({ atMs }) => at(atMs)).join(' ') || 'none'}`,
    `gaps ${gaps.length}`,
    `queries ${queries}, ${unanswered} unanswered`,
    `memory of the daemon ${memory}`,
  ].join('; ');
}

process.exit(await main());
