import type { ScheduledFault } from './faults.ts';
import { isDate } from './history/dates.ts';
import type { Holiday } from './history/holidays.ts';
import type { MarketHours } from './history/trading-calendar.ts';
import type { SimulatedMarket } from './markets.ts';
import { SimulatorOptionError } from './options-error.ts';
import type { SessionSettings } from './session.ts';
import { MAX_SYMBOLS, maxBarsPerSecond } from './universe.ts';

/** The key that a simulator accepts when it is given no other. */
export const DEMO_KEY = 'demo';

/** A key, and the markets that its plan includes. */
export interface AcceptedKey {
  readonly key: string;
  readonly markets: readonly SimulatedMarket[] | 'all';
}

/** A pair of keys for files, which differs from those of the other services. */
export interface AcceptedFileKey {
  readonly keyId: string;
  readonly secret: string;
  readonly markets: readonly SimulatedMarket[] | 'all';
}

/** The pair that a simulator accepts when it is given no other. */
export const DEMO_FILE_KEY: AcceptedFileKey = { keyId: 'demo', secret: 'demo-secret', markets: 'all' };

export const PUBLICATIONS = ['next-day', 'at-once'] as const;

export type Publication = (typeof PUBLICATIONS)[number];

export interface SimulatorOptions extends SessionSettings {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Each has its own symbols and bars. */
  readonly markets: readonly SimulatedMarket[];
  /** Symbols of each market. */
  readonly symbols: number;
  readonly seed: number;
  /** Bars per second of real time that someone gets who takes all second and minute bars of one market. */
  readonly rate: number;
  /** Seconds of market time in a second of real time. */
  readonly speed: number;
  /** Market time at the start, ms since 1970; undefined: now. */
  readonly atMs: number | undefined;
  readonly keys: readonly AcceptedKey[];
  /** Share of second bars that are sent again because of late trades. */
  readonly lateShare: number;
  /** Connections that a key may have to one cluster at a time. */
  readonly connectionsPerKey: number;
  /** Which one has to go beyond that. */
  readonly evicted: 'older' | 'newer';
  /** Connections of all keys; beyond that the address answers 503. */
  readonly maxConnections: number;
  readonly faults: readonly ScheduledFault[];
  /** File for every version of every bar that was sent. */
  readonly truthPath: string | undefined;
  /** REST requests that a key may make in a minute; undefined: any number. */
  readonly requestsPerMinute: number | undefined;
  /** When REST and files have bars, and when the stream. */
  readonly hours: MarketHours;
  /** Days on which the exchanges are closed or close early, beside the usual ones or in their place. */
  readonly holidays: readonly Holiday[];
  readonly fileKeys: readonly AcceptedFileKey[];
  /** When the file of a day is there: at 11:00 in New York on the next day, or as soon as its bars are final. */
  readonly publish: Publication;
  /** ISO date of the first files; undefined: thirty days before the start. */
  readonly filesFrom: string | undefined;
  /** Where files are kept, and kept for the next run; undefined: in a temporary directory. */
  readonly filesDirectory: string | undefined;
  /** Files are removed, the least used first, when they take more. */
  readonly filesBytes: number;
}

const MOST_DEFAULT_RATE = 1000;

export const DEFAULT_OPTIONS: SimulatorOptions = {
  host: '127.0.0.1',
  port: 0,
  markets: ['stocks'],
  symbols: 100,
  seed: 1,
  rate: 50,
  speed: 1,
  atMs: undefined,
  keys: [{ key: DEMO_KEY, markets: 'all' }],
  eventsPerFrame: 300,
  bufferBytes: 64 * 1024 * 1024,
  authTimeoutMs: 10_000,
  lateShare: 0.02,
  connectionsPerKey: 1,
  evicted: 'older',
  maxConnections: 64,
  faults: [],
  truthPath: undefined,
  requestsPerMinute: undefined,
  hours: 'calendar',
  holidays: [],
  fileKeys: [DEMO_FILE_KEY],
  publish: 'next-day',
  filesFrom: undefined,
  filesDirectory: undefined,
  filesBytes: 4 * 1024 ** 3,
};

/** The rate of a market of so many symbols that nobody has asked to be busier. */
export function defaultRate(symbols: number, speed: number): number {
  return Math.min(symbols / 2, MOST_DEFAULT_RATE) * speed;
}

/** @throws SimulatorOptionError when the options cannot be satisfied. */
export function checkOptions(options: SimulatorOptions): void {
  requireInteger('symbols', options.symbols, 1, MAX_SYMBOLS);
  requireInteger('port', options.port, 0, 65_535);
  requireInteger('events-per-frame', options.eventsPerFrame, 1, 4000);
  requireInteger('seed', options.seed, -0x80000000, 0x7fffffff);
  requireInteger('connections', options.connectionsPerKey, 1, 1000);
  requireInteger('files', options.filesBytes, 1, Number.MAX_SAFE_INTEGER);
  if (options.requestsPerMinute !== undefined) {
    requireInteger('requests-per-minute', options.requestsPerMinute, 1, 1_000_000);
  }
  if (options.filesFrom !== undefined && !isDate(options.filesFrom)) {
    throw new SimulatorOptionError('files-from is not a date', 'YYYY-MM-DD', `'${options.filesFrom}'`);
  }
  requireInteger('buffer', options.bufferBytes, 1, Number.MAX_SAFE_INTEGER);
  requireNumber('speed', options.speed, 0.01, 1000);
  requireNumber('late', options.lateShare, 0, 1);
  if (options.markets.length === 0) throw new SimulatorOptionError('no market', 'at least one', 'none');
  const most = maxBarsPerSecond(options.symbols) * options.speed;
  if (!(options.rate > 0 && options.rate <= most)) {
    throw new SimulatorOptionError(
      `rate cannot be reached with symbols ${options.symbols} and speed ${options.speed}`,
      `more than 0 and at most ${Math.floor(most * 100) / 100} bars per second`,
      String(options.rate),
      'Ask for fewer, or raise symbols or speed: a symbol has at most one bar per second.',
    );
  }
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new SimulatorOptionError(
    `${name} is out of range`,
    `a whole number from ${least} to ${most}`,
    String(value),
  );
}

function requireNumber(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new SimulatorOptionError(
    `${name} is out of range`,
    `a number from ${least} to ${most}`,
    String(value),
  );
}
