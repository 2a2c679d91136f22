import type { Int64Column, SymbolColumn } from '../../tables/columns.ts';
import { type DateDays, TABLE_EPOCH_MS } from '../../tables/epoch.ts';
import { openSpans } from '../../tables/open-spans.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import type { SymbolIndex } from './symbol-index.ts';

const WORD = 4_294_967_296;
const NS_PER_MINUTE = 6e10;
const MINUTE_MS = 60_000;

/** A trading date with an hour more, as where daylight-saving time ends. */
const MOST_MINUTES = 1_500;
const MASK_WORDS = Math.ceil(MOST_MINUTES / 32);

/** Rows of the picture: more could not be told apart. */
const MOST_GROUPS = 32;
/** Symbols are counted by their first characters; further beginnings share one place. */
const GROUP_CHARACTERS = 2;
const MOST_BEGINNINGS = 1_024;

/** Symbols that begin alike. */
interface Beginning {
  readonly text: string;
  symbols: number;
  /** The name of the only symbol; empty where there are several. */
  onlyName: string;
  /** For each minute how many of them had a bar. */
  readonly seen: Uint16Array;
}

/** Symbols of neighbouring beginnings, such as A-AAP. */
export interface CoverageGroup {
  readonly name: string;
  readonly symbols: number;
  readonly seen: readonly number[];
}

export interface CoverageOfDate {
  readonly date: DateDays;
  /** Start of the first minute, ms since 1970. */
  readonly beginMs: number;
  readonly minutes: number;
  readonly groups: readonly CoverageGroup[];
}

/** A trading date as its minutes are counted, since 2000. */
interface Session {
  readonly date: DateDays;
  readonly firstMinute: number;
  readonly minutes: number;
}

/**
 * Which symbols had a bar in which minute of the session of the newest trading date: one bit for each, and sums by the
 * symbols' first characters. It is on the way of every row of the feed.
 */
export class Coverage {
  readonly #symbols: SymbolIndex;
  readonly #calendar: () => SessionCalendar;
  #session: Session | undefined;
  /** The latest minute that had a bar. */
  #lastMinute = -1;
  readonly #beginnings = new Map<string, Beginning>();
  /** By symbol. */
  #beginningOf: Beginning[] = [];
  #latest = new Int32Array(0);
  #masks = new Int32Array(0);

  /** @param calendar asked at each trading date: holidays may be announced */
  constructor(symbols: SymbolIndex, calendar: () => SessionCalendar) {
    this.#symbols = symbols;
    this.#calendar = calendar;
  }

  get date(): DateDays | undefined {
    return this.#session?.date;
  }

