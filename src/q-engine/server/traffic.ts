/**
 * What is on its way on one connection, counted in memory that the interpreter and the socket thread share, so
 * that each sees the other's progress at once, also while the interpreter evaluates and takes no events.
 */
export class Traffic {
  static readonly #OUTBOUND_BYTES = 0;
  static readonly #OUTBOUND_MESSAGES = 1;
  static readonly #INBOUND_BYTES = 2;
  static readonly #READING_PAUSED = 3;

  readonly shared: SharedArrayBuffer;
  readonly #counts: Int32Array;

  constructor(shared = new SharedArrayBuffer(16)) {
    this.shared = shared;
    this.#counts = new Int32Array(shared);
  }

  /** Bytes handed to the socket thread that the operating system has not taken yet. */
  get outboundBytes(): number {
    return Atomics.load(this.#counts, Traffic.#OUTBOUND_BYTES);
  }

  get outboundMessages(): number {
    return Atomics.load(this.#counts, Traffic.#OUTBOUND_MESSAGES);
  }

  /** Bytes of whole messages received that the interpreter has not taken yet. */
  get inboundBytes(): number {
    return Atomics.load(this.#counts, Traffic.#INBOUND_BYTES);
  }

  get readingPaused(): boolean {
    return Atomics.load(this.#counts, Traffic.#READING_PAUSED) === 1;
  }

  set readingPaused(paused: boolean) {
    Atomics.store(this.#counts, Traffic.#READING_PAUSED, paused ? 1 : 0);
  }

  queued(bytes: number): void {
    Atomics.add(this.#counts, Traffic.#OUTBOUND_BYTES, bytes);
    Atomics.add(this.#counts, Traffic.#OUTBOUND_MESSAGES, 1);
  }

  written(bytes: number): void {
    Atomics.sub(this.#counts, Traffic.#OUTBOUND_MESSAGES, 1);
    Atomics.sub(this.#counts, Traffic.#OUTBOUND_BYTES, bytes);
    Atomics.notify(this.#counts, Traffic.#OUTBOUND_BYTES);
  }

  /** Nothing more will be written: whoever waits for the output to drain waits no longer. */
  abandonOutput(): void {
    Atomics.store(this.#counts, Traffic.#OUTBOUND_MESSAGES, 0);
    Atomics.store(this.#counts, Traffic.#OUTBOUND_BYTES, 0);
    Atomics.notify(this.#counts, Traffic.#OUTBOUND_BYTES);
  }

  received(bytes: number): void {
    Atomics.add(this.#counts, Traffic.#INBOUND_BYTES, bytes);
  }

  taken(bytes: number): void {
    Atomics.sub(this.#counts, Traffic.#INBOUND_BYTES, bytes);
  }

  /** Blocks this thread until the operating system has taken all output, or the connection is closed. */
  waitUntilDrained(): void {
    for (;;) {
      const pending = this.outboundBytes;
      if (pending <= 0) return;
      Atomics.wait(this.#counts, Traffic.#OUTBOUND_BYTES, pending);
    }
  }
}
