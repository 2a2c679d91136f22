import type { Batch } from '../batch.ts';

/** Batches that were sent together and are answered together. */
export interface Exchange {
  readonly batches: readonly Batch[];
  /** Monotonic. */
  readonly sentMs: number;
}

/**
 * What was taken from the source and is not settled: exchanges that wait for their answers, and batches kept to be
 * sent again. Each batch is in one place only.
 */
export class InFlight {
  readonly #exchanges = new Set<Exchange>();
  #kept: Batch[] = [];
  #batchCount = 0;
  #byteCount = 0;

  /** Batches without an answer. */
  get batchCount(): number {
    return this.#batchCount;
  }

  /** Bytes of their columns. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get empty(): boolean {
    return this.#exchanges.size === 0 && this.#kept.length === 0;
  }

  /** Whether any batch waits to be sent again. */
  get hasKept(): boolean {
    return this.#kept.length > 0;
  }

  add(batches: readonly Batch[], sentMs: number): Exchange {
    const exchange = { batches, sentMs };
    this.#exchanges.add(exchange);
    this.#count(exchange, 1);
    return exchange;
  }

  /** The answer is there. */
  remove(exchange: Exchange): void {
    this.#exchanges.delete(exchange);
    this.#count(exchange, -1);
  }

  /** To be sent again, once everything else has been answered. */
  keep(batches: readonly Batch[]): void {
    this.#kept.push(...batches);
  }

  takeKept(): Batch[] {
    const kept = this.#kept;
    this.#kept = [];
    return inOrder(kept);
  }

  takeAll(): Batch[] {
    const all = [...this.#kept, ...[...this.#exchanges].flatMap(exchange => exchange.batches)];
    for (const exchange of [...this.#exchanges]) this.remove(exchange);
    this.#kept = [];
    return inOrder(all);
  }

  #count({ batches }: Exchange, sign: 1 | -1): void {
    this.#batchCount += sign * batches.length;
    for (const batch of batches) this.#byteCount += sign * batch.columns.length;
  }
}

function inOrder(batches: Batch[]): Batch[] {
  return batches.sort((a, b) => a.sequence - b.sequence);
}
