import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';

/** What the process itself cost and suffered since `start`. */
export interface ProcessHealth {
  readonly cpuMs: number;
  readonly residentBytes: number;
  readonly eventLoopDelayMs: { readonly p999: number; readonly max: number };
  readonly gcPauseMs: { readonly count: number; readonly total: number; readonly max: number };
}

const LOOP_RESOLUTION_MS = 10;

/** Measures CPU, memory, event-loop delay and garbage-collection pauses of this process. */
export class ProcessHealthMeter {
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #cpu = process.cpuUsage();
  readonly #pauses = { count: 0, total: 0, max: 0 };
  readonly #observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      this.#pauses.count++;
      this.#pauses.total += entry.duration;
      this.#pauses.max = Math.max(this.#pauses.max, entry.duration);
    }
  });

  start(): void {
    this.#loop.enable();
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  stop(): void {
    this.#loop.disable();
    this.#observer.disconnect();
  }

  read(): ProcessHealth {
    const { user, system } = process.cpuUsage(this.#cpu);
    // The histogram records whole periods of the sampling timer, so its resolution is not delay.
    const delayMs = (ns: number) => Math.max(0, ns / 1e6 - LOOP_RESOLUTION_MS);
    return {
      cpuMs: (user + system) / 1000,
      residentBytes: process.memoryUsage.rss(),
      eventLoopDelayMs: { p999: delayMs(this.#loop.percentile(99.9)), max: delayMs(this.#loop.max) },
      gcPauseMs: { ...this.#pauses },
    };
  }
}
