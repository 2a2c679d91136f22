import { createRequire } from 'node:module';
import type { Connection } from 'node-q';

const ANSWER_MS = 20_000;

/** What a gateway signals whose own question has had no time: its clock runs faster, too. */
const OUT_OF_TIME = /^away: .* \(timeout\)$/;

const nodeQ = createRequire(import.meta.url)('node-q') as typeof import('node-q');

/** Questions to one q process over a connection that stays, in node-q's form. */
export class Questions {
  /** Questions that had no answer: on a machine without time for it a handshake takes longer than q waits. */
  unanswered = 0;
  /** What q signalled, each once. */
  readonly signals = new Set<string>();
  readonly #port: number;
  #connection: Connection | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** The answer; undefined where there is none. */
  async ask<Answer>(text: string): Promise<Answer | undefined> {
    try {
      this.#connection ??= await this.#connect();
      return await this.#answer<Answer>(this.#connection, text);
    } catch (error) {
      if (error instanceof QSignal) {
        if (OUT_OF_TIME.test(error.message)) this.unanswered++;
        else this.signals.add(error.message);
      } else {
        this.unanswered++;
        this.#connection?.close(() => {});
        this.#connection = undefined;
      }
      return undefined;
    }
  }

  close(): void {
    this.#connection?.close(() => {});
  }

  #connect(): Promise<Connection> {
    return new Promise((resolve, reject) => {
      nodeQ.connect({ host: '127.0.0.1', port: this.#port }, (error, connection) => {
        if (!connection) return reject(error ?? new Error('no connection'));
        // The question that waits is told by its timer.
        connection.on('error', () => {});
        resolve(connection);
      });
    });
  }

  #answer<Answer>(connection: Connection, text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
      connection.k(text, (refused: Error | undefined, answer: unknown) => {
        clearTimeout(timer);
        if (refused) reject(new QSignal(refused.message));
        else resolve(answer as Answer);
      });
    });
  }
}

class QSignal extends Error {}
