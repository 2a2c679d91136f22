/** A total that only grows. */
export interface Counter {
  add(count?: number): void;
  readonly total: number;
}

/**
 * Where counts are kept. The same name with the same labels is the same counter. Labels have few values: never
 * a symbol.
 */
export interface Counters {
  counter(name: string, labels?: Readonly<Record<string, string>>): Counter;
  /** Every counter by `name{label="value"}`, for summaries and tests. */
  snapshot(): ReadonlyMap<string, number>;
  /** Every counter as it stands. */
  readings(): readonly CounterReading[];
}

/** What one counter has counted. */
export interface CounterReading {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly total: number;
}

/** Counters in memory. */
export function memoryCounters(): Counters {
  const counters = new Map<string, MutableCounter>();
  return {
    counter(name, labels = {}) {
      const key = counterKey(name, labels);
      let counter = counters.get(key);
      if (!counter) {
        counter = new MutableCounter(name, labels);
        counters.set(key, counter);
      }
      return counter;
    },
    snapshot: () => new Map([...counters].map(([key, counter]) => [key, counter.total])),
    readings: () => [...counters.values()],
  };
}

class MutableCounter implements Counter, CounterReading {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  total = 0;

  constructor(name: string, labels: Readonly<Record<string, string>>) {
    this.name = name;
    this.labels = labels;
  }

  add(count = 1): void {
    this.total += count;
  }
}

function counterKey(name: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return name;
  return `${name}{${names.map(label => `${label}="${labels[label]}"`).join(',')}}`;
}
