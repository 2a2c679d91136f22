import type { Batch } from '../batch.ts';
import type { IpcConnection } from '../connection/ipc-connection.ts';
import { encodeValue } from '../ipc/encode.ts';
import { charVector } from '../ipc/values.ts';
import type { BatchCalls } from './batch-call.ts';
import type { PublishMode } from './options.ts';

/** An empty string: evaluated to nothing, and answered after everything sent before it on this connection. */
const CHASER = encodeValue(charVector(''));

/** Sends batches as calls of the tickerplant's function, each in the way of its mode. */
export class BatchSender {
  readonly #connection: IpcConnection;
  readonly #mode: PublishMode;
  readonly #calls: BatchCalls;

  constructor(connection: IpcConnection, mode: PublishMode, calls: BatchCalls) {
    this.#connection = connection;
    this.#mode = mode;
    this.#calls = calls;
  }

  /**
   * Sends `batches`; one only in mode `sync`. Resolves when they are answered, in `async-unverified` when the
   * system has taken them, with the number of those that the tickerplant said to have taken before. Rejects with QError
   * where q signals one, else with the error that ended the connection.
   */
  async send(batches: readonly Batch[]): Promise<number> {
    const bodies = batches.map(batch => this.#calls.partsOf(batch));
    switch (this.#mode) {
      case 'sync': {
        const answers = await Promise.all(bodies.map(parts => this.#connection.request(...parts)));
        return answers.filter(answer => this.#calls.isOld(answer)).length;
      }
      case 'async+chaser': {
        const sent = bodies.map(parts => this.#connection.send(...parts));
        await Promise.all([...sent, this.#connection.request(CHASER)]);
        return 0;
      }
      case 'async-unverified':
        await Promise.all(bodies.map(parts => this.#connection.send(...parts)));
        return 0;
    }
  }
}
