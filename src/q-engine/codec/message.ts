/** Bytes of the header that precedes every message. */
export const HEADER_BYTES = 8;

/** The smallest message: a header, a type byte and one byte of payload. */
const SMALLEST_MESSAGE_BYTES = HEADER_BYTES + 2;

/** The second byte of the header. */
export const MessageKind = { async: 0, sync: 1, response: 2 } as const;
export type MessageKind = (typeof MessageKind)[keyof typeof MessageKind];

/** A message of the wire, header included, in a buffer of its own. */
export type Message = Uint8Array<ArrayBuffer>;

/** What the header of a message says. */
export interface Header {
  readonly littleEndian: boolean;
  readonly kind: MessageKind;
  readonly compressed: boolean;
  /** Of the whole message, header included. */
  readonly bytes: number;
}

/** Reads the first bytes of a message; undefined if they are no header. */
export function readHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const [endianness, kind, compressed, reserved] = bytes;
  if (endianness! > 1 || kind! > MessageKind.response || compressed! > 1 || reserved !== 0) return undefined;
  const littleEndian = endianness === 1;
  const length = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getInt32(4, littleEndian);
  if (length < SMALLEST_MESSAGE_BYTES) return undefined;
  return { littleEndian, kind: kind as MessageKind, compressed: compressed === 1, bytes: length };
}

/** Writes the header of a message that is not compressed into its first bytes. */
export function writeHeader(message: Message, kind: MessageKind): void {
  message[0] = 1;
  message[1] = kind;
  new DataView(message.buffer).setInt32(4, message.length, true);
}
