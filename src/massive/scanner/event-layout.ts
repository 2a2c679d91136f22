import type { ChannelFields, EventField, FieldKind } from './event-fields.ts';

const WORD_BYTES = 4;

/** The longest key that two words hold together with its comma, quotes and colon. */
const LONGEST_KEY = 4;

/**
 * A key as it stands before a value, `,"av":`, as two unaligned words: the second masked to the bytes that belong to
 * it. `next` is the key that followed last time: events of a channel spell their fields in one order, so most often it
 * follows again, and one comparison finds it.
 */
export class FieldKey {
  readonly first: number;
  readonly second: number;
  readonly secondMask: number;
  readonly width: number;
  readonly kind: FieldKind;
  readonly slot: number;
  readonly bit: number;
  next: FieldKey = this;

  constructor({ key, kind, slot }: EventField) {
    const pattern = wordsOf(`,"${key}":`);
    this.first = pattern.first;
    this.second = pattern.second;
    this.secondMask = pattern.secondMask;
    this.width = pattern.width;
    this.kind = kind;
    this.slot = slot;
    this.bit = 1 << slot;
  }
}

/** A channel as the event reader recognises it. */
export class ChannelLayout {
  readonly fields: ChannelFields;
  /** Which of the market's tables its bars go to. */
  readonly table: number;
  readonly keys: readonly FieldKey[];
  /** `A"`, what follows `{"ev":"`. */
  readonly name: number;
  readonly nameMask: number;
  readonly nameWidth: number;
  /** The key that followed the channel last time. */
  opening: FieldKey;

  constructor(channel: ChannelFields, table: number) {
    this.fields = channel;
    this.table = table;
    this.keys = channel.fields.map(field => new FieldKey(field));
    this.keys.forEach((key, i) => {
      key.next = this.keys[(i + 1) % this.keys.length]!;
    });
    const name = wordsOf(`${channel.channel}"`);
    this.name = name.first;
    this.nameMask = maskOf(name.width);
    this.nameWidth = name.width;
    this.opening = this.keys[1]!;
  }
}

function wordsOf(text: string) {
  const width = text.length;
  if (width > LONGEST_KEY + WORD_BYTES) throw new RangeError(`${text} is longer than two words`);
  const view = new DataView(new ArrayBuffer(2 * WORD_BYTES));
  for (let i = 0; i < width; i++) view.setUint8(i, text.charCodeAt(i));
  return {
    first: view.getInt32(0, true),
    second: view.getInt32(WORD_BYTES, true),
    secondMask: maskOf(width - WORD_BYTES),
    width,
  };
}

/** Selects the first `bytes` bytes of a little-endian word. */
function maskOf(bytes: number): number {
  if (bytes >= WORD_BYTES) return -1;
  return (1 << (Math.max(0, bytes) * 8)) - 1;
}
