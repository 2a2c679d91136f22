/*
 * Kills the tickerplant for a while under load, starts it again, and compares what its log holds then with what the
 * simulator sent, row by row: their number and checksum.
 *   npm run build && npx tsx scripts/outage.ts --minutes 10 --rate 10000
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Child, cleanEnvironment } from '../src/cli/demo/child.ts';
import { LiveLoad, MAIN, sentRows, stopped } from './live-load.ts';
import { readTickerplantLog } from './outage/tickerplant-log.ts';

const BEFORE_MS = 15_000;
const CATCH_UP_LIMIT_MS = 600_000;
const MIB = 1024 * 1024;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '10000' } },
});
const outageMs = Number(values.minutes) * 60_000;
process.exitCode = (await LiveLoad.during('outage', run)) ? 0 : 1;

async function run(live: LiveLoad): Promise<boolean> {
  const { url, control } = await live.simulator(values.rate);
  const first = live.tickerplant();
  const daemon = live.daemon(url, { MASSIVE_KDB_TIMEOUTS_STOP_MS: '60000' });

  await setTimeout(BEFORE_MS);
  await first.stop('SIGKILL');
  const residentBytes: number[] = [];
  for (const endMs = performance.now() + outageMs; performance.now() < endMs; ) {
    await setTimeout(1000);
    residentBytes.push(residentOf(daemon));
  }
  const sentInAll = await sentRows(control);
  const backMs = performance.now();
  live.tickerplant();
  const caughtUpMs = (await caughtUp(live.state)) - backMs;
  await control.pause();
  await setTimeout(5000);
  const truth = await control.truth();
  const { connections } = await stopped(daemon);
  const logged = await readTickerplantLog(logFile(live.logs));

  const { sent, checksum } = truth['agg1s']!;
  const held = logged.get('agg1s');
  const [before, after] = [second(residentBytes), last(residentBytes)];
  const lost = sent - (held?.rows ?? 0);
  const isEqual = held?.checksum.toString() === checksum;
  process.stdout.write(
    [
      `tickerplant away for ${values.minutes} min at ${values.rate} events/s; ${sentInAll} rows sent when it came back`,
      `sent ${sent}, in the log ${held?.rows ?? 0}, lost ${lost}; checksum ${isEqual ? 'equal' : 'DIFFERS'} (${checksum}, ${held?.checksum})`,
      `caught up ${(caughtUpMs / 1000).toFixed(0)} s after it came back, while ${values.rate} events/s went on`,
      `resident memory of the daemon, last third of the outage against the second: ${(after / MIB).toFixed(0)} / ${(before / MIB).toFixed(0)} MiB = ${(after / before).toFixed(3)}`,
      `connections to Massive: ${connections}`,
      '',
    ].join('\n'),
  );
  return lost === 0 && isEqual && connections === 1 && after / before < 1.1;
}

/** Waits until the daemon's spool holds no more than what comes in some seconds. @returns the monotonic time of that */
async function caughtUp(state: string): Promise<number> {
  const limitMs = performance.now() + CATCH_UP_LIMIT_MS;
  while (performance.now() < limitMs) {
    const nowMs = performance.now();
    if (waitingRows(state) < Number(values.rate) * 8) return nowMs;
    await setTimeout(1000);
  }
  throw new Error('the tickerplant has not caught up');
}

/** What `spool list` says of the running daemon: positions are written every few seconds. */
function waitingRows(state: string): number {
  const text = execFileSync(process.execPath, [MAIN, 'spool', 'list', '--json'], {
    env: cleanEnvironment({ MASSIVE_KDB_STATE_DIRECTORY: state }),
    encoding: 'utf8',
  });
  const spools = JSON.parse(text) as readonly {
    readonly name: string;
    readonly targets: readonly { readonly waitingRows: number }[];
  }[];
  return spools.find(({ name }) => name === 'stocks')!.targets[0]!.waitingRows;
}

function logFile(logs: string): string {
  const name = readdirSync(logs).find(entry => /^stocks\.\d{4}\.\d{2}\.\d{2}$/.test(entry));
  if (!name) throw new Error(`no log in ${logs}`);
  return join(logs, name);
}

function residentOf({ process: { pid } }: Child): number {
  const kib = /^VmRSS:\s+(?<kib>\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kib'];
  return Number(kib) * 1024;
}

function second(samples: readonly number[]): number {
  const third = Math.floor(samples.length / 3);
  return mean(samples.slice(third, 2 * third));
}

function last(samples: readonly number[]): number {
  return mean(samples.slice(-Math.floor(samples.length / 3)));
}

function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}
