/*
 * What abuse of the status server costs the feed: rows/s, lag and event loop while everything that it is to refuse is
 * thrown at it, against the same run before and after it, and whether every row arrived. Who sends the rows may itself
 * be slower meanwhile, as on a machine of few cores: rows are held against those that it sent.
 *   npm run build && npx tsx scripts/abuse.ts --seconds 30 --rate 10000
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SimulatorControl } from '../src/cli/demo/simulator-control.ts';
import { type StatusAddress, statusAddressPath } from '../src/cli/start/status-server.ts';
import type { DaemonStatus } from '../src/ops/status/report.ts';
import { lostRows } from '../src/realtime/summary.ts';
import { StatusAbuser } from '../test/support/status-abuser.ts';
import { LiveLoad, sentRows, stopped } from './live-load.ts';

const SETTLE_MS = 15_000;
/** Rows/s under abuse may differ by this share. */
const ALLOWED = 0.05;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '30' }, rate: { type: 'string', default: '10000' } },
});
const phaseMs = Number(values.seconds) * 1000;
process.exitCode = (await LiveLoad.during('abuse', run)) ? 0 : 1;

/** What the feed did in one stretch of time. */
interface Phase {
  readonly name: string;
  readonly rowsPerSecond: number;
  readonly sentPerSecond: number;
  readonly lagP99Ms: number;
  readonly eventLoopDelayMs: number;
  readonly cpuShare: number;
}

async function run(live: LiveLoad): Promise<boolean> {
  const { url, control } = await live.simulator(values.rate);
  live.tickerplant();
  const daemon = live.daemon(url, { MASSIVE_KDB_STATUS_PORT: '0' });
  await setTimeout(SETTLE_MS);
  const { address } = JSON.parse(readFileSync(statusAddressPath(live.state), 'utf8')) as StatusAddress;
  const token = readFileSync(join(live.state, 'status-token'), 'utf8').trim();
  const ask = async (): Promise<DaemonStatus> => {
    const response = await fetch(`${address}/api/status`, { headers: { authorization: `Bearer ${token}` } });
    return (await response.json()) as DaemonStatus;
  };

  const before = await measured('quiet', ask, control);
  const abuser = new StatusAbuser(address);
  const abuse = abuser.run();
  const during = await measured('abused', ask, control);
  abuser.stop();
  await abuse;
  const after = await measured('quiet again', ask, control);

  await control.pause();
  await setTimeout(5000);
  const sent = await sentRows(control);
  const feed = await stopped(daemon);
  const delivered = feed.targets[0]!.deliveredRows['agg1s'] ?? 0;

  const sending = during.sentPerSecond / mean(before.sentPerSecond, after.sentPerSecond);
  const delivering = during.rowsPerSecond / mean(before.rowsPerSecond, after.rowsPerSecond);
  const ratio = delivering / sending;
  process.stdout.write(
    [
      `${abuser.sent} requests and 1000 idle connections in ${values.seconds} s, ${abuser.rounds} rounds`,
      ...[before, during, after].map(line),
      `rows/s under abuse against quiet: ${delivering.toFixed(3)}; of what was sent: ${ratio.toFixed(3)} (sent: ${sending.toFixed(3)})`,
      `sent ${sent}, delivered ${delivered}, lost ${lostRows(feed)}`,
      '',
    ].join('\n'),
  );
  return Math.abs(1 - ratio) <= ALLOWED && delivered === sent && lostRows(feed) === 0;
}

/** Looks at the daemon each second for as long as a phase lasts. */
async function measured(
  name: string,
  ask: () => Promise<DaemonStatus>,
  control: SimulatorControl,
): Promise<Phase> {
  const first = await ask();
  const sentBefore = await sentRows(control);
  const beginMs = performance.now();
  let lagP99Ms = 0;
  let eventLoopDelayMs = 0;
  let latest = first;
  while (performance.now() - beginMs < phaseMs) {
    await setTimeout(1000);
    latest = await ask();
    const { point } = latest.feeds[0]!;
    lagP99Ms = Math.max(lagP99Ms, point.lagP99Ms ?? 0);
    eventLoopDelayMs = Math.max(eventLoopDelayMs, latest.process.eventLoopDelayMs);
  }
  const sentSeconds = (performance.now() - beginMs) / 1000;
  const sent = (await sentRows(control)) - sentBefore;
  // Rows come with drains, once a second: from one of them to another.
  const seconds = (drainOf(latest) - drainOf(first)) / 1000;
  return {
    name,
    rowsPerSecond: (rowsOf(latest) - rowsOf(first)) / seconds,
    sentPerSecond: sent / sentSeconds,
    lagP99Ms,
    eventLoopDelayMs,
    cpuShare: (latest.process.cpuMs - first.process.cpuMs) / (latest.nowMs - first.nowMs),
  };
}

function drainOf({ feeds }: DaemonStatus): number {
  return feeds[0]!.lastDrainMs!;
}

function mean(one: number, other: number): number {
  return (one + other) / 2;
}

function rowsOf({ feeds }: DaemonStatus): number {
  return feeds[0]!.targets[0]!.deliveredRows['agg1s'] ?? 0;
}

function line({ name, rowsPerSecond, lagP99Ms, eventLoopDelayMs, cpuShare }: Phase): string {
  return (
    `${name}: ${rowsPerSecond.toFixed(0)} rows/s, longest lag p99 ${lagP99Ms.toFixed(0)} ms, ` +
    `longest event-loop delay ${eventLoopDelayMs.toFixed(0)} ms, CPU ${(cpuShare * 100).toFixed(0)} %`
  );
}
