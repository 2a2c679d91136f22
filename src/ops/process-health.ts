import { monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';

/** What the process itself cost and suffered since `start`. */
export interface ProcessHealth {
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly eventLoopDelayMs: {
    readonly p999: number;
    readonly max: number;
    /** The longest, less what garbage collection took of it. */
    readonly maxWithoutGc: number;
  };
  readonly gcPauseMs: { readonly count: number; readonly total: number; readonly max: number };
}

const SAMPLE_MS = 10;
/** The longest delays, and the pauses that may explain them, are kept; older ones give way. */
const KEPT_DELAYS = 64;
const KEPT_PAUSES = 4096;

/** A stretch of time on the clock of `performance.now`, ms. */
interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Measures CPU, memory, event-loop delay and garbage-collection pauses of this process. */
export class ProcessHealthMeter {
  readonly #loop = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  readonly #cpu = process.cpuUsage();
  readonly #pauses = { count: 0, total: 0, max: 0 };
  #pauseSpans: Span[] = [];
  #delaySpans: Span[] = [];
  #lastTickMs = 0;
  #ticks: NodeJS.Timeout | undefined;
  readonly #observer = new PerformanceObserver(list => {
    for (const { startTime, duration } of list.getEntries()) this.#paused(startTime, duration);
  });

  start(): void {
    this.#loop.enable();
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#lastTickMs = performance.now();
    this.#ticks = setInterval(() => this.#tick(), SAMPLE_MS).unref();
  }

  stop(): void {
    this.#loop.disable();
    this.#observer.disconnect();
    clearInterval(this.#ticks);
  }

  read(): ProcessHealth {
    const { user, system } = process.cpuUsage(this.#cpu);
    // The histogram records whole periods of the sampling timer, which are not delay.
    const delayMs = (ns: number) => Math.max(0, ns / 1e6 - SAMPLE_MS);
    return {
      cpuMs: (user + system) / 1000,
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: {
        p999: delayMs(this.#loop.percentile(99.9)),
        max: delayMs(this.#loop.max),
        maxWithoutGc: Math.max(0, ...this.#delaySpans.map(span => lengthOf(span) - this.#pausedIn(span))),
      },
      gcPauseMs: { ...this.#pauses },
    };
  }

  #tick(): void {
    const nowMs = performance.now();
    const span = { fromMs: this.#lastTickMs + SAMPLE_MS, untilMs: nowMs };
    this.#lastTickMs = nowMs;
    if (lengthOf(span) < SAMPLE_MS) return;
    this.#delaySpans.push(span);
    if (this.#delaySpans.length <= KEPT_DELAYS) return;
    this.#delaySpans.sort((left, right) => lengthOf(right) - lengthOf(left));
    this.#delaySpans.length = KEPT_DELAYS;
  }

  #paused(startTimeMs: number, durationMs: number): void {
    this.#pauses.count++;
    this.#pauses.total += durationMs;
    this.#pauses.max = Math.max(this.#pauses.max, durationMs);
    this.#pauseSpans.push({ fromMs: startTimeMs, untilMs: startTimeMs + durationMs });
    if (this.#pauseSpans.length > KEPT_PAUSES) this.#pauseSpans = this.#pauseSpans.slice(KEPT_PAUSES / 2);
  }

  #pausedIn(span: Span): number {
    let ms = 0;
    for (const { fromMs, untilMs } of this.#pauseSpans) {
      ms += Math.max(0, Math.min(untilMs, span.untilMs) - Math.max(fromMs, span.fromMs));
    }
    return ms;
  }
}

function lengthOf({ fromMs, untilMs }: Span): number {
  return untilMs - fromMs;
}
