export const MESSAGE_HEADER_BYTES = 8;

/** What the sender expects: nothing, an answer, or that this is one. The position is the byte on the wire. */
export const MESSAGE_TYPES = ['async', 'sync', 'response'] as const;

export type MessageType = (typeof MESSAGE_TYPES)[number];

/** The header of a little-endian, uncompressed message whose body has `bodyBytes` bytes. */
export function messageHeader(type: MessageType, bodyBytes: number): Buffer {
  const header = Buffer.alloc(MESSAGE_HEADER_BYTES);
  header[0] = 1;
  header[1] = MESSAGE_TYPES.indexOf(type);
  header.writeInt32LE(MESSAGE_HEADER_BYTES + bodyBytes, 4);
  return header;
}
