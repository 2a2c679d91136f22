import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan.ts';

/** Where Debian's package faketime has it. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];

const DAY_MS = 86_400_000;

/** The library that changes the clock of a process; undefined where it is not installed. */
export function clockLibrary(): string | undefined {
  return LIBRARIES.find(path => existsSync(path));
}

/** The clocks of the processes of a run. */
export class Clocks {
  readonly #plan: Plan;
  readonly #stepFile: string;
  /** At this instant of real time the processes count that one. */
  readonly #baseMs = Date.now();
  readonly #countedMs: number;
  /** When the day of the market ends, as the processes count; undefined where it does not in this run. */
  readonly midnightMs: number | undefined;

  /** @param startMs what starting all processes may take, before midnight is counted down */
  constructor(plan: Plan, directory: string, startMs: number) {
    this.#plan = plan;
    this.#stepFile = join(directory, 'daemon-clock');
    const rolls = plan.profile === 'midnight' || plan.profile === 'new-york';
    this.midnightMs = rolls ? nextMidnightMs(plan.market, this.#baseMs) : undefined;
    this.#countedMs =
      this.midnightMs === undefined
        ? this.#baseMs
        : roundedToSeconds(this.midnightMs - (plan.midnightMs + startMs) * plan.faster);
    if (plan.profile === 'clock') this.step(0);
  }

  /** Real milliseconds in which so many pass for the processes. */
  realMs(countedMs: number): number {
    return countedMs / this.#plan.faster;
  }

  /** What the clocks of the processes say, the daemon's steps apart. */
  nowMs(): number {
    return this.#countedMs + (Date.now() - this.#baseMs) * this.#plan.faster;
  }

  /** For a process that is started now. */
  environment(process: string): Record<string, string> {
    const { profile, faster } = this.#plan;
    const wall = { LD_PRELOAD: clockLibrary() ?? '', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    if (profile === 'still' || (profile === 'plain' && faster === 1)) return {};
    if (profile === 'clock') {
      return process === 'daemon'
        ? { ...wall, FAKETIME_TIMESTAMP_FILE: this.#stepFile, FAKETIME_CACHE_DURATION: '1' }
        : {};
    }
    const offset = signed(this.nowMs() - Date.now());
    // A clock begins to run faster when its process begins.
    return faster === 1
      ? { ...wall, FAKETIME: offset }
      : { LD_PRELOAD: wall.LD_PRELOAD, FAKETIME: `${offset} x${faster}` };
  }

  /** Sets the daemon's clock so many seconds beside the right time. */
  step(seconds: number): void {
    writeFileSync(this.#stepFile, `${signed(seconds * 1000)}\n`);
  }
}

function signed(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${Math.abs(ms) / 1000}`;
}

function roundedToSeconds(ms: number): number {
  return Math.round(ms / 1000) * 1000;
}

/** Crypto's day ends at midnight UTC, that of stocks in New York, in either half of the year. */
function nextMidnightMs(market: Plan['market'], fromMs: number): number {
  const utc = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  if (market === 'crypto') return utc;
  const hour = Number(
    new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/New_York',
      hour: 'numeric',
      hourCycle: 'h23',
    }).format(utc),
  );
  return utc + (24 - hour) * 3_600_000;
}
