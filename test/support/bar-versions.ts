/** Versions of bars, what must come of them, and how a database tells what came of them. */
import type { Random } from '../../src/base/random.ts';
import type { QTable, QValue } from '../../src/kdb/ipc/values.ts';
import { AGGREGATE_TABLES, type AggregateTableName } from '../../src/tables/definitions.ts';
import { SymbolTable } from '../../src/tables/symbol-table.ts';
import { TableRows } from '../../src/tables/table-rows.ts';

const SETTLED = ['open', 'high', 'low', 'close', 'volume', 'trades'] as const;
const OTHERS = ['vwap', 'avgsize', 'dayvol', 'dayvwap', 'dayopen'] as const;
const VALUES = [...SETTLED, ...OTHERS] as const;
type ValueName = (typeof VALUES)[number];

const NS_PER_MINUTE = 60_000_000_000n;
/** 2024-01-02 14:30 UTC, the open in New York, and its date. */
export const OPENING_NS = 757_521_000_000_000_000n;
export const OPENING_DATE = 8767;

/** A version of a bar; what is left out is null. Times are nanoseconds since 2000. */
export interface BarVersion {
  readonly sym: string;
  readonly start: bigint;
  readonly src: 'ws' | 'rest' | 'flat';
  readonly recv: bigint;
  readonly values: Readonly<Partial<Record<ValueName, number>>>;
}

/** What must come of versions, given in order of arrival. */
export function truthOf(versions: readonly BarVersion[]): { bars: BarVersion[]; superseded: BarVersion[] } {
  const groups = new Map<string, BarVersion[]>();
  for (const version of versions) {
    const key = `${version.sym} ${version.start}`;
    groups.set(key, [...(groups.get(key) ?? []), version]);
  }
  const bars: BarVersion[] = [];
  const superseded: BarVersion[] = [];
  for (const group of groups.values()) {
    const ordered = group.toSorted((a, b) => Number(a.recv - b.recv));
    const bar = barOf(ordered);
    bars.push(bar);
    superseded.push(...ordered.filter(version => differs(version, bar)));
  }
  return { bars, superseded };
}

function barOf(ordered: readonly BarVersion[]): BarVersion {
  const flats = ordered.filter(({ src }) => src === 'flat');
  const ranked = [...ordered.filter(({ src }) => src !== 'flat'), ...flats];
  const values: Partial<Record<ValueName, number>> = {};
  for (const name of VALUES) {
    const among = (SETTLED as readonly string[]).includes(name) ? ranked : ordered;
    const value = among.findLast(version => version.values[name] !== undefined)?.values[name];
    if (value !== undefined) values[name] = value;
  }
  const merged = { ...ordered[0]!, values };
  const rivals = flats.length > 0 ? flats : ordered;
  const spoilt = rivals.findLastIndex(version => differs(version, merged));
  const winner = rivals.find(
    (version, i) => i > spoilt && VALUES.every(name => version.values[name] === values[name]),
  );
  const { src, recv } = winner ?? rivals.at(-1)!;
  return { ...merged, src, recv };
}

function differs(version: BarVersion, bar: BarVersion): boolean {
  return VALUES.some(name => version.values[name] !== undefined && version.values[name] !== bar.values[name]);
}

/** The same without the time of receipt: which of the versions that agree names a bar depends on how it came about. */
export function valueLines(bars: readonly BarVersion[]): string[] {
  return lines(bars.map(bar => ({ ...bar, recv: 0n })));
}

/** One line a bar, sorted, to compare. */
export function lines(bars: readonly BarVersion[]): string[] {
  return bars.map(lineOf).toSorted();
}

export function distinctLines(bars: readonly BarVersion[]): string[] {
  return [...new Set(lines(bars))];
}

function lineOf({ sym, start, src, recv, values }: BarVersion): string {
  return [sym, start, src, recv, ...VALUES.map(name => values[name] ?? 'null')].join(' ');
}

