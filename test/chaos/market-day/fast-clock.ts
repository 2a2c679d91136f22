import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** A shell that says what its children need for the same clock, and stays as long as its input does: so does the clock. */
const HOLDER = 'printf "%s\\n%s\\n%s\\n" "$LD_PRELOAD" "$FAKETIME" "$FAKETIME_SHARED"; exec cat';
/** Readings of the clock; the one that took least time is the truest. */
const READINGS = 5;
const HOLDER_LINES = 3;
const ATTEMPTS = 10;

/**
 * A clock that starts where it is told and runs faster, for processes that are started with its `environment`: their
 * timers run faster, too. It is made by Debian's faketime. All share one start; this process keeps real time.
 */
export class FastClock {
  readonly speed: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly #holder: ChildProcess;
  /** What the clock showed at `#realMs` of this process's monotonic clock. */
  readonly #marketMs: number;
  readonly #realMs: number;

  private constructor(
    speed: number,
    holder: ChildProcess,
    environment: Readonly<Record<string, string>>,
    reading: { marketMs: number; realMs: number },
  ) {
    this.speed = speed;
    this.#holder = holder;
    this.environment = environment;
    this.#marketMs = reading.marketMs;
    this.#realMs = reading.realMs;
  }

  static isInstalled(): boolean {
    try {
      execFileSync('faketime', ['--version'], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  }

  /** Starts the clock at `fromMs`, milliseconds since 1970. */
  static async start(fromMs: number, speed: number, attempt = 1): Promise<FastClock> {
    // Ahead of the real clock, and not a date: that would be read in the zone of each process.
    const aheadMs = fromMs - Date.now();
    const ahead = `${aheadMs < 0 ? '-' : '+'}${(Math.abs(aheadMs) / 1000).toFixed(3)}`;
    const holder = spawn('faketime', ['-f', `${ahead} x${speed}`, 'sh', '-c', HOLDER], {
      env: { ...process.env, FAKETIME_DONT_FAKE_MONOTONIC: '0' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [preload, faketime, shared] = await linesOf(holder);
    // It names what it shares after its process id, which one that was killed may have had.
    if (preload === undefined || faketime === undefined || shared === undefined) {
      if (attempt === ATTEMPTS) throw new Error('faketime cannot make a clock');
      return FastClock.start(fromMs, speed, attempt + 1);
    }
    const environment = {
      LD_PRELOAD: preload,
      FAKETIME: faketime,
      FAKETIME_SHARED: shared,
      FAKETIME_DONT_FAKE_MONOTONIC: '0',
    };
    return new FastClock(speed, holder, environment, bestReading(environment));
  }

  /** Market time. */
  nowMs(): number {
    return this.#marketMs + (performance.now() - this.#realMs) * this.speed;
  }

  /** Real milliseconds in which so many pass in the market. */
  realMs(marketMs: number): number {
    return marketMs / this.speed;
  }

  /** Resolves when the clock shows an instant. */
  async until(marketMs: number): Promise<void> {
    await delay(Math.max(0, this.realMs(marketMs - this.nowMs())));
  }

  async stop(): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.stdin!.end();
    await ended;
  }
}

/** What a holder says, as far as it comes to say anything. */
async function linesOf(holder: ChildProcess): Promise<readonly string[]> {
  let text = '';
  for await (const part of holder.stdout!) {
    text += String(part);
    if (text.split('\n').length > HOLDER_LINES) break;
  }
  return text.split('\n').slice(0, -1);
}

function bestReading(environment: Readonly<Record<string, string>>): { marketMs: number; realMs: number } {
  const readings = Array.from({ length: READINGS }, () => {
    const before = performance.now();
    const shown = execFileSync('date', ['+%s%N'], { env: { ...process.env, ...environment } });
    const after = performance.now();
    return {
      marketMs: Number(BigInt(String(shown).trim()) / 1000n) / 1000,
      realMs: (before + after) / 2,
      tookMs: after - before,
    };
  });
  return readings.reduce((best, reading) => (reading.tookMs < best.tookMs ? reading : best));
}
