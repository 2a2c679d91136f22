import type { ChannelFields, EventField } from './event-fields.ts';

const WORD_BYTES = 4;

/** The longest key that two words cover together with its comma, quotes and colon. */
const LONGEST_KEY = 2 * WORD_BYTES - 4;

/** What a plan says of one key, as offsets into its entry. */
export const Plan = {
  /** The first four bytes of `,"key":` and the last four; of five to eight bytes they overlap. */
  FIRST_WORD: 0,
  LAST_WORD: 1,
  WIDTH: 2,
  /** FieldKind and Slot of the value. */
  KIND: 3,
  SLOT: 4,
  /** The entry of the key that followed last time. */
  NEXT: 5,
  ENTRY_LENGTH: 8,
} as const;

const { FIRST_WORD, LAST_WORD, WIDTH, KIND, SLOT, NEXT, ENTRY_LENGTH } = Plan;

/**
 * A channel as the event reader recognises it. Events of a channel spell their keys in one order, so the plan remembers
 * behind each key the one that followed: most often it follows again, and two comparisons of words find it. The plan
 * is one array of integers, because the reader walks it for every field of every event.
 */
export class ChannelLayout {
  readonly fields: ChannelFields;
  /** Which of the market's tables its bars go to. */
  readonly table: number;
  /** `A"`, what follows `{"ev":"`, as a word and the mask of its bytes. */
  readonly name: number;
  readonly nameMask: number;
  readonly nameWidth: number;
  /** An entry for each field; the first is the channel's own, `ev`, which begins every event. */
  readonly plan: Int32Array;

  constructor(channel: ChannelFields, table: number) {
    const name = `${channel.channel}"`;
    this.fields = channel;
    this.table = table;
    this.nameWidth = name.length;
    this.nameMask = name.length < WORD_BYTES ? (1 << (name.length * 8)) - 1 : -1;
    this.name = wordsOf(name.padEnd(WORD_BYTES, '\0')).first;
    this.plan = planOf(channel.fields);
  }
}

/** The entry of the key that stands at `at`; -1 where it is none of the plan's. */
export function findEntry(plan: Int32Array, view: DataView, at: number): number {
  for (let entry = 0; entry < plan.length; entry += ENTRY_LENGTH) {
    if (
      view.getInt32(at, true) === plan[entry + FIRST_WORD] &&
      view.getInt32(at + plan[entry + WIDTH]! - WORD_BYTES, true) === plan[entry + LAST_WORD]
    ) {
      return entry;
    }
  }
  return -1;
}

function planOf(fields: readonly EventField[]): Int32Array {
  const plan = new Int32Array(fields.length * ENTRY_LENGTH);
  fields.forEach(({ key, kind, slot }, i) => {
    if (key.length > LONGEST_KEY) throw new RangeError(`key ${key} is longer than ${LONGEST_KEY} bytes`);
    const { first, last } = wordsOf(`,"${key}":`);
    const entry = i * ENTRY_LENGTH;
    plan[entry + FIRST_WORD] = first;
    plan[entry + LAST_WORD] = last;
    plan[entry + WIDTH] = key.length + WORD_BYTES;
    plan[entry + KIND] = kind;
    plan[entry + SLOT] = slot;
    plan[entry + NEXT] = ((i + 1) % fields.length) * ENTRY_LENGTH;
  });
  return plan;
}

/** The first and the last four bytes of a text, as little-endian words. */
function wordsOf(text: string): { first: number; last: number } {
  const bytes = Buffer.from(text, 'latin1');
  return { first: bytes.readInt32LE(0), last: bytes.readInt32LE(bytes.length - WORD_BYTES) };
}
