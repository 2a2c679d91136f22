import type { Market } from '../../../../src/tables/markets.ts';
import type { Row } from '../../../support/scanner-harness.ts';

/** What a frame means, found with JSON.parse and plain objects only: nothing of the scanner is used here. */
export type Meaning =
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'taken';
      readonly rows: readonly Row[];
      readonly statuses: readonly { status: string; message: string }[];
      /** The elements that are to be quarantined, as JSON.parse sees them. */
      readonly rejected: readonly unknown[];
    };

const NULL_LONG = -(2n ** 63n);
const TABLE_EPOCH_MS = Date.UTC(2000, 0, 1);
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

const TABLES: Readonly<Record<Market, Readonly<Record<string, string>>>> = {
  stocks: { A: 'agg1s', AM: 'agg1m' },
  options: { A: 'agg1s', AM: 'agg1m' },
  indices: { A: 'agg1s', AM: 'agg1m' },
  futures: { A: 'agg1s', AM: 'agg1m' },
  forex: { CAS: 'agg1s', CA: 'agg1m' },
  crypto: { XAS: 'agg1s', XA: 'agg1m' },
};

/** Column by key; of `a|b` the first that the event has counts. */
const EQUITIES = {
  open: 'o',
  high: 'h',
  low: 'l',
  close: 'c',
  volume: 'dv|v',
  vwap: 'vw',
  avgsize: 'z',
  dayvol: 'dav|av',
  dayvwap: 'a',
  dayopen: 'op',
};
const PRICES = { open: 'o', high: 'h', low: 'l', close: 'c' };
const DECIMALS: Readonly<Record<Market, Readonly<Record<string, string>>>> = {
  stocks: EQUITIES,
  options: EQUITIES,
  indices: { ...PRICES, dayopen: 'op' },
  forex: { ...PRICES, volume: 'v' },
  crypto: { ...PRICES, volume: 'v', vwap: 'vw', avgsize: 'z' },
  futures: { ...PRICES, volume: 'v' },
};
const DECIMAL_COLUMNS = Object.keys(EQUITIES);

class Bad extends Error {}

export function meaningOf(frame: Uint8Array, market: Market): Meaning {
  let elements: unknown;
  let exact: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame);
    elements = JSON.parse(text);
    exact = JSON.parse(withExactIntegers(text));
  } catch {
    return { kind: 'refused' };
  }
  if (!Array.isArray(elements) || !Array.isArray(exact)) return { kind: 'refused' };
  const rows: Row[] = [];
  const statuses: { status: string; message: string }[] = [];
  const rejected: unknown[] = [];
  elements.forEach((element, i) => {
    try {
      if (typeof element !== 'object' || element === null || Array.isArray(element)) throw new Bad();
      if (element.ev === 'status') statuses.push(statusOf(element));
      else rows.push(rowOf(exact[i] as Record<string, unknown>, market));
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
      rejected.push(element);
    }
  });
  return { kind: 'taken', rows, statuses, rejected };
}

/** An integer that JSON.parse would round, kept as its digits. */
class Exact {
  readonly digits: bigint;
  constructor(digits: string) {
    this.digits = BigInt(digits);
  }
}

const MARK = 'exact integer ';

function withExactIntegers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (token, at: number) => {
    if (token.startsWith('"') || /[\d.eE+-]/.test(text[at - 1] ?? '')) return token;
    return `"${MARK}${token}"`;
  });
}

function exactOf(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARK) ? new Exact(value.slice(MARK.length)) : value;
}

function statusOf(event: Record<string, unknown>) {
  if (typeof event.status !== 'string') throw new Bad();
  return { status: event.status, message: typeof event.message === 'string' ? event.message : '' };
}

