import type { Socket } from 'node:net';
import type { Trouble } from './proxy.ts';

/** What waits at most; more waits at the sender. */
const QUEUE_BYTES = 256 * 1024;
const THROTTLE_STEP_MS = 20;

interface Piece {
  readonly bytes: Buffer;
  readonly atMs: number;
}

/** One direction of a connection: what comes from `source` goes to `sink` as the trouble allows. */
export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #queue: Piece[] = [];
  #queuedBytes = 0;
  #trouble: Trouble | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(source: Socket, sink: Socket) {
    this.#source = source;
    this.#sink = sink;
    source.on('data', (bytes: Buffer) => this.#take(bytes));
    source.on('end', () => {
      this.#ended = true;
      this.#pass();
    });
    source.once('close', () => clearTimeout(this.#timer));
    sink.on('drain', () => this.#pass());
  }

  become(trouble: Trouble | undefined): void {
    this.#trouble = trouble;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (trouble?.how === 'half-open') this.#forget();
    this.#pass();
  }

  #take(bytes: Buffer): void {
    if (this.#trouble?.how === 'half-open') return;
    this.#queue.push({ bytes, atMs: performance.now() });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes >= QUEUE_BYTES) this.#source.pause();
    this.#pass();
  }

  /** Passes on what may go now, and comes back when more may. */
  #pass(): void {
    if (this.#timer || this.#sink.destroyed) return;
    const trouble = this.#trouble;
    if (trouble?.how === 'stall-up' || trouble?.how === 'stall-down') return;
    let allowance =
      trouble?.how === 'throttle'
        ? Math.max(1, Math.round((trouble.bytesPerSecond * THROTTLE_STEP_MS) / 1000))
        : Number.POSITIVE_INFINITY;
    while (this.#queue.length > 0 && allowance > 0 && !this.#sink.writableNeedDrain) {
      const { bytes, atMs } = this.#queue[0]!;
      if (trouble?.how === 'delay') {
        const waitMs = atMs + trouble.ms - performance.now();
        if (waitMs > 0) {
          this.#later(waitMs);
          return;
        }
      }
      const part = bytes.length <= allowance ? bytes : bytes.subarray(0, allowance);
      allowance -= part.length;
      this.#queuedBytes -= part.length;
      if (part.length === bytes.length) this.#queue.shift();
      else this.#queue[0] = { bytes: bytes.subarray(part.length), atMs };
      this.#sink.write(part);
    }
    if (this.#queuedBytes < QUEUE_BYTES) this.#source.resume();
    if (this.#queue.length > 0 && trouble?.how === 'throttle') this.#later(THROTTLE_STEP_MS);
    else if (this.#queue.length === 0 && this.#ended) this.#sink.end();
  }

  #later(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pass();
    }, ms);
  }

  #forget(): void {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#source.resume();
  }
}
