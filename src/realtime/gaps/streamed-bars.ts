import type { Int64Column, SymbolColumn } from '../../tables/columns.ts';
import { TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { removeRows } from '../../tables/remove-rows.ts';
import type { TableRows } from '../../tables/table-rows.ts';

const NS_PER_MS = 1_000_000n;

/**
 * What the stream sends of a gap's windows while the gap is filled: corrections of bars that REST may have given as they
 * were before. REST's version must not come after the stream's then. Leaving REST's out is always right: while the stream
 * is there, it sends whatever is newer still.
 */
export class StreamedBars {
  #range: { readonly fromNs: bigint; readonly untilNs: bigint } | undefined;
  readonly #bars = new Set<string>();

  /** Begins before REST is asked for windows from `beginMs` to `endMs` (ms since 1970). */
  begin(beginMs: number, endMs: number): void {
    this.#bars.clear();
    this.#range = { fromNs: tableNs(beginMs), untilNs: tableNs(endMs) };
  }

  end(): void {
    this.#range = undefined;
    this.#bars.clear();
  }

  /** Rows of the stream, which are the caller's again when this returns. */
  received(rows: TableRows): void {
    if (!this.#range) return;
    const { fromNs, untilNs } = this.#range;
    const { values } = rows.column('start') as Int64Column;
    const keyOf = keysOf(rows);
    for (let row = 0; row < rows.rowCount; row++) {
      const startNs = values[row]!;
      if (startNs >= fromNs && startNs < untilNs) this.#bars.add(keyOf(row));
    }
  }

  /** Takes bars that the stream has sent meanwhile out of what REST gave. Returns how many. */
  remove(rows: TableRows): number {
    if (this.#bars.size === 0) return 0;
    const keyOf = keysOf(rows);
    return removeRows(rows, row => this.#bars.has(keyOf(row)));
  }
}

function tableNs(ms: number): bigint {
  return BigInt(Math.floor(ms) - TABLE_EPOCH_MS) * NS_PER_MS;
}

/** What names the bar of a row, for as long as no row is added. */
function keysOf(rows: TableRows): (row: number) => string {
  const { ids } = rows.column('sym') as SymbolColumn;
  const { values } = rows.column('start') as Int64Column;
  return row => `${rows.definition.name} ${rows.symbols.nameOf(ids[row]!)} ${values[row]}`;
}
