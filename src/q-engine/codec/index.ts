export { compress } from './compression.ts';
export { type Decoded, decodeBody, decodeMessage, type FunctionReader } from './decoder.ts';
export { bodyLength, encodeBody, encodeError, encodeMessage, symbolsOfEnum } from './encoder.ts';
export type { PrimitiveType } from './function-codes.ts';
export { HEADER_BYTES, type Message, MessageKind } from './message.ts';
