import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { DaemonStatus } from '../status/report.ts';
import type { StatusSource } from '../status/source.ts';
import { COUNTED } from './counted.ts';
import { DAEMON_METRICS } from './daemon-metrics.ts';
import type { Definition } from './definition.ts';
import { FEED_METRICS } from './feed-metrics.ts';
import { ReadHistogram } from './read-histogram.ts';

/*
 * What Prometheus is told, and how it is named.
 *
 *   massive_kdb_ PART _ WHAT _ UNIT [_total]
 *
 * - PART: `feed` and `spool` (labels: feed), `target` (feed, target), `rest` and `status`, or none for the daemon. These
 *   are there from the first scrape on, with 0 where nothing happened: alerts are made of them.
 * - Counters that the code counts as it goes are told too, by `COUNTED`, with the labels of the place where they are
 *   counted (market, target, table, tickerplant, reason): for who wants to know more. They appear when they first count.
 * - UNIT is what is counted: rows, events, batches, bytes, seconds, requests. Times are seconds since 1970 and end in
 *   `_timestamp_seconds`. Counters end in `_total`.
 * - A state is a gauge that is 1 with the state as its label; what is true or not is 1 or 0.
 * - Labels have few values: feeds, targets, tables, states, reasons. Never a symbol.
 * - Process and Node are told under prom-client's own names: process_*, nodejs_*.
 */
const PREFIX = 'massive_kdb_';

/** Nobody reads more often, and who does gets the same again. */
const KEPT_MS = 1_000;

const ACKNOWLEDGEMENT_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Gauges whose names say that they are counters. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export interface MetricsParts {
  readonly counters: Counters;
  readonly clock: Clock;
}

/** The metrics of a daemon as text. */
export class Metrics {
  readonly #parts: MetricsParts;
  readonly #registry = new Registry();
  readonly #setters: ((status: DaemonStatus) => void)[] = [];
  readonly #acknowledgements: Histogram<'feed' | 'target'>;
  #text: Promise<string> | undefined;
  #madeMs = 0;

  constructor(parts: MetricsParts) {
    this.#parts = parts;
    this.#registerStatus();
    this.#registerLag();
    this.#registerCounted();
    this.#acknowledgements = new Histogram({
      name: `${PREFIX}target_acknowledgement_seconds`,
      help: 'From sending a batch to its answer.',
      labelNames: ['feed', 'target'],
      buckets: ACKNOWLEDGEMENT_BOUNDS,
      registers: [this.#registry],
    });
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  get type(): string {
    return this.#registry.contentType;
  }

  /** A tickerplant has answered a batch. */
  acknowledged(feed: string, target: string, ms: number): void {
    this.#acknowledgements.observe({ feed, target }, ms / 1000);
  }

  text(source: StatusSource): Promise<string> {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#text === undefined || nowMs - this.#madeMs >= KEPT_MS) {
      this.#madeMs = nowMs;
      this.#text = this.#make(source);
    }
    return this.#text;
  }

  async #make(source: StatusSource): Promise<string> {
    const status = source.status();
    for (const set of this.#setters) set(status);
    return this.#registry.metrics();
  }

  #registerStatus(): void {
    const metrics = [...DAEMON_METRICS, ...FEED_METRICS].map(
      definition => [definition, this.#metricOf(definition)] as const,
    );
    this.#setters.push(status => {
      for (const [{ read, labels: names }, metric] of metrics) {
        const readings = read(status);
        metric.reset();
        // One without labels is 0 after a reset, which would be a value.
        if (readings.length === 0 && names.length === 0) metric.remove();
        for (const { labels, value } of readings) metric.inc(labels, value);
      }
    });
  }

  #metricOf({ kind, name, help, labels }: Definition): Counter | Gauge {
    const configuration = {
      name: `${PREFIX}${name}`,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
    };
    return kind === 'counter' ? new Counter(configuration) : new Gauge(configuration);
  }

  #registerLag(): void {
    const lag = new ReadHistogram(
      `${PREFIX}target_lag_seconds`,
      "From the end of a window to its acknowledgement, the plan's delay taken off; one count is one row.",
    );
    // It is counted elsewhere, and has all that the registry asks of a metric.
    this.#registry.registerMetric(lag as unknown as Metric);
    this.#setters.push(({ feeds }) => {
      const readings = feeds.flatMap(({ name, targets }) =>
        targets.map(target => ({
          labels: { feed: name, target: target.name },
          histogram: target.lagMs,
        })),
      );
      lag.set(readings);
    });
  }

  #registerCounted(): void {
    const metrics = new Map(
      Object.entries(COUNTED).map(([name, { metric, help, labels }]) => [
        name,
        this.#metricOf({ kind: 'counter', name: metric, help, labels, read: () => [] }),
      ]),
    );
    this.#setters.push(() => {
      for (const metric of metrics.values()) metric.reset();
      for (const { name, labels, total } of this.#parts.counters.readings())
        metrics.get(name)?.inc({ ...labels }, total);
    });
  }
}
