import type { Socket } from 'node:net';
import type { Connection as NodeQConnection } from 'node-q';
import PQueue from 'p-queue';
import type { Clock } from '../../base/clock.ts';
import {
  KdbAnswerTimeoutError,
  KdbConnectionLostError,
  type KdbError,
  KdbMalformedError,
} from '../errors.ts';
import { errorOf } from '../ipc/decode.ts';
import { bodyOf, type Frame, FrameReader } from '../ipc/frames.ts';
import { targetName } from '../target.ts';
import { listenTo, type OpenSocket } from './open-socket.ts';

/** A tickerplant's date or the columns of a table: anything longer is no answer to a small query. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

interface Question {
  /** Whether node-q listens for the answer yet; it begins to when its write has been confirmed. */
  heard: boolean;
  /** The answer, if it came before that. */
  answer: Frame | undefined;
  reject(error: KdbError): void;
}

/**
 * Small questions, one at a time, through node-q's own calls. node-q takes any message for an answer, and over TLS
 * misses an answer that is faster than the confirmation of its own write; so it is given answers only, and only
 * when it listens. Every question ends: answered, refused, or rejected by a timeout, which ends the connection.
 */
export class SmallQueries {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #nodeQ: NodeQConnection;
  readonly #feedNodeQ: (message: Buffer) => void;
  readonly #clock: Clock;
  readonly #answerTimeoutMs: number;
  readonly #onClosed: (error: KdbError) => void;
  readonly #queue = new PQueue({ concurrency: 1 });
  readonly #frames = new FrameReader(MAX_ANSWER_BYTES);
  #asked: Question | undefined;
  #closed: KdbError | undefined;

  /** `onClosed` is called once, when the connection is no more. */
  constructor(
    { target, socket, early, nodeQ, feedNodeQ }: OpenSocket,
    { clock, answerTimeoutMs }: { readonly clock: Clock; readonly answerTimeoutMs: number },
    onClosed: (error: KdbError) => void,
  ) {
    this.#name = targetName(target);
    this.#socket = socket;
    this.#nodeQ = nodeQ;
    this.#feedNodeQ = feedNodeQ;
    this.#clock = clock;
    this.#answerTimeoutMs = answerTimeoutMs;
    this.#onClosed = onClosed;
    listenTo(
      { socket, early },
      chunk => this.#received(chunk),
      () => this.#close(new KdbConnectionLostError(`the connection to ${this.#name} was lost`)),
    );
  }

  /**
   * What q answers to `text`, in node-q's form: numbers, Dates for dates, arrays, objects for dicts and tables.
   * Rejects with QError, or with the error that ended the connection.
   */
  ask(text: string): Promise<unknown> {
    return this.#queue.add(() => this.#ask(text));
  }

  close(): void {
    this.#close(new KdbConnectionLostError(`the connection to ${this.#name} was closed`));
  }

  async #ask(text: string): Promise<unknown> {
    if (this.#closed) throw this.#closed;
    const timer = this.#clock.after(this.#answerTimeoutMs, () =>
      this.#close(new KdbAnswerTimeoutError(this.#name, this.#answerTimeoutMs)),
    );
    try {
      return await this.#askNodeQ(text);
    } finally {
      timer.cancel();
      this.#asked = undefined;
    }
  }

  #askNodeQ(text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const question: Question = { heard: false, answer: undefined, reject };
      this.#asked = question;
      this.#nodeQ.k(text, (error, value) => {
        if (error) reject(new KdbMalformedError(error.message));
        else resolve(value);
      });
      // Confirmed after node-q's own write, so node-q listens by then.
      this.#socket.write(Buffer.alloc(0), () => {
        question.heard = true;
        const { answer } = question;
        if (answer) this.#guard(() => this.#answer(question, answer));
      });
    });
  }

  #received(chunk: Buffer): void {
    this.#guard(() => this.#frames.push(chunk, frame => this.#dispatch(frame)));
  }

  /** What cannot be read ends the connection. */
  #guard(read: () => void): void {
    if (this.#closed) return;
    try {
      read();
    } catch (error) {
      this.#close(error as KdbError);
    }
  }

  #dispatch(frame: Frame): void {
    const question = this.#asked;
    if (frame.type !== 'response' || this.#closed) return;
    if (!question || question.answer) throw new KdbMalformedError('an answer that nobody asked for');
    question.answer = frame;
    if (question.heard) this.#answer(question, frame);
  }

  #answer(question: Question, frame: Frame): void {
    const signalled = errorOf(bodyOf(frame, MAX_ANSWER_BYTES));
    if (signalled) question.reject(signalled);
    this.#feedNodeQ(frame.bytes);
  }

  #close(error: KdbError): void {
    if (this.#closed) return;
    this.#closed = error;
    this.#socket.destroy();
    this.#asked?.reject(error);
    this.#onClosed(error);
  }
}
