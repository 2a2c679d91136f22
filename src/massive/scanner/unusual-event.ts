import { SymbolLimitError, type SymbolTable } from '../../tables/symbol-table.ts';
import type { StatusEvent } from '../status.ts';
import type { BarDraft } from './bar-draft.ts';
import { type EventField, FieldKind, Present } from './event-fields.ts';
import type { ChannelLayout } from './event-layout.ts';
import { membersOf, textOf } from './event-members.ts';
import { TICKER_BYTES } from './event-reader.ts';
import type { RejectReason } from './quarantine-sink.ts';
import { Rejection } from './rejection.ts';

/** What an event turned out to be. A bar is in the draft. */
export type UnusualEvent =
  | { readonly kind: 'not-json' }
  | { readonly kind: 'bar'; readonly channel: ChannelLayout }
  | { readonly kind: 'status'; readonly status: StatusEvent }
  | {
      readonly kind: 'rejected';
      readonly reason: RejectReason;
      readonly detail?: string | undefined;
      readonly channel?: string | undefined;
    };

const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^-?[0-9]+$/;
const MAX_INT64 = 2n ** 63n - 1n;

/** How much of an unknown channel's name is told. */
const CHANNEL_CHARACTERS = 64;

const utf8 = new TextEncoder();

/**
 * Reads the events that the fast path leaves: status events, odd spacing, another order, escapes, nulls, integers
 * beyond 2^53, and all that is wrong. JSON.parse judges what is JSON; the meaning of the fields is the same.
 */
export class UnusualEventReader {
  readonly #channels: readonly ChannelLayout[];
  readonly #draft: BarDraft;

  constructor(channels: readonly ChannelLayout[], draft: BarDraft) {
    this.#channels = channels;
    this.#draft = draft;
  }

  /** Reads the value in `bytes[begin, end)`. */
  read(bytes: Uint8Array, begin: number, end: number, symbols: SymbolTable): UnusualEvent {
    this.#draft.clear();
    const event = parse(bytes, begin, end);
    if (event === undefined) return { kind: 'not-json' };
    if (typeof event !== 'object' || event === null || Array.isArray(event)) {
      return { kind: 'rejected', reason: 'event-not-object' };
    }
    const members = membersOf(bytes, begin, end);
    const channelName = textIn(members.get('ev'));
    if (channelName === undefined) return { kind: 'rejected', reason: 'channel-missing' };
    if (channelName === 'status') return readStatus(members);
    const channel = this.#channels.find(layout => layout.fields.channel === channelName);
    if (!channel) {
      return {
        kind: 'rejected',
        reason: 'channel-unknown',
        channel: channelName.slice(0, CHANNEL_CHARACTERS),
      };
    }
    try {
      this.#readBar(members, channel, symbols);
      return { kind: 'bar', channel };
    } catch (thrown) {
      return { kind: 'rejected', channel: channelName, ...rejectionOf(thrown) };
    }
  }

  #readBar(members: ReadonlyMap<string, string>, channel: ChannelLayout, symbols: SymbolTable): void {
    for (const field of channel.fields.fields) {
      const value = members.get(field.key);
      if (field.kind === FieldKind.TICKER) this.#readTicker(field, value, symbols);
      else if (field.kind === FieldKind.START) this.#readStart(field, value);
      else if (value === undefined || value === 'null') continue;
      else if (field.kind === FieldKind.DECIMAL) this.#readDecimal(field, value);
      else if (field.kind === FieldKind.COUNT) this.#readCount(field, value);
    }
  }

  #readTicker(field: EventField, value: string | undefined, symbols: SymbolTable): void {
    const ticker = textIn(value);
    if (ticker === undefined) throw new Rejection('ticker-invalid', `${field.key} is not a text`);
    const bytes = utf8.encode(ticker);
    if (bytes.length === 0) throw new Rejection('ticker-invalid', `${field.key} is empty`);
    if (bytes.length > TICKER_BYTES) {
      throw new Rejection('ticker-invalid', `${field.key} is longer than ${TICKER_BYTES} bytes`);
    }
    if (bytes.includes(0)) throw new Rejection('ticker-invalid', `${field.key} holds a NUL`);
    if (textOf(bytes, 0, bytes.length) !== ticker) {
      throw new Rejection('ticker-invalid', `${field.key} holds half a character`);
    }
    this.#draft.symbol = symbols.intern(bytes, 0, bytes.length);
    this.#draft.present |= Present.HAS_TICKER;
  }

  #readStart(field: EventField, value: string | undefined): void {
    const digits = value === undefined ? '' : integerText(value);
    if (!this.#draft.window.take(digits)) {
      throw new Rejection('start-invalid', `${field.key} is not a time of 13, 16 or 19 digits`);
    }
    this.#draft.present |= Present.HAS_START;
  }

  #readDecimal(field: EventField, value: string): void {
    this.#draft.values[field.slot] = finite(field, numberText(field, value));
    this.#draft.present |= 1 << field.slot;
  }

  #readCount(field: EventField, value: string): void {
    const text = integerText(numberText(field, value));
    if (!INTEGER.test(text)) throw new Rejection('field-not-number', `${field.key} is not a whole number`);
    const count = BigInt(text);
    if (count > MAX_INT64 || count < -MAX_INT64) {
      throw new Rejection('field-out-of-range', `${field.key} is beyond 64 bits`);
    }
    this.#draft.trades.setBigInt(count);
    this.#draft.present |= Present.HAS_TRADES;
  }
}

/** What JSON.parse makes of it; undefined where that is not JSON in UTF-8. */
function parse(bytes: Uint8Array, begin: number, end: number): unknown {
  try {
    return JSON.parse(textOf(bytes, begin, end));
  } catch {
    return undefined;
  }
}

function readStatus(members: ReadonlyMap<string, string>): UnusualEvent {
  const status = textIn(members.get('status'));
  if (status === undefined) return { kind: 'rejected', reason: 'status-invalid', channel: 'status' };
  return { kind: 'status', status: { status, message: textIn(members.get('message')) ?? '' } };
}

/** The text that a JSON value holds; undefined where it is none. */
function textIn(value: string | undefined): string | undefined {
  return value?.startsWith('"') ? JSON.parse(value) : undefined;
}

/** The JSON number that a value is, or that its text holds. */
function numberText(field: EventField, value: string): string {
  const text = textIn(value) ?? value;
  if (!JSON_NUMBER.test(text)) throw new Rejection('field-not-number', `${field.key} is not a number`);
  return text;
}

function finite(field: EventField, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Rejection('field-out-of-range', `${field.key} is beyond a double`);
  return value;
}

/** A whole number in plain digits, whichever way it was spelt: `1e3`, `5.0`. Anything else as it is. */
function integerText(text: string): string {
  if (INTEGER.test(text)) return text;
  const value = Number(text);
  return JSON_NUMBER.test(text) && Number.isSafeInteger(value) ? String(value) : text;
}

function rejectionOf(thrown: unknown): { reason: RejectReason; detail: string } {
  if (thrown instanceof Rejection) return { reason: thrown.reason, detail: thrown.detail };
  if (thrown instanceof SymbolLimitError) return { reason: 'symbol-limit', detail: thrown.message };
  throw thrown;
}
