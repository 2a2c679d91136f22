import { createHash } from 'node:crypto';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { seededRandom } from '../base/random.ts';
import { combinedTruth, type TableTruth } from './bar-record.ts';
import type { Controlled } from './control.ts';
import { MINUTE_BAR, SECOND_BAR } from './event.ts';
import { FaultInjection } from './fault-injection.ts';
import type { Fault } from './faults.ts';
import { FileStore } from './flat/file-store.ts';
import { isFilesPath, S3Service } from './flat/s3-service.ts';
import { addDays } from './history/dates.ts';
import type { HistoryTruth } from './history/history-truth.ts';
import type { MarketHistory } from './history/market-history.ts';
import { TradingCalendar } from './history/trading-calendar.ts';
import { HistoryControl, type HistoryTruthQuery } from './history-control.ts';
import { HttpFaults } from './http/http-faults.ts';
import { type Market, openMarket } from './market.ts';
import { MarketTime } from './market-time.ts';
import type { SimulatedMarket } from './markets.ts';
import { checkOptions, DEFAULT_OPTIONS, defaultRate, type SimulatorOptions } from './options.ts';
import { RateLimit } from './rest/rate-limit.ts';
import { isRestPath, RestService } from './rest/rest-service.ts';
import { openServer } from './server.ts';
import { type ConnectionTruth, Service } from './service.ts';
import { TruthFile } from './truth-file.ts';

const DEFAULT_FILE_DAYS = 30;

/** What was sent. */
export interface Truth {
  /** Of all connections and markets together. */
  readonly tables: { readonly agg1s: TableTruth; readonly agg1m: TableTruth };
  /** Open connections and the last ones that ended. */
  readonly connections: readonly ConnectionTruth[];
  /** `behindMs`: how far what is sent lags behind what is due; more than a moment means an overloaded machine. */
  readonly market: { readonly timeMs: number; readonly behindMs: number; readonly paused: boolean };
}

/** A running simulator. */
export interface Simulator {
  /** Address of REST, and with `/flatfiles` of the files: `http://127.0.0.1:4711`. */
  readonly httpUrl: string;
  /** Address of the WebSocket without the market: `ws://127.0.0.1:4711`. */
  readonly url: string;
  readonly port: number;
  truth(): Truth;
  /** What a table must have of one date; see history-truth.ts. */
  historyTruth(query: HistoryTruthQuery): Promise<HistoryTruth>;
  /** Replaces a published file by one with some bars corrected. */
  replaceFile(key: string): Promise<{ readonly etag: string; readonly bytes: number }>;
  /** Stops market time, so that the truth stands still; `resume` goes on. */
  pause(): void;
  resume(): void;
  /** Makes a fault happen now, on one connection or on all; returns how many it concerned. */
  inject(fault: Fault, connection?: number): number;
  close(): Promise<void>;
}

export interface SimulatorEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Starts a Massive on this machine.
 *
 * @throws SimulatorOptionError when the options cannot be satisfied; what listening on the port throws.
 */
export async function startSimulator(
  given: Partial<SimulatorOptions>,
  { clock, logger }: SimulatorEnvironment = { clock: systemClock, logger: silentLogger },
): Promise<Simulator> {
  const options = withDefaults(given);
  checkOptions(options);
  const truthFile = options.truthPath === undefined ? undefined : new TruthFile(options.truthPath);
  const startMs = options.atMs ?? clock.wallMs();
  const markets = openMarkets(options, startMs, truthFile);
  const service = new Service(options, markets, clock, logger);
  const time = new MarketTime({
    clock,
    logger,
    feeds: [...markets.values()].map(({ feed }) => feed),
    // Opening the markets took a moment.
    startMs: options.atMs ?? clock.wallMs(),
    speed: options.speed,
    afterTick: () => service.flushAnswers(),
  });
  const httpFaults = new HttpFaults(seededRandom(options.seed), clock);
  const faults = new FaultInjection(service, [...markets.values()], httpFaults, clock, logger);
  const records = [...markets.values()].map(({ publisher }) => publisher.record.tables);
  const truth = (): Truth => ({
    tables: {
      agg1s: combinedTruth(records.map(tables => tables[SECOND_BAR])),
      agg1m: combinedTruth(records.map(tables => tables[MINUTE_BAR])),
    },
    connections: service.connectionTruths(),
    market: { timeMs: time.nowMs, behindMs: time.behindMs, paused: time.paused },
  });
  const histories = new Map([...markets].map(([market, { history }]) => [market, history]));
  const store = openFileStore(options, startMs, histories, () => time.nowMs, logger);
  const history = new HistoryControl(histories, store, () => time.nowMs);
  const rest = new RestService({
    keys: options.keys,
    histories,
    stockCalendar: new TradingCalendar('stocks', options.hours, options.holidays),
    forexCalendar: new TradingCalendar('forex', options.hours, options.holidays),
    faults: httpFaults,
    rateLimit: new RateLimit(options.requestsPerMinute, clock),
    clock,
    logger,
    nowMs: () => time.nowMs,
  });
  const files = new S3Service({ keys: options.fileKeys, store, faults: httpFaults, clock, logger });
  const controlled: Controlled = {
    time,
    faults,
    truth,
    historyTruth: query => history.truthOfQuery(query),
    replaceFile: key => history.replaceFile(key),
  };
  const server = await openServer(options, service, controlled, [
    { owns: isRestPath, answer: (request, response) => rest.answer(request, response) },
    { owns: isFilesPath, answer: (request, response) => files.answer(request, response) },
  ]);
  time.start();
  faults.schedule(options.faults, options.seed);
  return {
    url: `ws://${options.host}:${server.port}`,
    httpUrl: `http://${options.host}:${server.port}`,
    port: server.port,
    truth,
    historyTruth: query => history.truth(query),
    replaceFile: key => history.replaceFile(key),
    pause: () => time.pause(),
    resume: () => time.resume(),
    inject: (fault, connection) => faults.inject(fault, connection),
    async close() {
      time.stop();
      faults.stop();
      await server.close();
      await store.close();
      truthFile?.close();
    },
  };
}

function openMarkets(
  { markets, symbols, seed, rate, speed, lateShare, hours, holidays }: SimulatorOptions,
  atMs: number,
  truthFile: TruthFile | undefined,
): Map<SimulatedMarket, Market> {
  const barsPerSecond = rate / speed;
  return new Map(
    markets.map(market => [
      market,
      openMarket({ market, symbols, seed, barsPerSecond, atMs, lateShare, truthFile, hours, holidays }),
    ]),
  );
}

function openFileStore(
  options: SimulatorOptions,
  startMs: number,
  histories: ReadonlyMap<SimulatedMarket, MarketHistory>,
  nowMs: () => number,
  logger: Logger,
): FileStore {
  const today = new Date(startMs).toISOString().slice(0, 10);
  const { symbols, seed, rate, speed, lateShare, hours, holidays } = options;
  const world = JSON.stringify({ today, symbols, seed, rate: rate / speed, lateShare, hours, holidays });
  return new FileStore({
    histories,
    publish: options.publish,
    from: options.filesFrom ?? addDays(today, -DEFAULT_FILE_DAYS),
    directory: options.filesDirectory,
    limitBytes: options.filesBytes,
    fingerprint: createHash('sha256').update(world).digest('hex').slice(0, 16),
    nowMs,
    logger,
  });
}

function withDefaults(given: Partial<SimulatorOptions>): SimulatorOptions {
  const options = { ...DEFAULT_OPTIONS, ...given };
  return given.rate === undefined
    ? { ...options, rate: defaultRate(options.symbols, options.speed) }
    : options;
}
