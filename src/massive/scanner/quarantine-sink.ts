import type { Market } from '../../tables/markets.ts';

/** Why something received was not stored. Few and stable: they are labels of a counter. */
export type RejectReason =
  /** The frame is not JSON in UTF-8; nothing of it was stored. */
  | 'frame-not-json'
  /** The frame is JSON, but not an array of events. */
  | 'frame-not-array'
  | 'event-not-object'
  /** No `ev`, or not a text. */
  | 'channel-missing'
  /** An `ev` that this market does not have. */
  | 'channel-unknown'
  /** No ticker, or one that is no text, empty, too long, or holds a NUL. */
  | 'ticker-invalid'
  /** No window start, or one that is not a time of 13, 16 or 19 digits. */
  | 'start-invalid'
  /** A field that should be a number, or a text that holds one, is something else. */
  | 'field-not-number'
  /** A number that its column cannot hold. */
  | 'field-out-of-range'
  | 'status-invalid'
  /** The event names one more symbol than may be held between two drains. */
  | 'symbol-limit'
  /** A row of a file has not the fields of its header, or is not UTF-8. */
  | 'row-fields'
  /** A row of a file has no end within the bytes that are held. */
  | 'row-too-long'
  /** A date of a file that is none. */
  | 'date-invalid';

export interface RejectedEvent {
  readonly market: Market;
  readonly reason: RejectReason;
  /** What exactly, for a reader; undefined where the reason says it all. */
  readonly detail: string | undefined;
  readonly channel: string | undefined;
  /** The event or frame as received. Valid during the call only: the bytes are the scanner's. */
  readonly raw: Uint8Array;
  /** Where it stands, if it came in a file or in the list of a REST answer; lines and places count from 1. */
  readonly origin?: { readonly file: string; readonly line: number };
}

/** Where the scanner puts what it cannot store. */
export interface QuarantineSink {
  put(rejected: RejectedEvent): void;
}
