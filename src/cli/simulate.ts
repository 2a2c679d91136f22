import { DateTime } from 'luxon';
import { systemClock } from '../base/clock.ts';
import { ExitCode } from '../base/exit-codes.ts';
import type { LogFields, Logger } from '../base/logger.ts';
import { FAULT_KINDS, parseScheduledFault } from '../simulator/faults.ts';
import { isDate } from '../simulator/history/dates.ts';
import type { Holiday } from '../simulator/history/holidays.ts';
import { MARKET_HOURS } from '../simulator/history/trading-calendar.ts';
import { SIMULATED_MARKETS, type SimulatedMarket } from '../simulator/markets.ts';
import {
  type AcceptedFileKey,
  type AcceptedKey,
  DEFAULT_OPTIONS,
  DEMO_FILE_KEY,
  DEMO_KEY,
  PUBLICATIONS,
  type SimulatorOptions,
} from '../simulator/options.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type CommandContext, defineCommand, UsageError } from './command.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** `massive-kdb simulate` */
export const simulate = defineCommand({
  arguments: {},
  flags: {
    port: { type: 'number', default: 0, describe: 'port on this machine; 0: the system chooses' },
    market: {
      type: 'string',
      array: true,
      choices: SIMULATED_MARKETS,
      default: DEFAULT_OPTIONS.markets,
      describe: 'markets to simulate, each at the address /<market>',
    },
    symbols: {
      type: 'number',
      default: DEFAULT_OPTIONS.symbols,
      describe: 'symbols of each market; 12000 is the whole stock market',
    },
    rate: {
      type: 'number',
      describe: 'bars per second of each market, for a client that takes all; else as many as is natural',
    },
    speed: { type: 'number', default: 1, describe: 'seconds of market time in a second' },
    at: {
      type: 'string',
      requiresArg: true,
      describe: 'market time at the start, ISO 8601 (UTC without an offset); else now',
    },
    seed: {
      type: 'number',
      default: DEFAULT_OPTIONS.seed,
      describe: 'the same seed and --at, the same bars',
    },
    late: {
      type: 'number',
      default: DEFAULT_OPTIONS.lateShare,
      describe: 'share of second bars sent again because of late trades, 0 to 1',
    },
    key: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [DEMO_KEY],
      describe: 'made-up keys to accept; KEY:stocks,crypto is entitled to these markets only',
    },
    connections: { type: 'number', default: 1, describe: 'connections that a key may have to one address' },
    evict: {
      choices: ['older', 'newer'] as const,
      default: 'older' as const,
      describe: 'which connection has to go when there are more',
    },
    'events-per-frame': {
      type: 'number',
      default: DEFAULT_OPTIONS.eventsPerFrame,
      describe: 'most events in one message',
    },
    'buffer-mib': {
      type: 'number',
      default: DEFAULT_OPTIONS.bufferBytes / MIB,
      describe: 'what may wait for a slow consumer before it is closed',
    },
    fault: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [],
      describe: `faults as KIND@SECONDS (once) or KIND~SECONDS (so far apart on average), then ,ms= ,count= or ,share= (of requests also ,on= ,status= ,after= ,bytes= ,rate= ,origin=); KIND is ${FAULT_KINDS.join(', ')}`,
    },
    'requests-per-minute': { type: 'number', describe: 'REST requests that a key may make; else any number' },
    hours: {
      choices: MARKET_HOURS,
      default: DEFAULT_OPTIONS.hours,
      describe:
        'when REST and files have bars: as the exchanges are open, or always, as the stream; exchange: the stream too only as the exchanges are open',
    },
    holiday: {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [],
      describe: 'dates on which the exchanges are closed, beside the usual ones; DATE=early closes at 13:00',
    },
    'file-key': {
      type: 'string',
      array: true,
      requiresArg: true,
      default: [`${DEMO_FILE_KEY.keyId}:${DEMO_FILE_KEY.secret}`],
      describe: 'made-up keys for files as ID:SECRET; ID:SECRET:stocks,crypto may read these markets only',
    },
    publish: {
      choices: PUBLICATIONS,
      default: DEFAULT_OPTIONS.publish,
      describe:
        'when the file of a day is there: at 11:00 in New York on the next day, or once its bars are final',
    },
    'files-from': {
      type: 'string',
      requiresArg: true,
      describe: 'date of the first files; else thirty days before the start',
    },
    'files-directory': {
      type: 'string',
      requiresArg: true,
      describe: 'where files are kept for the next run; else in a temporary directory',
    },
    'files-gib': {
      type: 'number',
      default: DEFAULT_OPTIONS.filesBytes / GIB,
      describe: 'what the files may take before the least used are removed',
    },
    truth: { type: 'string', requiresArg: true, describe: 'file for every bar that was sent, as NDJSON' },
    json: { type: 'boolean', default: false, describe: 'print the address and the summary as JSON' },
  },
  examples: [
    ['simulate --port 8765', 'A hundred stocks in real time, at ws://127.0.0.1:8765/stocks, key demo'],
    ['simulate --market stocks crypto --symbols 12000', 'Two whole markets'],
    ['simulate --fault drop~60 stall@30,ms=5000', 'With a broken connection a minute, and a stall'],
  ],
  endings: {
    [ExitCode.unavailable]: 'another process has the port',
    [ExitCode.io]: 'a file or directory cannot be read or written',
  },
  async run(given, context) {
    const options: Partial<SimulatorOptions> = {
      port: given.port,
      markets: [...new Set(given.market as readonly SimulatedMarket[])],
      symbols: given.symbols,
      speed: given.speed,
      atMs: given.at === undefined ? undefined : marketTime(given.at),
      seed: given.seed,
      lateShare: given.late,
      keys: given.key.map(acceptedKey),
      connectionsPerKey: given.connections,
      evicted: given.evict,
      eventsPerFrame: given['events-per-frame'],
      bufferBytes: given['buffer-mib'] * MIB,
      faults: given.fault.map(parseScheduledFault),
      truthPath: given.truth,
      requestsPerMinute: given['requests-per-minute'],
      hours: given.hours,
      holidays: given.holiday.map(ownHoliday),
      fileKeys: given['file-key'].map(acceptedFileKey),
      publish: given.publish,
      filesFrom: given['files-from'],
      filesDirectory: given['files-directory'],
      filesBytes: Math.round(given['files-gib'] * GIB),
      ...(given.rate === undefined ? {} : { rate: given.rate }),
    };
    const simulator = await startSimulator(options, {
      clock: systemClock,
      logger: lineLogger(context.stderr),
    });
    announce(simulator, options, given.json, context);
    await stopped(context.stop);
    await summarize(simulator, given.json, context);
    return context.stop.reason === 'SIGINT' ? ExitCode.interrupted : ExitCode.ok;
  },
});

