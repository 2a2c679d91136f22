/*
 * When the trading dates of the markets begin, worked out minute by minute from what their clocks show. It imports
 * nothing from src.
 */

export const MARKETS = ['stocks', 'crypto', 'forex', 'futures'] as const;

export type Market = (typeof MARKETS)[number];

const ZONES: Readonly<Record<Market, string>> = {
  stocks: 'America/New_York',
  crypto: 'UTC',
  forex: 'UTC',
  futures: 'America/Chicago',
};

/** From that hour on it is the next date; undefined: at midnight. */
const ROLL_HOUR: Readonly<Partial<Record<Market, number>>> = { futures: 17 };

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** An instant at which one trading date gives way to another. */
export interface Roll {
  readonly atMs: number;
  readonly ended: string;
  readonly begun: string;
}

/** The trading date, YYYY-MM-DD, to which an instant belongs. */
export function tradingDate(market: Market, ms: number): string {
  const { year, month, day, hour } = wallClock(ZONES[market], ms);
  const date = `${year}-${month}-${day}`;
  return Number(hour) >= (ROLL_HOUR[market] ?? 24) ? dayAfter(date) : date;
}

/** The rolls after `fromMs` and up to `untilMs`. */
export function rollsBetween(market: Market, fromMs: number, untilMs: number): Roll[] {
  const rolls: Roll[] = [];
  let before = tradingDate(market, fromMs);
  for (let ms = Math.ceil((fromMs + 1) / MINUTE_MS) * MINUTE_MS; ms <= untilMs; ms += MINUTE_MS) {
    const date = tradingDate(market, ms);
    if (date !== before) rolls.push({ atMs: ms, ended: before, begun: date });
    before = date;
  }
  return rolls;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, ms: number): Record<'year' | 'month' | 'day' | 'hour', string> {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    });
    formats.set(zone, format);
  }
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) as Record<
    'year' | 'month' | 'day' | 'hour',
    string
  >;
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}
