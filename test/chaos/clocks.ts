import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan.ts';

/** Where Debian's package faketime has it. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/faketime/libfaketime.so.1',
];

/** How many times as fast time passes in the profile `fast`. */
const FASTER = 4;
/** What starting all processes takes, before midnight is counted down. */
const START_MS = 12_000;
const DAY_MS = 86_400_000;

/** The library that changes the clock of a process; undefined where it is not installed. */
export function clockLibrary(): string | undefined {
  return LIBRARIES.find(path => existsSync(path));
}

/** The clocks of the processes of a run. */
export class Clocks {
  readonly #profile: Plan['profile'];
  readonly #baseMs = Date.now();
  readonly #offsetMs: number;
  readonly #stepFile: string;
  readonly #midnightMs: number | undefined;

  constructor({ profile, market, midnightMs }: Plan, directory: string) {
    this.#profile = profile;
    this.#stepFile = join(directory, 'daemon-clock');
    const rolls = profile === 'midnight' || profile === 'new-york';
    this.#midnightMs = rolls ? nextMidnightMs(market, this.#baseMs) : undefined;
    this.#offsetMs =
      this.#midnightMs === undefined
        ? 0
        : roundedToSeconds(this.#midnightMs - midnightMs - START_MS - this.#baseMs);
    if (profile === 'clock') this.step(0);
  }

  /** Real milliseconds in which so many pass for the processes. */
  realMs(marketMs: number): number {
    return this.#profile === 'fast' ? marketMs / FASTER : marketMs;
  }

  /** What the clocks of the processes say, the daemon's steps apart. */
  nowMs(): number {
    const now = Date.now();
    return this.#profile === 'fast' ? this.#baseMs + (now - this.#baseMs) * FASTER : now + this.#offsetMs;
  }

  /** When the day of the market ends, as the processes count; undefined where it does not in this run. */
  get midnightMs(): number | undefined {
    return this.#midnightMs;
  }

  /** For a process that is started now. */
  environment(process: string): Record<string, string> {
    const wall = { LD_PRELOAD: clockLibrary() ?? '', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    switch (this.#profile) {
      case 'plain':
        return {};
      case 'clock':
        return process === 'daemon'
          ? { ...wall, FAKETIME_TIMESTAMP_FILE: this.#stepFile, FAKETIME_CACHE_DURATION: '1' }
          : {};
      case 'midnight':
      case 'new-york':
        return { ...wall, FAKETIME: signed(this.#offsetMs) };
      case 'fast':
        // Its clock begins to run faster when the process begins.
        return { LD_PRELOAD: wall.LD_PRELOAD, FAKETIME: `${signed(this.nowMs() - Date.now())} x${FASTER}` };
    }
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
