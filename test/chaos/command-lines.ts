import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Market } from './market-day/market-calendar.ts';

/** The package, whose build is what is proved. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MAIN = join(ROOT, 'dist/cli/main.js');

/** Channels of each market, by the table that takes them. */
export const CHANNELS: Readonly<Record<Market, { readonly agg1s: string; readonly agg1m: string }>> = {
  stocks: { agg1s: 'A', agg1m: 'AM' },
  crypto: { agg1s: 'XAS', agg1m: 'XA' },
  forex: { agg1s: 'CAS', agg1m: 'CA' },
  futures: { agg1s: 'A', agg1m: 'AM' },
};

/** What `--eod` of q/rdb.q starts. */
export const END_OF_DAY = [process.execPath, MAIN, 'q', join(ROOT, 'q/eod.q')].join(' ');

/** A script of the q side, on a port of its own. */
export function qLine(script: string, port: number, ...args: readonly string[]): string[] {
  return ['q', join(ROOT, 'q', script), ...args, '-p', `127.0.0.1:${port}`];
}

/** A simulator that takes the feed and a witness, who sees what it sends. */
export function simulatorLine(flags: Readonly<Record<`--${string}`, string | number>>): string[] {
  const given = Object.entries(flags).flatMap(([flag, value]) => [flag, String(value)]);
  return ['simulate', '--json', '--key', 'demo', 'witness', ...given];
}

export function daemonLine(configurationFile: string): string[] {
  return ['start', '--config', configurationFile, '--json'];
}

export function writeConfiguration(file: string, configuration: object): void {
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration, undefined, 2));
}
