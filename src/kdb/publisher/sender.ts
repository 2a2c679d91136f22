import type { Batch } from '../batch.ts';
import type { IpcConnection } from '../connection/ipc-connection.ts';
import { encodeValue } from '../ipc/encode.ts';
import { charVector, symbolAtom } from '../ipc/values.ts';
import type { PublishMode } from './options.ts';

export const DEFAULT_FUNCTION = '.u.upd';

/** A general list of three items, without them: type, attribute, count. */
const LIST_OF_THREE = Buffer.from([0, 0, 3, 0, 0, 0]);

/** An empty string: evaluated to nothing, and answered after everything sent before it on this connection. */
const CHASER = encodeValue(charVector(''));

/** Sends batches as calls `(function; table; columns)`, each in the way of its mode. */
export class BatchSender {
  readonly #connection: IpcConnection;
  readonly #mode: PublishMode;
  readonly #functionName: Buffer;
  /** What stands before the columns of each table. */
  readonly #prefixes = new Map<string, Buffer>();

  constructor(connection: IpcConnection, mode: PublishMode, functionName = DEFAULT_FUNCTION) {
    this.#connection = connection;
    this.#mode = mode;
    this.#functionName = encodeValue(charVector(functionName));
  }

  /**
   * Sends `batches`; one only in mode `sync`. Resolves when they are answered, in `async-unverified` when the
   * system has taken them. Rejects with QError where q signals one, else with the error that ended the connection.
   */
  async send(batches: readonly Batch[]): Promise<void> {
    switch (this.#mode) {
      case 'sync':
        await Promise.all(batches.map(batch => this.#connection.request(this.#prefix(batch), batch.columns)));
        return;
      case 'async+chaser': {
        const sent = batches.map(batch => this.#connection.send(this.#prefix(batch), batch.columns));
        await Promise.all([...sent, this.#connection.request(CHASER)]);
        return;
      }
      case 'async-unverified':
        await Promise.all(batches.map(batch => this.#connection.send(this.#prefix(batch), batch.columns)));
        return;
    }
  }

  #prefix({ table }: Batch): Buffer {
    let prefix = this.#prefixes.get(table);
    if (!prefix) {
      prefix = Buffer.concat([LIST_OF_THREE, this.#functionName, encodeValue(symbolAtom(table))]);
      this.#prefixes.set(table, prefix);
    }
    return prefix;
  }
}
