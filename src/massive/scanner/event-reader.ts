import type { SymbolTable } from '../../tables/symbol-table.ts';
import { CLOSE_BRACE, DIGIT_0, QUOTE, UNUSUAL } from './ascii.ts';
import type { BarDraft } from './bar-draft.ts';
import { readDecimal } from './decimal.ts';
import { FieldKind, PRESENT_START, PRESENT_TICKER, PRESENT_TRADES } from './event-fields.ts';
import type { ChannelLayout, FieldKey } from './event-layout.ts';
import type { FrameBytes } from './frame-bytes.ts';
import { skipMember, skipScalar } from './json-skip.ts';

/** `{"ev":"`, the way every event begins, as two words; the second has three bytes. */
const OPENING_FIRST = 0x7665227b;
const OPENING_SECOND = 0x223a22;
const OPENING_SECOND_MASK = 0xffffff;
const OPENING_WIDTH = 7;

const FIRST_PRINTABLE = 0x20;
const FIRST_NOT_ASCII = 0x80;
const BACKSLASH = 0x5c;

/** Digits of a count that an int32 holds whatever they are. */
const COUNT_DIGITS = 9;

/** Longest ticker; options need 21 bytes. A longer one is no ticker, and would only fill memory. */
export const TICKER_BYTES = 128;

/**
 * Reads one event from the bytes of a frame into the draft, as long as it is spelt as Massive spells it: channel
 * first, no spaces, plain text. It accepts nothing that JSON.parse would not, and means by it what JSON.parse does;
 * everything else is UNUSUAL and left to the slow path, which starts from the beginning of the event.
 */
export class EventReader {
  readonly #channels: readonly ChannelLayout[];
  readonly #draft: BarDraft;
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
    if (
      view.getInt32(at, true) !== OPENING_FIRST ||
      (view.getInt32(at + 4, true) & OPENING_SECOND_MASK) !== OPENING_SECOND
    ) {
      return UNUSUAL;
    }
    const name = view.getInt32(at + OPENING_WIDTH, true);
    let channel = this.#channel;
    if ((name & channel.nameMask) !== channel.name) {
      const other = this.#channels.find(layout => (name & layout.nameMask) === layout.name);
      if (!other) return UNUSUAL;
      this.#channel = channel = other;
    }

    let end = at + OPENING_WIDTH + channel.nameWidth;
    let present = 0;
    let before: FieldKey | undefined;
    let key = channel.opening;
    while (bytes[end] !== CLOSE_BRACE) {
      if (
        view.getInt32(end, true) !== key.first ||
        (view.getInt32(end + 4, true) & key.secondMask) !== key.second
      ) {
        const found = keyAt(view, end, channel.keys);
        if (!found) {
          end = skipMember(bytes, end);
          if (end === UNUSUAL) return UNUSUAL;
          continue;
        }
        key = found;
        if (before) before.next = key;
        else channel.opening = key;
      }
      end += key.width;
      switch (key.kind) {
        case FieldKind.decimal: {
          const quoted = bytes[end] === QUOTE;
          end = readDecimal(bytes, quoted ? end + 1 : end, draft.values, key.slot);
          if (end === UNUSUAL) return UNUSUAL;
          if (quoted && bytes[end++] !== QUOTE) return UNUSUAL;
          present |= key.bit;
          break;
        }
        case FieldKind.ticker:
          end = this.#readTicker(bytes, end, symbols);
          present |= PRESENT_TICKER;
          break;
        case FieldKind.start:
          end = draft.window.read(frame, end);
          present |= PRESENT_START;
          break;
        case FieldKind.count:
          end = this.#readCount(bytes, end);
          present |= PRESENT_TRADES;
          break;
        case FieldKind.ignored:
          end = skipScalar(bytes, end);
          break;
        case FieldKind.channel:
          return UNUSUAL;
      }
      if (end === UNUSUAL) return UNUSUAL;
      before = key;
      key = key.next;
    }
    draft.present = present;
    return draft.identified ? end + 1 : UNUSUAL;
  }

  #readTicker(bytes: Uint8Array, at: number, symbols: SymbolTable): number {
    if (bytes[at] !== QUOTE) return UNUSUAL;
    const begin = at + 1;
    let hash = 0;
    let end = begin;
    for (let byte = bytes[end]!; byte !== QUOTE; byte = bytes[++end]!) {
      if (byte < FIRST_PRINTABLE || byte >= FIRST_NOT_ASCII || byte === BACKSLASH) return UNUSUAL;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    if (end === begin || end - begin > TICKER_BYTES) return UNUSUAL;
    const symbol = symbols.internHashed(bytes, begin, end, hash);
    if (symbol === UNUSUAL) return UNUSUAL;
    this.#draft.symbol = symbol;
    return end + 1;
  }

  #readCount(bytes: Uint8Array, at: number): number {
    let end = at;
    let count = 0;
    for (let digit = (bytes[end]! - DIGIT_0) >>> 0; digit < 10; digit = (bytes[end]! - DIGIT_0) >>> 0) {
      count = (Math.imul(count, 10) + digit) | 0;
      end++;
    }
    const digits = end - at;
    if (digits === 0 || digits > COUNT_DIGITS || (digits > 1 && bytes[at] === DIGIT_0)) return UNUSUAL;
    this.#draft.trades.set(count);
    return end;
  }
}

function keyAt(view: DataView, at: number, keys: readonly FieldKey[]): FieldKey | undefined {
  const first = view.getInt32(at, true);
  const second = view.getInt32(at + 4, true);
  return keys.find(key => first === key.first && (second & key.secondMask) === key.second);
}
