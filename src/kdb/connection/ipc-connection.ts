import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../base/clock.ts';
import {
  KdbAnswerTimeoutError,
  KdbConnectionLostError,
  type KdbError,
  KdbMalformedError,
  type QError,
} from '../errors.ts';
import { errorOf } from '../ipc/decode.ts';
import { encodeError } from '../ipc/encode.ts';
import { bodyOf, type Frame, FrameReader } from '../ipc/frames.ts';
import { messageHeader } from '../ipc/message.ts';
import { targetName } from '../target.ts';
import { listenTo, type OpenSocket } from './open-socket.ts';

export interface IpcConnectionOptions {
  readonly clock: Clock;
  /** Longest time without an answer while one is due. */
  readonly answerTimeoutMs: number;
  /** Longest message that is taken, compressed or not. */
  readonly maxMessageBytes: number;
}

/** What happens on a connection beside the answers. */
export interface IpcConnectionListener {
  /** The connection is no more; every pending call has been rejected with this error. Once. */
  closed(error: KdbError): void;
  /** What was written has left, after a write that said otherwise. */
  drained?(): void;
  /** The peer sent a message that is no answer; a request (`sync`) has been answered with an error. */
  unasked?(frame: Frame): void;
}

interface PendingCall {
  resolve(body: Uint8Array): void;
  reject(error: KdbError): void;
}

/**
 * q IPC on an authenticated socket. Calls may be pipelined: they are answered in the order in which they were made,
 * and only messages of type response count as answers. A late or malformed answer destroys the connection, because
 * the ones behind it could not be told apart any more.
 */
export class IpcConnection {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #options: IpcConnectionOptions;
  readonly #listener: IpcConnectionListener;
  readonly #frames: FrameReader;
  readonly #pending: PendingCall[] = [];
  #answerTimer: Timer | undefined;
  #closed: KdbError | undefined;
  #socketError: Error | undefined;

  constructor(
    { target, socket, early }: Pick<OpenSocket, 'target' | 'socket' | 'early'>,
    options: IpcConnectionOptions,
    listener: IpcConnectionListener,
  ) {
    this.#name = targetName(target);
    this.#socket = socket;
    this.#options = options;
    this.#listener = listener;
    this.#frames = new FrameReader(options.maxMessageBytes);
    socket.on('drain', () => listener.drained?.());
    socket.on('error', error => {
      this.#socketError = error;
    });
    listenTo(
      { socket, early },
      chunk => this.#received(chunk),
      () => this.#close(this.#lost()),
    );
  }

  /** Calls that wait for their answers. */
  get pendingCalls(): number {
    return this.#pending.length;
  }

  /** Whether the socket takes more now; after false, `drained` says when it does again. */
  get writable(): boolean {
    return this.#closed === undefined && !this.#socket.writableNeedDrain;
  }

  /**
   * Sends a request, whose body is given in parts that are not copied, and resolves with the body of the answer,
   * uncompressed. Rejects with QError where q signals an error, else with the error that ended the connection.
   */
  request(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject });
      if (this.#pending.length === 1) this.#awaitAnswer();
      this.#write('sync', parts);
    });
  }

  /** Sends a message that gets no answer; resolves when the system has taken it, rejects when the connection ends. */
  send(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    return new Promise((resolve, reject) => {
      this.#write('async', parts, error => {
        // Node calls a write that it cancelled with the socket a success.
        if (!error && !this.#socket.destroyed) {
          resolve();
          return;
        }
        // The socket says that it is closed only later; until then nobody must take the connection for a living one.
        this.#socketError ??= error ?? undefined;
        this.#close(this.#lost());
        reject(this.#closed!);
      });
    });
  }

  /** Ends the connection; calls that are pending are rejected. */
  close(): void {
    this.#close(new KdbConnectionLostError(`the connection to ${this.#name} was closed`));
  }

  #write(type: 'async' | 'sync', parts: readonly Uint8Array[], done?: (error?: Error | null) => void): void {
    const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0);
    const last = parts.length - 1;
    this.#socket.cork();
    this.#socket.write(messageHeader(type, bodyBytes));
    for (const [i, part] of parts.entries()) this.#socket.write(part, i === last ? done : undefined);
    this.#socket.uncork();
  }

  #received(chunk: Buffer): void {
    if (this.#closed) return;
    try {
      this.#frames.push(chunk, frame => this.#dispatch(frame));
    } catch (error) {
      this.#close(error as KdbError);
    }
  }

  #dispatch(frame: Frame): void {
    if (this.#closed) return;
    if (frame.type === 'response') {
      this.#answered(bodyOf(frame, this.#options.maxMessageBytes));
      return;
    }
    if (frame.type === 'sync') this.#refuse();
    this.#listener.unasked?.(frame);
  }

  #answered(body: Uint8Array): void {
    const signalled: QError | undefined = errorOf(body);
    const call = this.#pending.shift();
    if (!call) throw new KdbMalformedError('an answer that nobody asked for');
    this.#answerTimer?.cancel();
    if (this.#pending.length > 0) this.#awaitAnswer();
    if (signalled) call.reject(signalled);
    else call.resolve(body);
  }

  /** A q process that asks this one something would wait for ever without an answer. */
  #refuse(): void {
    const body = encodeError('massive-kdb takes no requests');
    this.#socket.write(Buffer.concat([messageHeader('response', body.length), body]));
  }

  #awaitAnswer(): void {
    const { clock, answerTimeoutMs } = this.#options;
    this.#answerTimer = clock.after(answerTimeoutMs, () =>
      this.#close(new KdbAnswerTimeoutError(this.#name, answerTimeoutMs)),
    );
  }

  #lost(): KdbConnectionLostError {
    const reason = this.#socketError ? ` (${this.#socketError.message})` : '';
    return new KdbConnectionLostError(`the connection to ${this.#name} was lost${reason}`, this.#socketError);
  }

  #close(error: KdbError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#answerTimer?.cancel();
    this.#socket.destroy();
    for (const call of this.#pending.splice(0)) call.reject(error);
    this.#listener.closed(error);
  }
}
