import { createHash } from 'node:crypto';
import type { FlatDataset } from '../massive/flat/datasets.ts';
import type { AggregateTableName } from '../tables/definitions.ts';
import { type DateDays, isoDateOf } from '../tables/epoch.ts';
import type { SymbolSelection } from './symbol-selection.ts';

/** The bars of one date, out of one flat file. */
export interface FlatUnit {
  readonly kind: 'flat';
  readonly id: string;
  readonly table: AggregateTableName;
  readonly dataset: FlatDataset;
  readonly date: DateDays;
  readonly key: string;
  /** Which version of the file it is; with another one it is fetched again. */
  readonly etag: string;
  readonly sizeBytes: number;
}

/** The bars of one symbol over some dates, both included, over REST. */
export interface RestUnit {
  readonly kind: 'rest';
  readonly id: string;
  readonly table: AggregateTableName;
  readonly sym: string;
  readonly fromDate: DateDays;
  readonly untilDate: DateDays;
}

/** The day bars of all symbols of one date, over REST. */
export interface GroupedUnit {
  readonly kind: 'grouped';
  readonly id: string;
  readonly table: 'agg1d';
  readonly date: DateDays;
}

/** What is fetched and staged as one: all of it counts, or nothing. */
export type Unit = FlatUnit | RestUnit | GroupedUnit;

/** Units whose partitions are merged together, once all of them are staged. */
export interface UnitGroup {
  readonly name: string;
  readonly table: AggregateTableName;
  readonly units: readonly Unit[];
}

export function flatUnit(
  dataset: FlatDataset,
  date: DateDays,
  file: { readonly key: string; readonly etag: string; readonly sizeBytes: number },
  symbols: SymbolSelection,
): FlatUnit {
  const series = dataset.prefix.replace(/\//g, '.');
  const chosen = symbols.words === undefined ? '' : `.${shortHash(symbols.words.join('\n'))}`;
  return {
    kind: 'flat',
    id: `flat.${series}.${isoDateOf(date)}${chosen}`,
    table: dataset.table,
    dataset,
    date,
    key: file.key,
    etag: file.etag,
    sizeBytes: file.sizeBytes,
  };
}

export function restUnit(
  table: AggregateTableName,
  sym: string,
  fromDate: DateDays,
  untilDate: DateDays,
): RestUnit {
  const id = `rest.${table}.${fileSafe(sym)}.${isoDateOf(fromDate)}.${isoDateOf(untilDate)}`;
  return { kind: 'rest', id, table, sym, fromDate, untilDate };
}

export function groupedUnit(date: DateDays): GroupedUnit {
  return { kind: 'grouped', id: `rest.grouped.${isoDateOf(date)}`, table: 'agg1d', date };
}

/** A symbol as a part of a file's name; case-sensitive, and different for different symbols. */
function fileSafe(sym: string): string {
  return sym.replace(/[^A-Za-z0-9.]/g, character => `-${character.codePointAt(0)!.toString(16)}-`);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
