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
}

/** Counters in memory. */
export function memoryCounters(): Counters {
  const counters = new Map<string, MutableCounter>();
  return {
    counter(name, labels = {}) {
      const key = counterKey(name, labels);
      let counter = counters.get(key);
      if (!counter) {
        counter = new MutableCounter();
        counters.set(key, counter);
      }
      return counter;
    },
    snapshot: () => new Map([...counters].map(([key, counter]) => [key, counter.total])),
  };
}

class MutableCounter implements Counter {
  total = 0;

  add(count = 1): void {
    this.total += count;
  }
}

function counterKey(name: string, labels: Readonly<Record<string, string>>): string {
  const names = Object.keys(labels).sort();
  if (names.length === 0) return name;
  return `${name}{${names.map(label => `${label}="${labels[label]}"`).join(',')}}`;
}
