import { setImmediate } from 'node:timers/promises';
import { type Bar, emptyBar } from '../bars.ts';
import { BarBlock } from '../history/bar-block.ts';
import { shareFactor } from '../history/corporate-actions.ts';
import { addDays } from '../history/dates.ts';
import type { Listing } from '../history/listings.ts';
import type { MarketHistory } from '../history/market-history.ts';
import type { Session } from '../history/trading-calendar.ts';
import { adjustBar } from './bar-json.ts';
import type { BaseBars } from './windows.ts';

/** Nothing was traded before. */
const FIRST_DATE = '2003-09-10';

/** Which base bars are asked for. */
export interface BaseQuery {
  readonly history: MarketHistory;
  readonly listing: Listing;
  readonly base: BaseBars;
  /** Second in which the first one may begin, and the last one. */
  readonly first: number;
  readonly last: number;
  readonly adjusted: boolean;
  readonly descending: boolean;
  /** Last second whose trades are known. */
  readonly known: number;
}

/** One base bar; the same object again and again. */
export interface BaseBar {
  start: number;
  session: Session;
  readonly bar: Bar;
}

/** The base bars of a symbol in the order asked for. Others get their turn after each session. */
export async function* baseBars(query: BaseQuery): AsyncGenerator<BaseBar> {
  const { listing, descending, base } = query;
  const block = new BarBlock(base === 'second' ? 90_000 : 1500);
  let current: BaseBar | undefined;
  for (const session of sessionsOf(query)) {
    const day = dayStart(query, session);
    if (base === 'day' && (day < query.first || day > query.last)) continue;
    await setImmediate();
    readSession(query, session, block);
    const factor = query.adjusted ? shareFactor(listing.splits, session.date) : 1;
    current ??= { start: 0, session, bar: emptyBar() };
    current.session = session;
    for (let i = 0; i < block.count; i++) {
      const at = descending ? block.count - 1 - i : i;
      current.start = block.starts[at]!;
      if (current.start < query.first || current.start > query.last) continue;
      block.read(at, current.bar);
      adjustBar(current.bar, factor);
      yield current;
    }
  }
}

/** A session of futures is filed under the evening on which it begins. */
function dayStart({ history }: BaseQuery, session: Session): number {
  return history.calendar.market === 'futures' ? session.from : session.midnight;
}

function readSession(query: BaseQuery, session: Session, block: BarBlock): void {
  const { history, listing, base, known } = query;
  if (base === 'second') history.seconds(listing, session, known, block);
  else if (base === 'minute') history.minutes(listing, session, known, block);
  else {
    const bar = emptyBar();
    const traded = history.day(listing, session, known, bar, block);
    block.count = 0;
    if (traded) block.add(dayStart(query, session), bar);
  }
}

function* sessionsOf({ history, base, first, last, known, descending }: BaseQuery): Generator<Session> {
  const { calendar } = history;
  const concerned = (session: Session): boolean =>
    session.from <= known && (base === 'day' || (session.until > first && session.from <= last));
  // A session may begin on the evening before its date.
  const from = later(FIRST_DATE, calendar.dateOf(first));
  const to = addDays(calendar.dateOf(Math.min(last, known)), 1);
  const step = descending ? -1 : 1;
  for (let date = descending ? to : from; date >= from && date <= to; date = addDays(date, step)) {
    const session = calendar.session(date);
    if (session && concerned(session)) yield session;
  }
}

function later(date: string, other: string): string {
  return date < other ? other : date;
}
