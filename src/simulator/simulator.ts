import { type Clock, systemClock } from '../base/clock.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { combinedTruth, type TableTruth } from './bar-record.ts';
import { MINUTE_BAR, SECOND_BAR } from './event.ts';
import { FaultInjection } from './fault-injection.ts';
import type { Fault } from './faults.ts';
import { type Market, openMarket } from './market.ts';
import { MarketTime } from './market-time.ts';
import type { SimulatedMarket } from './markets.ts';
import { checkOptions, DEFAULT_OPTIONS, defaultRate, type SimulatorOptions } from './options.ts';
import { openServer } from './server.ts';
import { type ConnectionTruth, Service } from './service.ts';
import { TruthFile } from './truth-file.ts';

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
  /** Address of the WebSocket without the market: `ws://127.0.0.1:4711`. */
  readonly url: string;
  readonly port: number;
  truth(): Truth;
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
  const markets = openMarkets(options, options.atMs ?? clock.wallMs(), truthFile);
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
  const faults = new FaultInjection(service, [...markets.values()], clock, logger);
  const records = [...markets.values()].map(({ publisher }) => publisher.record.tables);
  const truth = (): Truth => ({
    tables: {
      agg1s: combinedTruth(records.map(tables => tables[SECOND_BAR])),
      agg1m: combinedTruth(records.map(tables => tables[MINUTE_BAR])),
    },
    connections: service.connectionTruths(),
    market: { timeMs: time.nowMs, behindMs: time.behindMs, paused: time.paused },
  });
  const server = await openServer(options, service, { time, faults, truth });
  time.start();
  faults.schedule(options.faults, options.seed);
  return {
    url: `ws://${options.host}:${server.port}`,
    port: server.port,
    truth,
    pause: () => time.pause(),
    resume: () => time.resume(),
    inject: (fault, connection) => faults.inject(fault, connection),
    async close() {
      time.stop();
      faults.stop();
      await server.close();
      truthFile?.close();
    },
  };
}

function openMarkets(
  { markets, symbols, seed, rate, speed, lateShare }: SimulatorOptions,
  atMs: number,
  truthFile: TruthFile | undefined,
): Map<SimulatedMarket, Market> {
  const barsPerSecond = rate / speed;
  return new Map(
    markets.map(market => [
      market,
      openMarket({ market, symbols, seed, barsPerSecond, atMs, lateShare, truthFile }),
    ]),
  );
}

function withDefaults(given: Partial<SimulatorOptions>): SimulatorOptions {
  const options = { ...DEFAULT_OPTIONS, ...given };
  return given.rate === undefined
    ? { ...options, rate: defaultRate(options.symbols, options.speed) }
    : options;
}