function announce(
  { url, httpUrl, port }: Simulator,
  { markets = [], symbols, keys = [] }: Partial<SimulatorOptions>,
  json: boolean,
  { stdout }: CommandContext,
): void {
  if (json) {
    stdout.write(`${JSON.stringify({ url, httpUrl, port, markets })}\n`);
    return;
  }
  const addresses = markets.map(market => `${url}/${market}`).join(' ');
  const key = keys[0]?.key === DEMO_KEY ? `, key ${DEMO_KEY}` : '';
  stdout.write(`Simulating ${symbols} symbols at ${addresses}${key}. Ctrl-C stops.\n`);
}

async function summarize(simulator: Simulator, json: boolean, { stdout }: CommandContext): Promise<void> {
  simulator.pause();
  const { tables } = simulator.truth();
  await simulator.close();
  if (json) {
    stdout.write(`${JSON.stringify({ tables })}\n`);
    return;
  }
  for (const [table, { sent, distinct, checksum }] of Object.entries(tables)) {
    stdout.write(`${table}: sent ${sent}, distinct ${distinct}, checksum ${checksum}\n`);
  }
}

function stopped(stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise(resolve => stop.addEventListener('abort', () => resolve(), { once: true }));
}

function marketTime(text: string): number {
  const time = DateTime.fromISO(text, { zone: 'utc', setZone: false });
  if (time.isValid) return time.toMillis();
  throw new UsageError(`--at is not a time: '${text}'`, 'Give one like 2026-10-02T13:30:00Z.');
}

function acceptedKey(text: string): AcceptedKey {
  const [key, list] = text.split(':') as [string, string?];
  if (key === '') throw new UsageError('--key is empty', 'Give one like demo or demo:stocks,crypto.');
  return { key, markets: entitledMarkets('--key', list) };
}

function acceptedFileKey(text: string): AcceptedFileKey {
  const [keyId = '', secret = '', list] = text.split(':');
  if (keyId === '' || secret === '') {
    throw new UsageError(
      '--file-key needs an id and a secret',
      'Give them like ID:SECRET or ID:SECRET:stocks.',
    );
  }
  return { keyId, secret, markets: entitledMarkets('--file-key', list) };
}

function entitledMarkets(flag: string, list: string | undefined): AcceptedKey['markets'] {
  if (list === undefined) return 'all';
  return list.split(',').map(name => {
    const market = SIMULATED_MARKETS.find(known => known === name);
    if (market) return market;
    throw new UsageError(`${flag} names no market '${name}'`, `Give any of ${SIMULATED_MARKETS.join(', ')}.`);
  });
}

function ownHoliday(text: string): Holiday {
  const [date = '', early] = text.split('=');
  if (isDate(date) && (early === undefined || early === 'early')) {
    return { date, name: 'Holiday', earlyClose: early !== undefined };
  }
  throw new UsageError(`--holiday is not a date: '${text}'`, 'Give one like 2026-10-05 or 2026-10-05=early.');
}

/** What happens to connections, a line each. */
function lineLogger(stderr: NodeJS.WritableStream): Logger {
  const write = (message: string, fields: LogFields = {}): void => {
    const shown = Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}=${value}`],
    );
    stderr.write(`simulator: ${[message, ...shown].join(' ')}\n`);
  };
  const logger: Logger = { debug: () => {}, info: write, warn: write, error: write, child: () => logger };
  return logger;
}
