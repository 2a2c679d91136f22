import type { Clock } from '../../base/clock.ts';
import { decodeValue } from '../ipc/decode.ts';
import { encodeValue } from '../ipc/encode.ts';
import { charVector, type QValue } from '../ipc/values.ts';
import type { Target } from '../target.ts';
import { IpcConnection } from './ipc-connection.ts';
import { openSocket } from './open-socket.ts';

export interface QueryOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

export const DEFAULT_MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** A connection for queries whose answers are exact: longs and times as 64-bit integers, tables as columns. */
export class QueryConnection {
  readonly #connection: IpcConnection;

  private constructor(connection: IpcConnection) {
    this.#connection = connection;
  }

  /** Opens a connection; rejects with KdbConnectError. */
  static async open(target: Target, options: QueryOptions): Promise<QueryConnection> {
    const { clock, connectTimeoutMs, answerTimeoutMs, maxAnswerBytes } = options;
    const socket = await openSocket(target, connectTimeoutMs, clock);
    const limits = { clock, answerTimeoutMs, maxMessageBytes: maxAnswerBytes };
    return new QueryConnection(new IpcConnection(socket, limits, { closed: () => {} }));
  }

  /**
   * What the q process answers to `text`, evaluated as q. Rejects with QError where q signals an error, with
   * KdbMessageTooLargeError, KdbMalformedError, KdbAnswerTimeoutError or KdbConnectionLostError.
   */
  async query(text: string): Promise<QValue> {
    return decodeValue(await this.#connection.request(encodeValue(charVector(text))));
  }

  close(): void {
    this.#connection.close();
  }
}
