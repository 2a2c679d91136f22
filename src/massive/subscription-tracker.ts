/**
 * What became of a pair on this connection. `refused` is a conclusion: Massive said `not authorized`, which names
 * no pair, and left this one unanswered. `unanswered` is the same without such a word.
 */
export type PairState = 'pending' | 'confirmed' | 'refused' | 'unanswered';

/**
 * The pairs of one connection and their acknowledgements. Massive answers each new pair once and a repeated one
 * never, so only pairs that the connection does not hold yet are asked for and waited for.
 */
export class SubscriptionTracker {
  readonly #states = new Map<string, PairState>();
  #pending = 0;
  #refusals = 0;
  #failed = 0;

  /** Pairs that wait for their acknowledgement. */
  get pending(): number {
    return this.#pending;
  }

  /** How often Massive said `not authorized` about what is pending. */
  get refusals(): number {
    return this.#refusals;
  }

  /** Registers `pairs`; returns those that are new and so have to be sent. */
  request(pairs: Iterable<string>): readonly string[] {
    if (this.#pending === 0) this.#refusals = 0;
    const fresh: string[] = [];
    for (const pair of pairs) {
      if (this.#states.has(pair)) continue;
      this.#states.set(pair, 'pending');
      fresh.push(pair);
    }
    this.#pending += fresh.length;
    return fresh;
  }

  /** Forgets `pairs`; returns those that were held. */
  release(pairs: Iterable<string>): readonly string[] {
    const held: string[] = [];
    for (const pair of pairs) {
      const state = this.#states.get(pair);
      if (state === undefined) continue;
      if (state === 'pending') this.#pending--;
      else if (state !== 'confirmed') this.#failed--;
      this.#states.delete(pair);
      held.push(pair);
    }
    return held;
  }

  /** Massive has acknowledged `pair`; false when it is not one that is held. */
  acknowledge(pair: string): boolean {
    const state = this.#states.get(pair);
    if (state === undefined) return false;
    if (state === 'pending') this.#pending--;
    else if (state !== 'confirmed') this.#failed--;
    this.#states.set(pair, 'confirmed');
    return true;
  }

  /** Massive has said `not authorized`. */
  refuse(): void {
    this.#refusals++;
  }

  /** Waits no longer: returns the pairs that were pending. */
  expire(): readonly string[] {
    const outcome = this.#refusals > 0 ? 'refused' : 'unanswered';
    const pairs = this.withState('pending');
    for (const pair of pairs) this.#states.set(pair, outcome);
    this.#pending = 0;
    this.#failed += pairs.length;
    return pairs;
  }

  /** Pairs that this connection was asked for and does not carry. It usually is none, and that costs nothing. */
  get failed(): readonly string[] {
    return this.#failed === 0 ? [] : [...this.withState('refused'), ...this.withState('unanswered')];
  }

  withState(wanted: PairState): readonly string[] {
    return [...this.#states].filter(([, state]) => state === wanted).map(([pair]) => pair);
  }
}
