import type { Clock } from '../../base/clock.ts';
import { ExitCode } from '../../base/exit-codes.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import type { Batch } from '../batch.ts';
import { IpcConnection } from '../connection/ipc-connection.ts';
import { openSocket } from '../connection/open-socket.ts';
import { QError } from '../errors.ts';
import { ByteWriter } from '../ipc/byte-writer.ts';
import { decodeValue } from '../ipc/decode.ts';
import { encodeValue } from '../ipc/encode.ts';
import {
  GENERIC_NULL,
  listOf,
  longAtom,
  NULL_INT32,
  type QTable,
  type QValue,
  symbolAtom,
  symbolVector,
} from '../ipc/values.ts';
import { type Target, targetName } from '../target.ts';
import {
  type LoaderFacts,
  loaderFactsOf,
  type MergedDate,
  mergedDatesOf,
  type WaitingPart,
  waitingPartsOf,
} from './answers.ts';
import { chunkOf, chunkRanges } from './chunk.ts';
import { LoaderError, NotLoaderError } from './errors.ts';
import { type HeldBars, type HeldSymbol, heldBarsOf, heldSymbolsOf } from './held-bars.ts';

/** The version of the loader's protocol that this client speaks; q/feed.q has the same. */
const PROTOCOL = 1;

/** Chunks that are on their way at once: the loader writes one while the next is encoded. */
const CHUNKS_IN_FLIGHT = 3;

/** A general list without its items: type, attribute, count. */
const LIST_OF_SIX = Buffer.from([0, 0, 6, 0, 0, 0]);

/** What its signals begin with when the disk is the matter. */
const DISK_SIGNALS = /OS reports|No space|^os\b|^verify/;

export interface LoaderOptions {
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
  /** Longest time for an answer: a merge reads and writes a whole partition. */
  readonly answerTimeoutMs: number;
  /** The market of its database, else NotLoaderError. */
  readonly market: string;
}

const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

/** The tables that are not parted by date. */
const WHOLE_TABLES = new Set(['agg1d']);

/** A connection to the loader (q/feed.q), which alone writes the database. */
export class Loader {
  /** The database that it writes. */
  facts: LoaderFacts = { protocol: PROTOCOL, market: '', root: '', identity: '' };
  readonly #connection: IpcConnection;

  private constructor(connection: IpcConnection) {
    this.#connection = connection;
  }

  /** Connects, and makes sure that it is the loader of this market. Rejects with KdbConnectError or NotLoaderError. */
  static async open(target: Target, options: LoaderOptions): Promise<Loader> {
    const { clock, connectTimeoutMs, answerTimeoutMs, market } = options;
    const socket = await openSocket(target, connectTimeoutMs, clock);
    const limits = { clock, answerTimeoutMs, maxMessageBytes: MAX_ANSWER_BYTES };
    const loader = new Loader(new IpcConnection(socket, limits, { closed: () => {} }));
    try {
      loader.facts = await loader.#recognise(target, market);
    } catch (error) {
      loader.close();
      throw error;
    }
    return loader;
  }