  /**
   * Begins anew where most rows of a drain are of a later trading date than any before: a single one may be wrong. Returns
   * whether they are.
   */
  goesOn({ tradingDates, rowCount }: TableRows): boolean {
    const middle = tradingDates[rowCount >>> 1]!;
    if (this.#session && middle <= this.#session.date) return false;
    let same = 0;
    for (let row = 0; row < rowCount; row++) if (tradingDates[row] === middle) same++;
    if (same * 2 <= rowCount) return false;
    this.clear();
    this.#session = sessionOf(middle, this.#calendar());
    return true;
  }

  /** Takes rows of any table of bars; `indexes` are those of their symbols. */
  received(rows: TableRows, indexes: Int32Array): void {
    if (!this.#session) return;
    if (this.#beginningOf.length < this.#symbols.count) this.#reserve();
    const { firstMinute, minutes } = this.#session;
    const latest = this.#latest;
    const { ids } = rows.column('sym') as SymbolColumn;
    const { words: starts } = rows.column('start') as Int64Column;
    for (let row = 0; row < rows.rowCount; row++) {
      const symbol = indexes[ids[row]!]!;
      if (symbol < 0) continue;
      const minute =
        Math.floor((starts[row * 2 + 1]! * WORD + (starts[row * 2]! >>> 0)) / NS_PER_MINUTE) - firstMinute;
      // Most bars are of the minute of the one before.
      if (minute === latest[symbol]! || minute < 0 || minute >= minutes) continue;
      this.#mark(symbol, minute);
    }
  }

  /**
   * The minutes of the session until `nowMs` (ms since 1970), or until the latest bar where that is later; undefined
   * before the first bar.
   */
  read(nowMs: number): CoverageOfDate | undefined {
    if (!this.#session) return undefined;
    const { date, firstMinute, minutes: most } = this.#session;
    const beginMs = TABLE_EPOCH_MS + firstMinute * MINUTE_MS;
    const isToday = this.#calendar().tradingDate(nowMs) === date;
    const passed = isToday ? Math.floor((nowMs - beginMs) / MINUTE_MS) + 1 : 0;
    const minutes = Math.max(0, Math.min(most, Math.max(passed, this.#lastMinute + 1)));
    const sorted = [...this.#beginnings.values()].sort((left, right) => (left.text < right.text ? -1 : 1));
    return { date, beginMs, minutes, groups: inGroups(sorted, this.#symbols.count, minutes) };
  }

  clear(): void {
    this.#session = undefined;
    this.#lastMinute = -1;
    this.#beginnings.clear();
    this.#beginningOf = [];
    this.#latest = new Int32Array(0);
    this.#masks = new Int32Array(0);
  }

  #mark(symbol: number, minute: number): void {
    if (minute > this.#latest[symbol]!) this.#latest[symbol] = minute;
    if (minute > this.#lastMinute) this.#lastMinute = minute;
    const word = symbol * MASK_WORDS + (minute >>> 5);
    const bit = 1 << (minute & 31);
    if (this.#masks[word]! & bit) return;
    this.#masks[word]! |= bit;
    this.#beginningOf[symbol]!.seen[minute]!++;
  }

  #reserve(): void {
    const { count } = this.#symbols;
    for (let symbol = this.#beginningOf.length; symbol < count; symbol++) {
      this.#beginningOf.push(this.#beginningFor(this.#symbols.nameOf(symbol)));
    }
    if (count <= this.#latest.length) return;
    const capacity = Math.max(1_024, count * 2);
    const latest = new Int32Array(capacity).fill(-1);
    latest.set(this.#latest);
    this.#latest = latest;
    const masks = new Int32Array(capacity * MASK_WORDS);
    masks.set(this.#masks);
    this.#masks = masks;
  }

  #beginningFor(name: string): Beginning {
    const bare = name.replace(/^[A-Z]:/, '');
    const text = this.#beginnings.size < MOST_BEGINNINGS ? bare.slice(0, GROUP_CHARACTERS) : '';
    let beginning = this.#beginnings.get(text);
    if (!beginning) {
      beginning = { text, symbols: 0, onlyName: bare, seen: new Uint16Array(MOST_MINUTES) };
      this.#beginnings.set(text, beginning);
    }
    beginning.symbols++;
    if (beginning.symbols > 1) beginning.onlyName = '';
    return beginning;
  }
}

/** From the market's opening to its end on a trading date, or the whole date where the calendar has it closed. */
function sessionOf(date: DateDays, calendar: SessionCalendar): Session {
  const noonMs = TABLE_EPOCH_MS + date * 86_400_000 + 43_200_000;
  let { fromMs } = calendar.spanOf(noonMs);
  while (calendar.tradingDate(fromMs - 1) === date) ({ fromMs } = calendar.spanOf(fromMs - 1));
  const untilMs = calendar.nextRollMs(noonMs);
  const spans = openSpans(calendar, fromMs, untilMs);
  const firstMs = spans[0]?.fromMs ?? fromMs;
  const lastMs = spans.at(-1)?.untilMs ?? untilMs;
  return {
    date,
    firstMinute: Math.round((firstMs - TABLE_EPOCH_MS) / MINUTE_MS),
    minutes: Math.min(MOST_MINUTES, Math.ceil((lastMs - firstMs) / MINUTE_MS)),
  };
}

/** Neighbouring beginnings together, so that groups are about equally many symbols. */
function inGroups(sorted: readonly Beginning[], symbols: number, minutes: number): CoverageGroup[] {
  const size = Math.ceil(symbols / MOST_GROUPS);
  const groups: CoverageGroup[] = [];
  let members: Beginning[] = [];
  const close = () => {
    if (members.length > 0) groups.push(groupOf(members, minutes));
    members = [];
  };
  for (const beginning of sorted) {
    const held = members.reduce((sum, member) => sum + member.symbols, 0);
    if (held + beginning.symbols > size) close();
    members.push(beginning);
  }
  close();
  return groups;
}

function groupOf(members: readonly Beginning[], minutes: number): CoverageGroup {
  const first = members[0]!;
  const last = members.at(-1)!;
  const nameOf = ({ onlyName, text }: Beginning) => onlyName || text;
  const seen = new Array<number>(minutes).fill(0);
  for (const member of members) {
    for (let minute = 0; minute < minutes; minute++) seen[minute]! += member.seen[minute]!;
  }
  return {
    name: first === last ? nameOf(first) : `${nameOf(first)}-${nameOf(last)}`,
    symbols: members.reduce((sum, member) => sum + member.symbols, 0),
    seen,
  };
}
