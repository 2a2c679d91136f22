import type { QueryConnection } from '../../kdb/connection/query-connection.ts';
import { NULL_INT64, type QTable, type QValue } from '../../kdb/ipc/values.ts';
import { BarHasher, CHECKSUM_NUMBERS, Checksum, SymbolHashes } from '../../simulator/truth.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';

const CHUNK_ROWS = 50_000;
const NS_PER_MS = 1_000_000n;

/** What a table of the RDB holds, in the terms of the simulator's truth. */
export interface TableContent {
  readonly rows: number;
  /** Different bars (market, sym, start). */
  readonly distinct: number;
  /** Over the last version of each bar, as simulator/truth.ts defines it. */
  readonly checksum: string;
}

export async function countRows(connection: QueryConnection, table: string): Promise<number> {
  const answer = await connection.query(`count ${table}`);
  if (answer.kind !== 'atom' || answer.type !== 'long') throw new TypeError(`count ${table} is not a long`);
  return Number(answer.value);
}

/** Reads a table whole, a chunk of rows at a time. */
export async function readContent(connection: QueryConnection, table: string): Promise<TableContent> {
  const rows = await countRows(connection, table);
  const content = new ContentReader();
  for (let begin = 0; begin < rows; begin += CHUNK_ROWS) {
    const end = Math.min(begin + CHUNK_ROWS, rows) - 1;
    content.add(
      await connection.query(
        `select mkt,sym,start,${CHECKSUM_NUMBERS.join(',')} from ${table} where i within ${begin} ${end}`,
      ),
    );
  }
  return { rows, distinct: content.distinct, checksum: content.checksum.toString() };
}

interface Hashes {
  readonly first: number;
  readonly second: number;
}

/** Hashes rows in their order; a later version of a bar takes the place of the earlier one. */
class ContentReader {
  readonly checksum = new Checksum();
  distinct = 0;
  readonly #hasher = new BarHasher();
  readonly #nameHashes = new SymbolHashes();
  readonly #bars = new Map<string, Map<number, Hashes>>();

  add(answer: QValue): void {
    if (answer.kind !== 'table') throw new TypeError('the RDB did not answer with a table');
    const markets = symbols(answer, 'mkt');
    const names = symbols(answer, 'sym');
    const starts = longs(answer, 'start');
    const numbers = CHECKSUM_NUMBERS.map(name => doubles(answer, name));
    for (let row = 0; row < names.length; row++) {
      numbers.forEach((values, index) => {
        this.#hasher.numbers[index] = values[row]!;
      });
      const startMs = Number(starts[row]! / NS_PER_MS) + TABLE_EPOCH_MS;
      this.#hasher.hash(startMs, this.#nameHashes.of(markets[row]!, names[row]!));
      this.#put(`${markets[row]}|${names[row]}`, startMs, this.#hasher);
    }
  }

  #put(bar: string, startMs: number, { first, second }: Hashes): void {
    let versions = this.#bars.get(bar);
    if (!versions) {
      versions = new Map();
      this.#bars.set(bar, versions);
    }
    const earlier = versions.get(startMs);
    if (earlier) this.checksum.remove(earlier.first, earlier.second);
    else this.distinct++;
    versions.set(startMs, { first, second });
    this.checksum.add(first, second);
  }
}

function vector(table: QTable, name: string) {
  const values = table.columns.find(column => column.name === name)?.values;
  if (values?.kind !== 'vector') throw new TypeError(`column ${name} is not a vector`);
  return values;
}

function symbols(table: QTable, name: string): readonly string[] {
  const column = vector(table, name);
  if (column.type !== 'symbol') throw new TypeError(`column ${name} is not of symbols`);
  return column.values;
}

function longs(table: QTable, name: string): BigInt64Array {
  const column = vector(table, name);
  if (column.type !== 'long' && column.type !== 'timestamp')
    throw new TypeError(`column ${name} has no longs`);
  return column.values;
}

/** Floats as they are, longs as floats with NaN for null. */
function doubles(table: QTable, name: string): Float64Array {
  const column = vector(table, name);
  if (column.type === 'float') return column.values;
  return Float64Array.from(longs(table, name), value => (value === NULL_INT64 ? Number.NaN : Number(value)));
}
