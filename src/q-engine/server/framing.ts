import { HEADER_BYTES, type Message, readHeader } from '../codec/message.ts';

/**
 * Cuts a stream of bytes into messages by the length in their headers. Chunks are kept as they come and copied
 * once, when their message is complete: the cost of a message is linear in its length, and a header that
 * announces more than follows claims no memory.
 */
export class MessageAssembler {
  #chunks: Uint8Array[] = [];
  #pendingBytes = 0;
  #expectedBytes: number | undefined;

  /** Bytes of the message that is not complete yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Takes the next bytes of the stream. Returns the messages that they complete, in order; `'malformed'` if a
   * header is none, after which the stream cannot be read further.
   */
  push(chunk: Uint8Array): Message[] | 'malformed' {
    if (chunk.length > 0) {
      this.#chunks.push(chunk);
      this.#pendingBytes += chunk.length;
    }
    const messages: Message[] = [];
    for (;;) {
      if (this.#expectedBytes === undefined) {
        if (this.#pendingBytes < HEADER_BYTES) return messages;
        const header = readHeader(this.#peekHeader());
        if (header === undefined) return 'malformed';
        this.#expectedBytes = header.bytes;
      }
      if (this.#pendingBytes < this.#expectedBytes) return messages;
      messages.push(this.#take(this.#expectedBytes));
      this.#expectedBytes = undefined;
    }
  }

  #peekHeader(): Uint8Array {
    const first = this.#chunks[0]!;
    if (first.length >= HEADER_BYTES) return first;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #take(bytes: number): Message {
    const message = new Uint8Array(new ArrayBuffer(bytes));
    let filled = 0;
    let used = 0;
    while (filled < bytes) {
      const chunk = this.#chunks[used]!;
      const wanted = bytes - filled;
      if (chunk.length <= wanted) {
        message.set(chunk, filled);
        filled += chunk.length;
        used++;
      } else {
        message.set(chunk.subarray(0, wanted), filled);
        this.#chunks[used] = chunk.subarray(wanted);
        filled += wanted;
      }
    }
    this.#chunks.splice(0, used);
    this.#pendingBytes -= bytes;
    return message;
  }
}