function rowOf(event: Record<string, unknown>, market: Market): Row {
  const table = typeof event.ev === 'string' ? TABLES[market][event.ev] : undefined;
  if (table === undefined || !Object.hasOwn(TABLES[market], event.ev as string)) throw new Bad();
  const sym = tickerOf(event[market === 'forex' || market === 'crypto' ? 'pair' : 'sym']);
  const startNs = startOf(exactOf(event.s));
  const session = sessionOf(Number(startNs / 1_000_000n), market);
  const decimals = Object.fromEntries(
    DECIMAL_COLUMNS.map(column => [column, decimalOf(event, DECIMALS[market][column] ?? '')]),
  );
  return {
    table,
    tradingDate: session.date,
    time: BigInt(session.timeMs) * 1_000_000n + (startNs % 1_000_000n),
    sym,
    start: startNs - BigInt(TABLE_EPOCH_MS) * 1_000_000n,
    ...decimals,
    trades: market === 'futures' ? countOf(exactOf(event.n)) : NULL_LONG,
    mkt: market,
    src: 'ws',
  };
}

function tickerOf(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0')) throw new Bad();
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length > 128 || bytes.toString('utf8') !== value) throw new Bad();
  return value;
}

/** Nanoseconds since 1970. */
function startOf(value: unknown): bigint {
  let digits: string;
  if (value instanceof Exact) digits = String(value.digits);
  else if (typeof value === 'number' && Number.isSafeInteger(value)) digits = String(value);
  else throw new Bad();
  if (!/^[1-9]\d*$/.test(digits)) throw new Bad();
  if (digits.length === 13) return BigInt(digits) * 1_000_000n;
  if (digits.length === 16) return BigInt(digits) * 1_000n;
  if (digits.length === 19) return BigInt(digits);
  throw new Bad();
}

/** Every key is judged, also one whose value another key replaces. */
function decimalOf(event: Record<string, unknown>, keys: string): number {
  const values = keys.split('|').map(key => numberOf(exactOf(key === '' ? undefined : event[key])));
  return values.find(value => !Number.isNaN(value)) ?? Number.NaN;
}

function numberOf(value: unknown): number {
  if (value === undefined || value === null) return Number.NaN;
  if (value instanceof Exact) return finite(Number(value.digits));
  if (typeof value === 'number') return finite(value);
  if (typeof value === 'string' && JSON_NUMBER.test(value)) return finite(Number(value));
  throw new Bad();
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new Bad();
  return value;
}

function countOf(value: unknown): bigint {
  if (value === undefined || value === null) return NULL_LONG;
  let count: bigint;
  if (value instanceof Exact) count = value.digits;
  else if (typeof value === 'string' && /^-?(0|[1-9]\d*)$/.test(value)) count = BigInt(value);
  else {
    const number = numberOf(value);
    if (!Number.isSafeInteger(number)) throw new Bad();
    count = BigInt(number);
  }
  if (count >= 2n ** 63n || count <= NULL_LONG) throw new Bad();
  return count;
}

const ZONES: Readonly<Record<Market, string>> = {
  stocks: 'America/New_York',
  options: 'America/New_York',
  indices: 'America/New_York',
  forex: 'UTC',
  crypto: 'UTC',
  futures: 'America/Chicago',
};

const formats = new Map<string, Intl.DateTimeFormat>();
const sessions = new Map<string, { date: number; timeMs: number }>();

/** Trading date (days since 2000) and wall-clock time since its midnight, by the zone rules of the runtime. */
export function sessionOf(ms: number, market: Market): { date: number; timeMs: number } {
  const known = sessions.get(`${market} ${ms}`);
  if (known) return known;
  const zone = ZONES[market];
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const midnight = Date.UTC(part.year!, part.month! - 1, part.day!);
  const sinceMidnight = ((part.hour! * 60 + part.minute!) * 60 + part.second!) * 1000 + (ms % 1000);
  const evening = market === 'futures' && part.hour! >= 17;
  const date = (midnight - TABLE_EPOCH_MS) / 86_400_000 + (evening ? 1 : 0);
  const session = { date, timeMs: sinceMidnight - (evening ? 86_400_000 : 0) };
  sessions.set(`${market} ${ms}`, session);
  return session;
}
