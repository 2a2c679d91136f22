import { DateTime } from 'luxon';
import { type Bar, BarSource, emptyBar, mergeBar } from '../bars.ts';
import type { LatePlan } from '../late-plan.ts';
import { PathWalker } from '../price-path.ts';
import type { Universe } from '../universe.ts';
import type { BarBlock } from './bar-block.ts';
import { shareFactor } from './corporate-actions.ts';
import { LateHistory } from './late-history.ts';
import type { Listing } from './listings.ts';
import type { Session, TradingCalendar } from './trading-calendar.ts';

const MINUTE = 60;
const REMEMBERED_SESSIONS = 16;
const REMEMBERED_DAYS = 100_000;

/** Since that day the volume of stocks is fractional, and their prices have all decimals in files. */
export const DECIMALS_SINCE = '2026-02-23';
const DECIMALS_SINCE_SECOND = DateTime.fromISO(DECIMALS_SINCE, { zone: 'America/New_York' }).toUnixInteger();

/** Whether the stocks of that time were reported in whole shares only. */
export function wholeSharesAt(universe: Universe, second: number): boolean {
  return universe.traits.market === 'stocks' && second < DECIMALS_SINCE_SECOND;
}

/** Bars of one session, as computed. */
interface SessionSources {
  readonly session: Session;
  readonly late: LateHistory;
  readonly planVersion: number;
  readonly byUniverse: Map<Universe, BarSource>;
}

/**
 * The bars of a market at any time, as traded (unadjusted), from the same walk as the stream: a window about which
 * nothing more can arrive is what the stream sent last. Prices before a split are those of the shares of that time.
 */
export class MarketHistory {
  readonly calendar: TradingCalendar;
  /** Sorted by `fileTicker`, bytewise. */
  readonly listings: readonly Listing[];
  readonly universe: Universe;
  readonly #plan: LatePlan;
  readonly #byRestTicker: ReadonlyMap<string, Listing>;
  readonly #sources: SessionSources[] = [];
  readonly #walker = new PathWalker();
  readonly #days = new Map<string, Bar>();
  readonly #bar = emptyBar();

  constructor(universe: Universe, plan: LatePlan, calendar: TradingCalendar, listings: readonly Listing[]) {
    this.universe = universe;
    this.calendar = calendar;
    this.listings = listings;
    this.#plan = plan;
    this.#byRestTicker = new Map(listings.map(listing => [listing.restTicker, listing]));
  }

  /** Grows when the share of late trades changes, and with it the bars that are not final yet. */
  get planVersion(): number {
    return this.#plan.version;
  }

  listing(restTicker: string): Listing | undefined {
    return this.#byRestTicker.get(restTicker);
  }

  /** The second from which on bars of `session` are final. */
  settledFrom(session: Session): number {
    return session.until + this.#plan.reachSeconds;
  }

  /**
   * Replaces what `block` has by the second bars of a session.
   *
   * @param known last second whose trades are known
   */
  seconds(listing: Listing, session: Session, known: number, block: BarBlock): void {
    block.count = 0;
    if (!listing.tradedOn(session.date)) return;
    const { symbol, source, factor, bar } = this.#walkOf(listing, session);
    const end = Math.min(session.until, known + 1);
    let second = source.nextTraded(symbol, session.from, end);
    for (; second < end; second = source.nextTraded(symbol, second + 1, end)) {
      source.secondAsOf(symbol, second, known, bar);
      asTraded(bar, factor, listing.universe, second);
      block.add(second, bar);
    }
  }

  /** The same with minute bars; one that has not ended has what is known. */
  minutes(listing: Listing, session: Session, known: number, block: BarBlock): void {
    block.count = 0;
    if (!listing.tradedOn(session.date)) return;
    const { symbol, source, factor, bar } = this.#walkOf(listing, session);
    for (let minute = session.from; minute < session.until && minute <= known; minute += MINUTE) {
      if (!source.minuteAsOf(symbol, minute, known, bar, Math.min(minute + MINUTE, known + 1))) continue;
      asTraded(bar, factor, listing.universe, minute);
      block.add(minute, bar);
    }
  }

