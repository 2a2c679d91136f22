import { createReadStream } from 'node:fs';
import { BarHasher, CHECKSUM_NUMBERS, Checksum, SymbolHashes } from '../../src/simulator/truth.ts';
import { AGGREGATE_COLUMNS } from '../../src/tables/definitions.ts';
import { TABLE_EPOCH_MS } from '../../src/tables/epoch.ts';

const LOG_HEADER_BYTES = 8;
/** (list of three)(`upd), and the symbol atom's type before the table's name. */
const MESSAGE_HEAD = Buffer.from([0, 0, 3, 0, 0, 0, 0xf5, 0x75, 0x70, 0x64, 0, 0xf5]);
const SYMBOL_VECTOR = 11;
const NS_PER_MS = 1e6;
const NULL_LONG = -(2n ** 63n);

/** What the log of a tickerplant holds of a table, in the terms of the simulator's truth. */
export interface LoggedTable {
  rows: number;
  readonly checksum: Checksum;
}

/**
 * Reads a tickerplant's log message by message, of which only the rest of one is in memory. Every row counts: a bar
 * that is there twice makes rows and checksum differ from the truth.
 */
export async function readTickerplantLog(path: string): Promise<Map<string, LoggedTable>> {
  const tables = new Map<string, LoggedTable>();
  const reader = new MessageReader(tables);
  let rest: Buffer = Buffer.alloc(0);
  let skipped = false;
  for await (const chunk of createReadStream(path, { highWaterMark: 4 * 1024 * 1024 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    if (!skipped) {
      if (rest.length < LOG_HEADER_BYTES) continue;
      rest = rest.subarray(LOG_HEADER_BYTES);
      skipped = true;
    }
    let used = reader.read(rest);
    while (used > 0) {
      rest = rest.subarray(used);
      used = reader.read(rest);
    }
  }
  if (rest.length > 0) throw new Error(`${path} ends within a message, ${rest.length} bytes before its end`);
  return tables;
}

class MessageReader {
  readonly #tables: Map<string, LoggedTable>;
  readonly #hasher = new BarHasher();
  readonly #nameHashes = new SymbolHashes();

  constructor(tables: Map<string, LoggedTable>) {
    this.#tables = tables;
  }

  /** Takes the first message. @returns its length; 0 where it is not whole */
  read(bytes: Buffer): number {
    if (bytes.length < MESSAGE_HEAD.length) return 0;
    if (!bytes.subarray(0, MESSAGE_HEAD.length).equals(MESSAGE_HEAD))
      throw new Error('a message of the log is no (`upd;table;columns)');
    const nameEnd = bytes.indexOf(0, MESSAGE_HEAD.length);
    if (nameEnd < 0 || bytes.length < nameEnd + 7) return 0;
    const table = bytes.toString('utf8', MESSAGE_HEAD.length, nameEnd);
    const columns: (number | readonly string[])[] = [];
    let at = nameEnd + 7;
    const columnCount = bytes.readUInt32LE(nameEnd + 3);
    let rows = 0;
    for (let column = 0; column < columnCount; column++) {
      if (bytes.length < at + 6) return 0;
      const type = bytes[at]!;
      rows = bytes.readUInt32LE(at + 2);
      at += 6;
      if (type === SYMBOL_VECTOR) {
        const names: string[] = [];
        for (let row = 0; row < rows; row++) {
          const end = bytes.indexOf(0, at);
          if (end < 0) return 0;
          names.push(bytes.toString('utf8', at, end));
          at = end + 1;
        }
        columns.push(names);
      } else {
        columns.push(at);
        at += rows * 8;
        if (bytes.length < at) return 0;
      }
    }
    this.#take(table, rows, columns, bytes);
    return at;
  }

  #take(table: string, rows: number, columns: readonly (number | readonly string[])[], bytes: Buffer): void {
    const logged = this.#tables.get(table) ?? { rows: 0, checksum: new Checksum() };
    this.#tables.set(table, logged);
    logged.rows += rows;
    if (!table.startsWith('agg')) return;
    const placeOf = (name: string) => columns[AGGREGATE_COLUMNS.findIndex(column => column.name === name)]!;
    const numbers = CHECKSUM_NUMBERS.map(name => placeOf(name) as number);
    const trades = CHECKSUM_NUMBERS.indexOf('trades');
    const [syms, markets] = [placeOf('sym'), placeOf('mkt')] as unknown as [
      readonly string[],
      readonly string[],
    ];
    const starts = placeOf('start') as number;
    for (let row = 0; row < rows; row++) {
      for (const [index, place] of numbers.entries()) {
        this.#hasher.numbers[index] =
          index === trades
            ? numberOfLong(bytes.readBigInt64LE(place + row * 8))
            : bytes.readDoubleLE(place + row * 8);
      }
      const startMs = Number(bytes.readBigInt64LE(starts + row * 8)) / NS_PER_MS + TABLE_EPOCH_MS;
      this.#hasher.hash(Math.round(startMs), this.#nameHashes.of(markets[row]!, syms[row]!));
      logged.checksum.add(this.#hasher.first, this.#hasher.second);
    }
  }
}

function numberOfLong(value: bigint): number {
  return value === NULL_LONG ? Number.NaN : Number(value);
}
