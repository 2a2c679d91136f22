import type { LagStatus } from '../status/report.ts';

/** One histogram with its labels. */
export interface HistogramReading {
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: LagStatus;
}

interface Value {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A histogram that is counted elsewhere, in ms, as prom-client's registry takes a metric: in seconds. */
export class ReadHistogram {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  #readings: readonly HistogramReading[] = [];

  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  set(readings: readonly HistogramReading[]): void {
    this.#readings = readings;
  }

  async get() {
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: this.#readings.flatMap(reading => this.#values(reading)) };
  }

  reset(): void {
    this.#readings = [];
  }

  #values({ labels, histogram }: HistogramReading): Value[] {
    const { buckets, count, sumMs } = histogram;
    const bounds: readonly (readonly [string, number])[] = [
      ...buckets.map(bucket => [String(bucket.atMostMs / 1000), bucket.count] as const),
      ['+Inf', count],
    ];
    return [
      ...bounds.map(([le, value]) => ({
        metricName: `${this.name}_bucket`,
        labels: { ...labels, le },
        value,
      })),
      { metricName: `${this.name}_sum`, labels, value: sumMs / 1000 },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
