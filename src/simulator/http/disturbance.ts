import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';

/** What goes wrong while a body is sent. */
export type Disturbance =
  /** The connection is reset after so many bytes. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** The connection ends in order, but before all bytes that were announced. */
  | { readonly kind: 'truncate'; readonly bytes: number | undefined }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number; readonly clock: Clock }
  /** A byte in the middle is another one. */
  | { readonly kind: 'corrupt' };

const SLOW_STEPS_PER_SECOND = 10;

/** Sends a body; never throws: a client that has gone has gone. */
export async function sendDisturbed(
  response: ServerResponse,
  body: Buffer | Readable,
  length: number | undefined,
  disturbance: Disturbance | undefined,
): Promise<void> {
  if (Buffer.isBuffer(body) && disturbance === undefined) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  const chunks: Iterable<Buffer> | AsyncIterable<Buffer> = Buffer.isBuffer(body) ? [body] : body;
  const sender = new Sender(response, length ?? 0, disturbance);
  try {
    for await (const chunk of chunks) if (!(await sender.send(chunk))) return;
    response.end();
  } catch (error) {
    response.destroy(error as Error);
  } finally {
    if (!Buffer.isBuffer(body)) body.destroy();
  }
}

class Sender {
  readonly #response: ServerResponse;
  readonly #length: number;
  readonly #disturbance: Disturbance | undefined;
  #sent = 0;

  constructor(response: ServerResponse, length: number, disturbance: Disturbance | undefined) {
    this.#response = response;
    this.#length = length;
    this.#disturbance = disturbance;
  }

  /** False when nothing more can be sent. */
  async send(chunk: Buffer): Promise<boolean> {
    switch (this.#disturbance?.kind) {
      case 'cut':
      case 'truncate':
        return this.#until(chunk, this.#disturbance);
      case 'corrupt':
        return this.#write(this.#corrupted(chunk));
      case 'slow':
        return this.#slowly(chunk, this.#disturbance);
      default:
        return this.#write(chunk);
    }
  }

  async #until(chunk: Buffer, { kind, bytes }: Extract<Disturbance, { bytes: unknown }>): Promise<boolean> {
    const end = Math.min(bytes ?? Math.floor(this.#length / 2), Math.max(0, this.#length - 1));
    const left = end - this.#sent;
    if (chunk.length <= left) return this.#write(chunk);
    await this.#write(chunk.subarray(0, left));
    const { socket } = this.#response;
    // What was written goes out first.
    await new Promise<void>(resolve => this.#response.write('', () => resolve()));
    if (kind === 'truncate') socket?.end();
    else if (socket && 'resetAndDestroy' in socket) socket.resetAndDestroy();
    return false;
  }

  #corrupted(chunk: Buffer): Buffer {
    const at = Math.floor(this.#length / 2) - this.#sent;
    if (at < 0 || at >= chunk.length) return chunk;
    const changed = Buffer.from(chunk);
    changed[at]! ^= 0xff;
    return changed;
  }

  async #slowly(
    chunk: Buffer,
    { bytesPerSecond, clock }: Extract<Disturbance, { kind: 'slow' }>,
  ): Promise<boolean> {
    const step = Math.max(1, Math.floor(bytesPerSecond / SLOW_STEPS_PER_SECOND));
    for (let at = 0; at < chunk.length; at += step) {
      await new Promise<void>(resolve => {
        clock.after((step * 1000) / bytesPerSecond, resolve, false);
      });
      if (!(await this.#write(chunk.subarray(at, at + step)))) return false;
    }
    return true;
  }

  async #write(chunk: Buffer): Promise<boolean> {
    if (this.#response.destroyed) return false;
    this.#sent += chunk.length;
    if (this.#response.write(chunk)) return true;
    await drainedOrClosed(this.#response);
    return !this.#response.destroyed;
  }
}

function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
