import { DateTime } from 'luxon';
import type { SimulatedMarket } from '../markets.ts';
import { addDays } from './dates.ts';
import { type Holiday, usHolidays } from './holidays.ts';

/** First second, and the first one outside; since 1970, UTC. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** What trades on one trading date. */
export interface Session extends Span {
  /** ISO date. */
  readonly date: string;
  /** In it prices of day bars are made; what trades before and after adds to volume only. */
  readonly regular: Span;
  /** Midnight of the date in the zone in which the market counts its days: `t` of a day bar. */
  readonly midnight: number;
}

/**
 * When REST and files have bars, and when the stream: `calendar` as the exchanges are open, but the stream always;
 * `always` every hour of every day; `exchange` as the exchanges are open, the stream too.
 */
export const MARKET_HOURS = ['calendar', 'always', 'exchange'] as const;

export type MarketHours = (typeof MARKET_HOURS)[number];

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';

/** Where a market counts its days. */
export const DAY_ZONE: Readonly<Record<SimulatedMarket, string>> = {
  stocks: NEW_YORK,
  options: NEW_YORK,
  indices: NEW_YORK,
  forex: 'UTC',
  crypto: 'UTC',
  futures: CHICAGO,
};

const FRIDAY = 5;
const SATURDAY = 6;
const SUNDAY = 7;

/** Hours of the stock market on a date, after midnight in New York. */
const STOCK_HOURS = { first: 4, open: 9.5, close: 16, last: 20 };
const EARLY_STOCK_HOURS = { first: 4, open: 9.5, close: 13, last: 17 };

/** The sessions of one market: which dates it trades, and when. */
export class TradingCalendar {
  readonly market: SimulatedMarket;
  readonly zone: string;
  readonly #hours: MarketHours;
  readonly #own: ReadonlyMap<string, Holiday>;
  readonly #holidays = new Map<number, ReadonlyMap<string, Holiday>>();
  readonly #sessions = new Map<string, Session | undefined>();

  /** @param own holidays beside the usual ones, or in their place */
  constructor(market: SimulatedMarket, hours: MarketHours, own: readonly Holiday[]) {
    this.market = market;
    this.zone = DAY_ZONE[market];
    this.#hours = hours;
    this.#own = new Map(own.map(holiday => [holiday.date, holiday]));
  }

  /** The session of an ISO date; undefined when the market is closed on it. */
  session(date: string): Session | undefined {
    if (!this.#sessions.has(date)) this.#sessions.set(date, this.#find(date));
    return this.#sessions.get(date);
  }

  /** The sessions of the dates from `from` to `to`, both included. */
  *sessions(from: string, to: string): Generator<Session> {
    for (let date = from; date <= to; date = addDays(date, 1)) {
      const session = this.session(date);
      if (session) yield session;
    }
  }

  /** The latest session that had begun by `second`. */
  latest(second: number): Session {
    let date = addDays(this.dateOf(second), 1);
    for (;;) {
      const session = this.session(date);
      if (session && session.from <= second) return session;
      date = addDays(date, -1);
    }
  }

  /** The first session that begins after `second`. */
  next(second: number): Session {
    let date = this.dateOf(second);
    for (;;) {
      const session = this.session(date);
      if (session && session.from > second) return session;
      date = addDays(date, 1);
    }
  }

  /** The date that the clock of the market's zone shows. */
  dateOf(second: number): string {
    return DateTime.fromSeconds(second, { zone: this.zone }).toISODate()!;
  }

  holiday(date: string): Holiday | undefined {
    const own = this.#own.get(date);
    if (own) return own;
    const year = Number(date.slice(0, 4));
    let holidays = this.#holidays.get(year);
    if (!holidays) {
      // New Year's Day may be kept on the last day of the year before.
      const days = [...usHolidays(year), ...usHolidays(year + 1)];
      holidays = new Map(days.map(holiday => [holiday.date, holiday]));
      this.#holidays.set(year, holidays);
    }
    return holidays.get(date);
  }

  #find(date: string): Session | undefined {
    const midnight = DateTime.fromISO(date, { zone: this.zone });
    const spans = this.#hours === 'always' ? this.#wholeDay(midnight) : this.#usual(date, midnight);
    return spans && { date, midnight: midnight.toUnixInteger(), ...spans };
  }

  #wholeDay(midnight: DateTime): SpansOfDay {
    if (this.market === 'futures') return spanOf(at(midnight, -7), at(midnight, 17));
    const whole = spanOf(at(midnight, 0), at(midnight, 24));
    if (this.zone !== NEW_YORK) return whole;
    return { ...whole, regular: plain(at(midnight, STOCK_HOURS.open), at(midnight, STOCK_HOURS.close)) };
  }

  #usual(date: string, midnight: DateTime): SpansOfDay | undefined {
    const { weekday } = midnight;
    switch (this.market) {
      case 'crypto':
        return this.#wholeDay(midnight);
      case 'forex':
        return forexHours(date, midnight);
      case 'futures':
        if (weekday === SATURDAY || weekday === SUNDAY) return undefined;
        return spanOf(at(midnight, -7), at(midnight, this.holiday(date) ? 12 : 16));
      default: {
        const holiday = this.holiday(date);
        if (weekday > FRIDAY || (holiday && !holiday.earlyClose)) return undefined;
        const { first, open, close, last } = holiday ? EARLY_STOCK_HOURS : STOCK_HOURS;
        const regular = plain(at(midnight, open), at(midnight, close));
        return this.market === 'stocks'
          ? { from: at(midnight, first), until: at(midnight, last), regular }
          : { ...regular, regular };
      }
    }
  }
}

interface SpansOfDay extends Span {
  readonly regular: Span;
}

function plain(from: number, until: number): Span {
  return { from, until };
}

function spanOf(from: number, until: number): SpansOfDay {
  return { from, until, regular: { from, until } };
}

/** Open from Sunday to Friday, 17:00 in New York; cut into UTC dates. */
function forexHours(date: string, midnight: DateTime): SpansOfDay | undefined {
  const { weekday } = midnight;
  if (weekday === SATURDAY) return undefined;
  const bound = at(DateTime.fromISO(date, { zone: NEW_YORK }), 17);
  if (weekday === SUNDAY) return spanOf(bound, at(midnight, 24));
  return spanOf(at(midnight, 0), weekday === FRIDAY ? bound : at(midnight, 24));
}

/** The second at which the clock of the zone shows an hour; negative on the day before. */
function at(midnight: DateTime, hour: number): number {
  const day = midnight.plus({ days: Math.floor(hour / 24) });
  const rest = hour - 24 * Math.floor(hour / 24);
  return day.set({ hour: Math.floor(rest), minute: (rest % 1) * 60 }).toUnixInteger();
}