  /**
   * Stages a unit: all of its rows, or none. What was staged of it before is forgotten. A block of rows is done with
   * when the next is asked for. `onRows` is told how many rows the loader has taken so far.
   *
   * @returns the rows that were staged.
   */
  async stage(
    unit: string,
    blocks: AsyncIterable<TableRows>,
    onRows: (rows: number) => void = () => {},
  ): Promise<number> {
    await this.#call(`begin ${unit}`, '.feed.begin', symbolAtom(unit));
    let sent = 0;
    let chunks = 0;
    const inFlight: Promise<void>[] = [];
    // An answer says that its chunk has arrived, and leaves the bytes of that one to the next.
    const writers = Array.from({ length: CHUNKS_IN_FLIGHT }, () => new ByteWriter());
    for await (const rows of blocks) {
      for (const range of chunkRanges(rows, !WHOLE_TABLES.has(rows.definition.name))) {
        if (inFlight.length >= CHUNKS_IN_FLIGHT) await inFlight.shift();
        const request = [
          symbolAtom('.feed.chunk'),
          symbolAtom(unit),
          longAtom(BigInt(chunks)),
          chunkOf(rows, range),
        ];
        const writer = writers[chunks++ % CHUNKS_IN_FLIGHT]!;
        writer.clear();
        const staged = sent + range.end - range.begin;
        const answered = this.#request(`stage ${unit}`, encodeValue(listOf(request), writer)).then(() =>
          onRows(staged),
        );
        // Awaited in its turn; until then a rejection must not count as one that nobody handles.
        answered.catch(() => {});
        inFlight.push(answered);
        sent = staged;
      }
    }
    for (const answered of inFlight) await answered;
    await this.#call(`end ${unit}`, '.feed.end', symbolAtom(unit), longAtom(BigInt(sent)));
    return sent;
  }

  /**
   * Stages a unit of batches as a tickerplant gets them, of any of its tables: all of its rows, or none. What was staged
   * of it before is forgotten. The bytes of a batch must stay as they are until this has settled.
   *
   * @returns the rows that were staged.
   */
  async stageBatches(unit: string, batches: AsyncIterable<Batch>): Promise<number> {
    await this.#call(`begin ${unit}`, '.feed.begin', symbolAtom(unit));
    let rows = 0;
    let number = 0n;
    for await (const { table, tradingDate, rowCount, columns } of batches) {
      const date = WHOLE_TABLES.has(table) ? NULL_INT32 : tradingDate;
      const beginning = [
        symbolAtom('.feed.batch'),
        symbolAtom(unit),
        longAtom(number++),
        symbolAtom(table),
        { kind: 'atom', type: 'date', value: date } as const,
      ];
      await this.#request(
        `stage ${unit}`,
        LIST_OF_SIX,
        ...beginning.map(value => encodeValue(value)),
        columns,
      );
      rows += rowCount;
    }
    await this.#call(`end ${unit}`, '.feed.end', symbolAtom(unit), longAtom(BigInt(rows)));
    return rows;
  }

  /** Merges what is staged of a table on these dates, all of it where none are given, and publishes the result. */
  async merge(table: string, dates: readonly DateDays[] = []): Promise<MergedDate[]> {
    const answer = await this.#call(`merge ${table}`, '.feed.merge', symbolAtom(table), datesVector(dates));
    return mergedDatesOf(answer);
  }

  /** Adds rows to a table of reference data, which replace those of the same id, and publishes it. */
  async reference(table: string, rows: QTable): Promise<MergedDate> {
    const answer = await this.#call(`load ${table}`, '.feed.reference', symbolAtom(table), rows);
    return mergedDatesOf(answer)[0]!;
  }

  /** What is staged and not merged. */
  async waiting(): Promise<WaitingPart[]> {
    return waitingPartsOf(await this.#call('say what waits', '.feed.waiting', GENERIC_NULL));
  }

  /**
   * Opens a date of a table of bars to be compared: its symbols, in the order of the database. What `heldBars` answers
   * from then on is the state of this moment, until the next call or `endHeld`.
   */
  async openHeld(table: string, date: DateDays): Promise<HeldSymbol[]> {
    const day: QValue = { kind: 'atom', type: 'date', value: date };
    return heldSymbolsOf(await this.#call(`open ${table}`, '.reconcile.open', symbolAtom(table), day));
  }

  /** Bars of some symbols of the date that is open. Symbols that the database lacks are left out. */
  async heldBars(symbols: readonly string[]): Promise<HeldBars> {
    return heldBarsOf(await this.#call('read bars', '.reconcile.rows', symbolVector(symbols)));
  }

  async endHeld(): Promise<void> {
    await this.#call('close bars', '.reconcile.close', GENERIC_NULL);
  }

  close(): void {
    this.#connection.close();
  }

  async #recognise(target: Target, market: string): Promise<LoaderFacts> {
    const expected = `a loader of ${market}, protocol ${PROTOCOL}`;
    let answer: QValue;
    try {
      const hello = encodeValue(listOf([symbolAtom('.feed.hello'), GENERIC_NULL]));
      answer = decodeValue(await this.#connection.request(hello));
    } catch (error) {
      if (!(error instanceof QError)) throw error;
      throw new NotLoaderError(targetName(target), expected, `'${error.signal}`);
    }
    const facts = loaderFactsOf(answer);
    if (facts?.market === market && facts.protocol === PROTOCOL) return facts;
    const received = facts ? `one of ${facts.market}, protocol ${facts.protocol}` : 'another answer';
    throw new NotLoaderError(targetName(target), expected, received);
  }

  #call(what: string, name: string, ...args: readonly QValue[]): Promise<QValue> {
    return this.#request(what, encodeValue(listOf([symbolAtom(name), ...args])));
  }

  async #request(what: string, ...body: readonly Uint8Array[]): Promise<QValue> {
    try {
      return decodeValue(await this.#connection.request(...body));
    } catch (error) {
      if (!(error instanceof QError)) throw error;
      const exitCode = DISK_SIGNALS.test(error.signal) ? ExitCode.io : ExitCode.failed;
      throw new LoaderError(what, error.signal, exitCode);
    }
  }
}

function datesVector(dates: readonly DateDays[]): QValue {
  return { kind: 'vector', type: 'date', attribute: 'none', values: Int32Array.from(dates) };
}
