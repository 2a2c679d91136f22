import { cpus, totalmem } from 'node:os';
import { engineRows } from './engine-rows.ts';
import { flatDatabase } from './flat-hdb.ts';
import { flatImport, flatMemory } from './flat-rows.ts';
import { liveCost, liveMinute, liveScale } from './live-rows.ts';
import type { Benchmark, Figure } from './row.ts';
import { scanAgainstOfficialClient, scanAgainstParse } from './scan-rows.ts';

const BENCHMARKS: readonly Benchmark[] = [
  scanAgainstParse,
  scanAgainstOfficialClient,
  liveCost,
  liveScale,
  liveMinute,
  engineRows,
  flatImport,
  flatDatabase,
  flatMemory,
];

const only = flagValue('--only');
const json = process.argv.includes('--json');
const chosen = BENCHMARKS.filter(({ name }) => only === undefined || name.startsWith(only));
if (chosen.length === 0) {
  const names = BENCHMARKS.map(({ name }) => name).join(', ');
  process.stderr.write(`scripts/bench: nothing is called '${only}'; there are ${names}.\n`);
  process.exit(64);
}

if (!json) process.stdout.write(`${machine()}\n\n`);
let allMet = true;
for (const benchmark of chosen) {
  process.stderr.write(`${benchmark.name} ...\n`);
  for (const figure of await benchmark.run()) {
    allMet &&= figure.met;
    process.stdout.write(`${json ? JSON.stringify(figure) : textOf(figure)}\n`);
  }
}
process.exit(allMet ? 0 : 1);

function machine(): string {
  const processors = cpus();
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`;
}

function textOf({ name, ours, other, ratio, goal, met, unit, note }: Figure): string {
  const sides =
    other === null ? `${rounded(ours)} ${unit}` : `${rounded(ours)} against ${rounded(other)} ${unit}`;
  const quotient = ratio === null ? '' : `, ratio ${ratio.toFixed(3)}`;
  const lines = [`${met ? 'met   ' : 'MISSED'} ${name}`, `         ${sides}${quotient} (goal ${goal})`];
  return [...lines, ...(note === undefined ? [] : [`         ${note}`])].join('\n');
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function flagValue(flag: string): string | undefined {
  const index = process.argv.indexOf(flag);
  return index < 0 ? undefined : process.argv[index + 1];
}
