import type { SymbolTable } from '../../tables/symbol-table.ts';
import { Ascii } from './ascii.ts';
import type { BarDraft } from './bar-draft.ts';
import { readDecimal } from './decimal.ts';
import { FieldKind, Present } from './event-fields.ts';
import { type ChannelLayout, findEntry, Plan } from './event-layout.ts';
import type { FrameBytes } from './frame-bytes.ts';
import { closingQuote, skipMember, skipScalar } from './json-skip.ts';
import { MS_DIGITS, RepeatedTime } from './repeated-time.ts';

const { QUOTE, DIGIT_0, CLOSE_BRACE } = Ascii;
const { FIRST_WORD, LAST_WORD, WIDTH, KIND, SLOT, NEXT } = Plan;
const { DECIMAL, COUNT, TICKER, START, END, FLAG, IGNORED } = FieldKind;
const { HAS_TICKER, HAS_START, HAS_TRADES } = Present;

/** `{"ev":"`, the way every event begins: its first and last four bytes. */
const OPENING_FIRST = 0x7665227b;
const OPENING_LAST = 0x223a2276;
const OPENING_WIDTH = 7;

/** Masks of the first 0 to 4 bytes of a little-endian word. */
const FIRST_BYTES = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1);

/** `true` as a word. */
const TRUE = 0x65757274;

/** Digits of a count that an int32 holds whatever they are. */
const COUNT_DIGITS = 9;

const UNUSUAL = -1;

/** Longest ticker; options need 21 bytes. A longer one is no ticker, and would only fill memory. */
export const TICKER_BYTES = 128;

/**
 * Reads one event from the bytes of a frame into the draft, as long as it is spelt as Massive spells it: channel
 * first, no spaces, plain text. It accepts nothing that JSON.parse would not, and means by it what JSON.parse does;
 * everything else is UNUSUAL (-1) and left to the slow path, which clears the draft and starts over.
 */
export class EventReader {
  readonly #channels: readonly ChannelLayout[];
  readonly #draft: BarDraft;
  readonly #end = new RepeatedTime();
  #channel: ChannelLayout;

  constructor(channels: readonly ChannelLayout[], draft: BarDraft) {
    this.#channels = channels;
    this.#draft = draft;
    this.#channel = channels[0]!;
  }

  /** The channel of the event that was read last. */
  get channel(): ChannelLayout {
    return this.#channel;
  }

  /** The position behind the event at `at`, or UNUSUAL. */
  read(frame: FrameBytes, at: number, symbols: SymbolTable): number {
    const { bytes, view } = frame;
    const draft = this.#draft;
    const values = draft.values;
    if (view.getInt32(at, true) !== OPENING_FIRST || view.getInt32(at + 3, true) !== OPENING_LAST)
      return UNUSUAL;
    const channel = this.#channelAt(view, at + OPENING_WIDTH);
    if (!channel) return UNUSUAL;

    const plan = channel.plan;
    let end = at + OPENING_WIDTH + channel.nameWidth;
    let present = 0;
    let before = 0;
    for (;;) {
      let entry = plan[before + NEXT]!;
      let width = plan[entry + WIDTH]!;
      if (
        view.getInt32(end, true) !== plan[entry + FIRST_WORD] ||
        view.getInt32(end + width - 4, true) !== plan[entry + LAST_WORD]
      ) {
        if (bytes[end] === CLOSE_BRACE) break;
        entry = findEntry(plan, view, end);
        if (entry < 0) {
          end = skipMember(bytes, end);
          if (end < 0) return UNUSUAL;
          continue;
        }
        plan[before + NEXT] = entry;
        width = plan[entry + WIDTH]!;
      }
      end += width;
      const kind = plan[entry + KIND]!;
      if (kind === DECIMAL) {
        const slot = plan[entry + SLOT]!;
        const quoted = bytes[end] === QUOTE;
        end = readDecimal(bytes, quoted ? end + 1 : end, values, slot);
        if (end < 0) return UNUSUAL;
        if (quoted && bytes[end++] !== QUOTE) return UNUSUAL;
        present |= 1 << slot;
      } else if (kind === TICKER) {
        end = this.#readTicker(frame, end, symbols);
        if (end < 0) return UNUSUAL;
        present |= HAS_TICKER;
      } else if (kind === START) {
        end = draft.window.read(frame, end);
        if (end < 0) return UNUSUAL;
        present |= HAS_START;
      } else if (kind === END) {
        end = this.#skipEnd(frame, end);
        if (end < 0) return UNUSUAL;
      } else if (kind === FLAG) {
        end = view.getInt32(end, true) === TRUE ? end + 4 : skipScalar(bytes, end);
        if (end < 0) return UNUSUAL;
      } else if (kind === IGNORED) {
        end = skipScalar(bytes, end);
        if (end < 0) return UNUSUAL;
      } else if (kind === COUNT) {
        end = this.#readCount(bytes, end);
        if (end < 0) return UNUSUAL;
        present |= HAS_TRADES;
      } else {
        return UNUSUAL;
      }
      before = entry;
    }
    return draft.complete(present) ? end + 1 : UNUSUAL;
  }

  /** The channel whose name stands at `at`, most often that of the event before. */
  #channelAt(view: DataView, at: number): ChannelLayout | undefined {
    const name = view.getInt32(at, true);
    if ((name & this.#channel.nameMask) === this.#channel.name) return this.#channel;
    const channel = this.#channels.find(layout => (name & layout.nameMask) === layout.name);
    if (channel) this.#channel = channel;
    return channel;
  }

  #readTicker({ bytes, view }: FrameBytes, at: number, symbols: SymbolTable): number {
    if (bytes[at] !== QUOTE) return UNUSUAL;
    const begin = at + 1;
    const end = closingQuote(bytes, begin);
    const length = end - begin;
    if (length <= 0 || length > TICKER_BYTES) return UNUSUAL;
    const low = view.getInt32(begin, true) & FIRST_BYTES[Math.min(length, 4)]!;
    const high = length > 4 ? view.getInt32(begin + 4, true) & FIRST_BYTES[Math.min(length - 4, 4)]! : 0;
    const symbol = symbols.internHead(low, high, bytes, begin, end);
    if (symbol < 0) return UNUSUAL;
    this.#draft.symbol = symbol;
    return end + 1;
  }

  #skipEnd(frame: FrameBytes, at: number): number {
    if (this.#end.isAt(frame, at) || this.#end.read(frame, at) !== undefined) return at + MS_DIGITS;
    return skipScalar(frame.bytes, at);
  }

  #readCount(bytes: Uint8Array, at: number): number {
    let end = at;
    let count = 0;
    for (let digit = bytes[end]! - DIGIT_0; digit >= 0 && digit <= 9; digit = bytes[end]! - DIGIT_0) {
      count = (count * 10 + digit) | 0;
      end++;
    }
    const digits = end - at;
    if (digits === 0 || digits > COUNT_DIGITS || (digits > 1 && bytes[at] === DIGIT_0)) return UNUSUAL;
    this.#draft.trades.set(count);
    return end;
  }
}