/** The bars of a table that q answered, in its order. */
export function barsIn(answer: QValue): BarVersion[] {
  if (answer.kind !== 'table') throw new TypeError('q answered no table');
  const count = columnOf(answer, 'sym').length;
  return Array.from({ length: count }, (_, row) => {
    const values: Partial<Record<ValueName, number>> = {};
    for (const name of VALUES) {
      const value = columnOf(answer, name)[row]!;
      if (typeof value === 'bigint' ? value !== -(2n ** 63n) : !Number.isNaN(value))
        values[name] = Number(value);
    }
    return {
      sym: String(columnOf(answer, 'sym')[row]),
      start: columnOf(answer, 'start')[row] as bigint,
      src: columnOf(answer, 'src')[row] as BarVersion['src'],
      recv: columnOf(answer, 'recv')[row] as bigint,
      values,
    };
  });
}

function columnOf({ columns }: QTable, name: string): ArrayLike<string | number | bigint> {
  const values = columns.find(column => column.name === name)?.values;
  if (values?.kind !== 'vector') throw new TypeError(`q answered no column ${name}`);
  return values.values as ArrayLike<string | number | bigint>;
}

/** Versions as a feed sends them: blocks of rows of one source and time of receipt. */
export async function* blocksOf(
  versions: readonly BarVersion[],
  date = OPENING_DATE,
  table: AggregateTableName = 'agg1m',
): AsyncGenerator<TableRows> {
  const symbols = new SymbolTable();
  for (let begin = 0, end = 1; begin < versions.length; end++) {
    const first = versions[begin]!;
    const next = versions[end];
    if (next !== undefined && next.src === first.src && next.recv === first.recv) continue;
    const rows = new TableRows(AGGREGATE_TABLES[table], symbols);
    rows.reserve(end - begin);
    for (const version of versions.slice(begin, end)) append(rows, version, date);
    yield rows;
    begin = end;
  }
}

function append(rows: TableRows, { sym, start, src, recv, values }: BarVersion, date: number): void {
  const cells: Record<string, string | number | bigint | undefined> = {
    sym,
    start,
    src,
    recv,
    mkt: 'stocks',
    ...values,
  };
  rows.definition.columns.forEach(({ name }, i) => {
    const column = rows.columns[i]!;
    const value = cells[name];
    if (column.type === 'symbol') column.ids[rows.rowCount] = rows.symbols.internText(String(value ?? ''));
    else if (column.type === 'float') column.values[rows.rowCount] = Number(value ?? Number.NaN);
    else column.values[rows.rowCount] = value === undefined ? -(2n ** 63n) : BigInt(value);
  });
  rows.tradingDates[rows.rowCount] = date;
  rows.rowCount++;
}

/** A file has all of its columns in every row. */
function isGiven(src: BarVersion['src'], name: ValueName): boolean {
  return src === 'flat' && (SETTLED as readonly string[]).includes(name);
}

export interface Sample {
  readonly symbols: number;
  readonly minutes: number;
  readonly rows: number;
  /** Times of receipt are in these seconds after the opening. */
  readonly recvFrom: number;
  readonly recvUntil: number;
  /** Opening of the day. */
  readonly opening?: bigint;
}

/** Random versions in order of receipt: few bars, so that many meet; values of few kinds, so that many agree. */
export function randomVersions(random: Random, sample: Sample): BarVersion[] {
  const below = (limit: number) => Math.floor(random() * limit);
  const opening = sample.opening ?? OPENING_NS;
  const versions = Array.from({ length: sample.rows }, (): BarVersion => {
    const src = (['ws', 'rest', 'flat'] as const)[below(3)]!;
    const names = src === 'ws' ? VALUES : src === 'rest' ? [...SETTLED, 'vwap' as const] : SETTLED;
    const seconds = sample.recvFrom + below(sample.recvUntil - sample.recvFrom);
    return {
      sym: `S${below(sample.symbols)}`,
      start: opening + BigInt(below(sample.minutes)) * NS_PER_MINUTE,
      src,
      recv: OPENING_NS + BigInt(seconds) * 1_000_000_000n,
      values: Object.fromEntries(
        names
          .filter(name => isGiven(src, name) || random() < 0.8)
          .map(name => [name, 1 + below(3) + (name === 'trades' ? 0 : 0.25)]),
      ),
    };
  });
  return versions.toSorted((a, b) => Number(a.recv - b.recv));
}