  /**
   * The bar of a session, false where nothing was traded. As Massive has it: the prices are those of the regular
   * hours, from the official open on, the volume is that of all hours.
   *
   * @param scratch takes the minutes
   */
  day(listing: Listing, session: Session, known: number, bar: Bar, scratch: BarBlock): boolean {
    const key = `${listing.restTicker}|${session.date}|${this.#plan.version}`;
    const remembered = this.#days.get(key);
    if (remembered) {
      Object.assign(bar, remembered);
      return bar.trades > 0;
    }
    this.minutes(listing, session, known, scratch);
    this.dayOfMinutes(listing, session, scratch, bar);
    if (known >= this.settledFrom(session)) this.#rememberDay(key, bar);
    return bar.trades > 0;
  }

  /** Fills `bar` with the day of these minutes; no trades where there are none. */
  dayOfMinutes(listing: Listing, session: Session, minutes: BarBlock, bar: Bar): void {
    const { regular } = session;
    const inRegular = (at: number): boolean =>
      minutes.starts[at]! >= regular.from && minutes.starts[at]! < regular.until;
    let hasRegular = false;
    for (let at = 0; at < minutes.count && !hasRegular; at++) hasRegular = inRegular(at);
    const priced = emptyBar();
    const part = this.#bar;
    let [volume, notional, trades] = [0, 0, 0];
    for (let at = 0; at < minutes.count; at++) {
      minutes.read(at, part);
      volume += part.volume;
      notional += part.notional;
      trades += part.trades;
      if (!hasRegular || inRegular(at)) mergeBar(priced, part);
    }
    Object.assign(bar, priced, { volume, notional, trades });
    if (hasRegular && listing.universe.traits.officialOpenMinute !== undefined) {
      bar.open = this.officialOpen(listing, session);
      bar.high = Math.max(bar.high, bar.open);
      bar.low = Math.min(bar.low, bar.open);
    }
  }

  /** What the stream tells as today's official open. */
  officialOpen(listing: Listing, session: Session): number {
    const factor = shareFactor(listing.splits, session.date);
    const price = this.#source(listing, session).priceAt(listing.symbol, session.regular.from);
    return Math.round(price * factor);
  }

  /** What all bars of a session are made of. */
  #walkOf(listing: Listing, session: Session) {
    const factor = shareFactor(listing.splits, session.date);
    return { symbol: listing.symbol, source: this.#source(listing, session), factor, bar: this.#bar };
  }

  #source({ universe }: Listing, session: Session): BarSource {
    const sources = this.#sourcesOf(session);
    let source = sources.byUniverse.get(universe);
    if (!source) {
      source = new BarSource(universe, sources.late, (seed, second) => this.#walker.at(seed, second));
      sources.byUniverse.set(universe, source);
    }
    return source;
  }

  #sourcesOf(session: Session): SessionSources {
    const planVersion = this.#plan.version;
    const index = this.#sources.findIndex(known => known.session === session);
    const [known] = index < 0 ? [] : this.#sources.splice(index, 1);
    const sources =
      known?.planVersion === planVersion
        ? known
        : {
            session,
            planVersion,
            late: new LateHistory(this.#plan, session.from, session.until),
            byUniverse: new Map<Universe, BarSource>(),
          };
    this.#sources.push(sources);
    if (this.#sources.length > REMEMBERED_SESSIONS) this.#sources.shift();
    return sources;
  }

  #rememberDay(key: string, bar: Bar): void {
    if (this.#days.size >= REMEMBERED_DAYS) this.#days.delete(this.#days.keys().next().value!);
    this.#days.set(key, { ...bar });
  }
}

/** From the walk, which is in shares of today, to what was reported then. */
function asTraded(bar: Bar, factor: number, universe: Universe, second: number): void {
  if (factor !== 1) {
    bar.open = Math.round(bar.open * factor);
    bar.high = Math.round(bar.high * factor);
    bar.low = Math.round(bar.low * factor);
    bar.close = Math.round(bar.close * factor);
    bar.notional *= factor;
  }
  if (!wholeSharesAt(universe, second)) return;
  const { unitsPerVolume } = universe;
  const whole = Math.floor(bar.volume / unitsPerVolume) * unitsPerVolume;
  // The average price stays what it was.
  bar.notional *= whole / bar.volume;
  bar.volume = whole;
}
