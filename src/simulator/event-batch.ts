import { type BarEvent, type BarKind, MINUTE_BAR, SECOND_BAR, WINDOW_MS } from './event.ts';
import { type EventLayout, MAX_EVENT_BYTES } from './event-layouts.ts';
import { TextWriter } from './text-writer.ts';
import { type BarHasher, CHECKSUM_NUMBERS } from './truth.ts';

const CAPACITY = 4096;
const COMMA = 0x2c;
const NUMBERS = CHECKSUM_NUMBERS.length;

/** Who wants which bars: a byte for each symbol, a bit for each kind. */
export const KIND_BITS = [1, 2] as const;

/**
 * Events that are due at the same moment, written once for everybody: their texts follow each other, separated by
 * commas, so that events in a row are copied as one piece.
 */
export class EventBatch {
  readonly #text = new TextWriter(CAPACITY * MAX_EVENT_BYTES);
  readonly #begins = new Int32Array(CAPACITY);
  readonly #ends = new Int32Array(CAPACITY);
  readonly kinds = new Uint8Array(CAPACITY);
  readonly symbols = new Int32Array(CAPACITY);
  /** Number of the window since 1970. */
  readonly windows = new Int32Array(CAPACITY);
  readonly firstHashes = new Uint32Array(CAPACITY);
  readonly secondHashes = new Uint32Array(CAPACITY);
  /** The numbers of every event in a row, as BarHasher has them. */
  readonly #numbers = new Float64Array(CAPACITY * NUMBERS);
  /** How often each event was handed to a socket. */
  readonly taken = new Uint32Array(CAPACITY);
  count = 0;

  get full(): boolean {
    return this.count === CAPACITY;
  }

  get bytes(): Uint8Array {
    return this.#text.buffer;
  }

  begin(index: number): number {
    return this.#begins[index]!;
  }

  end(index: number): number {
    return this.#ends[index]!;
  }

  add(event: BarEvent, hasher: BarHasher, layout: EventLayout): void {
    const index = this.count++;
    this.kinds[index] = event.kind;
    this.symbols[index] = event.symbol;
    this.windows[index] = windowNumber(event.kind, event.startMs);
    this.firstHashes[index] = hasher.first;
    this.secondHashes[index] = hasher.second;
    this.#numbers.set(hasher.numbers, index * NUMBERS);
    this.taken[index] = 0;
    if (index > 0) this.#text.byte(COMMA);
    this.#begins[index] = this.#text.position;
    layout.write(this.#text, event);
    this.#ends[index] = this.#text.position;
  }

  /** The numbers of one event, to be read at once. */
  numbersOf(index: number): Float64Array {
    return this.#numbers.subarray(index * NUMBERS, (index + 1) * NUMBERS);
  }

  wants(index: number, wanted: Uint8Array): boolean {
    return (wanted[this.symbols[index]!]! & KIND_BITS[this.kinds[index] as BarKind]) !== 0;
  }

  clear(): void {
    this.count = 0;
    this.#text.position = 0;
  }
}

function windowNumber(kind: BarKind, startMs: number): number {
  return startMs / WINDOW_MS[kind === MINUTE_BAR ? MINUTE_BAR : SECOND_BAR];
}
