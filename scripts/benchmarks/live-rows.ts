import { type LiveRun, runLive } from './live.ts';
import { type Benchmark, type Figure, ratioFigure } from './row.ts';

const MODERATE = 50_000;
const FEW = 10_000;
const MANY = 100_000;
const RUN_MS = 15_000;
const ROUNDS = 2;

/** CPU of the whole feed process, socket to acknowledgement, beside ws and JSON.parse alone. */
export const liveCost: Benchmark = {
  name: 'live-cost',
  async run() {
    const options = { eventsPerSecond: MODERATE, durationMs: RUN_MS };
    const ours: LiveRun[] = [];
    const other: LiveRun[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await runLive({ ...options, client: 'feed' }));
      other.push(await runLive({ ...options, client: 'ws-parse' }));
    }
    return [
      ratioFigure(
        'CPU per live event, socket to acknowledgement, against ws and JSON.parse alone',
        { ours: costUs(ours), other: costUs(other), unit: 'us/event' },
        1,
        `${MODERATE} events/s; load generator ${cpuShare(ours)} % of a core`,
      ),
    ];
  },
};

/** CPU per event at ten times the rate. */
export const liveScale: Benchmark = {
  name: 'live-scale',
  async run() {
    const many: LiveRun[] = [];
    const few: LiveRun[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      many.push(await runLive({ eventsPerSecond: MANY, durationMs: RUN_MS, client: 'feed' }));
      few.push(await runLive({ eventsPerSecond: FEW, durationMs: RUN_MS, client: 'feed' }));
    }
    return [
      ratioFigure(
        'CPU per live event at 100,000 events/s against 10,000 events/s',
        { ours: costUs(many), other: costUs(few), unit: 'us/event' },
        1.1,
        `load generator at 100,000 events/s ${cpuShare(many)} % of a core`,
      ),
    ];
  },
};

const LONG_RUN_MS = 60_000;

/** A minute at 100,000 events/s: event loop, memory, and whether everything arrived. */
export const liveMinute: Benchmark = {
  name: 'live-minute',
  async run() {
    const run = await runLive({ eventsPerSecond: MANY, durationMs: LONG_RUN_MS, client: 'feed' });
    const { eventLoopDelayMs, gcPauseMs } = run.health ?? missing('the health of the process');
    const third = run.residentBytes.length / 3;
    const note = `${Math.round(run.events / (LONG_RUN_MS / 1000))} events/s offered; load generator ${cpuShare([run])} % of a core`;
    return [
      atMost('Event loop delay at 100,000 events/s for 60 s, max, GC pauses apart', {
        value: eventLoopDelayMs.maxWithoutGc,
        most: 100,
        unit: 'ms',
        note: `p99.9 ${eventLoopDelayMs.p999.toFixed(1)} ms, max with GC ${eventLoopDelayMs.max.toFixed(1)} ms, longest GC pause ${gcPauseMs.max.toFixed(1)} ms; ${note}`,
      }),
      ratioFigure(
        'Resident memory in the last third of that minute against the second third',
        {
          ours: mebibytes(mean(run.residentBytes.slice(2 * third))),
          other: mebibytes(mean(run.residentBytes.slice(third, 2 * third))),
          unit: 'MiB',
        },
        1.05,
      ),
      atMost('Events lost in that run', {
        value: run.sent - run.delivered,
        most: 0,
        unit: 'events',
        note: `${run.sent} sent`,
      }),
    ];
  },
};

function atMost(
  name: string,
  { value, most, unit, note }: { value: number; most: number; unit: string; note: string },
): Figure {
  return { name, ours: value, other: null, ratio: null, goal: `<= ${most}`, met: value <= most, unit, note };
}

function costUs(runs: readonly LiveRun[]): number {
  // The least disturbed round: other work on the machine only ever adds.
  return Math.min(...runs.map(run => (run.clientCpuMs * 1000) / run.events));
}

function cpuShare(runs: readonly LiveRun[]): string {
  const shares = runs.map(run => (100 * run.simulatorCpuMs) / run.elapsedMs);
  return mean(shares).toFixed(0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function mebibytes(bytes: number): number {
  return bytes / 1024 / 1024;
}

function missing(what: string): never {
  throw new Error(`the feed did not report ${what}`);
}
