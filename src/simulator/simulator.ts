import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Clock, systemClock } from '../base/clock.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { combinedTruth, type TableTruth } from './bar-record.ts';
import { answerControl, type Controlled } from './control.ts';
import { MINUTE_BAR, SECOND_BAR } from './event.ts';
import { FaultInjection } from './fault-injection.ts';
import type { Fault } from './faults.ts';
import { type Market, openMarket } from './market.ts';
import { MarketTime } from './market-time.ts';
import { clusterAt, type SimulatedMarket } from './markets.ts';
import { checkOptions, DEFAULT_OPTIONS, defaultRate, type SimulatorOptions } from './options.ts';
import { type ConnectionTruth, Service } from './service.ts';
import { TruthFile } from './truth-file.ts';

/** Massive refuses a larger subscribe message; the connection is closed with 1009. */
const LARGEST_MESSAGE_BYTES = 1_000_000;

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
  const atMs = options.atMs ?? clock.wallMs();
  const truthFile = options.truthPath === undefined ? undefined : new TruthFile(options.truthPath);
  const markets = new Map<SimulatedMarket, Market>();
  for (const market of options.markets) {
    const { symbols, seed, lateShare } = options;
    const barsPerSecond = options.rate / options.speed;
    markets.set(market, openMarket({ market, symbols, seed, barsPerSecond, atMs, lateShare, truthFile }));
  }
  const service = new Service(options, markets, clock, logger);
  const feeds = [...markets.values()].map(({ feed }) => feed);

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_MESSAGE_BYTES,
    autoPong: false,
    perMessageDeflate: false,
  });
  const server = createServer((request, response) => answerControl(request, response, controlled));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const cluster = clusterAt(new URL(request.url ?? '/', 'ws://localhost').pathname);
    if (!cluster) return refuseUpgrade(socket, '404 Not Found');
    if (service.sessions.length >= options.maxConnections)
      return refuseUpgrade(socket, '503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, connection => service.connect(connection, cluster));
  });
  const time = new MarketTime(clock, feeds, options.atMs ?? clock.wallMs(), options.speed, () =>
    service.flushAnswers(),
  );
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
  const controlled: Controlled = { time, faults, truth };
  const { port } = await listen(server, options);
  time.start();
  faults.schedule(options.faults, options.seed);
  return {
    url: `ws://${options.host}:${port}`,
    port,
    truth,
    pause: () => time.pause(),
    resume: () => time.resume(),
    inject: (fault, connection) => faults.inject(fault, connection),
    async close() {
      time.stop();
      faults.stop();
      for (const session of service.sessions) session.outlet.drop();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      truthFile?.close();
    },
  };
}

function withDefaults(given: Partial<SimulatorOptions>): SimulatorOptions {
  const options = { ...DEFAULT_OPTIONS, ...given };
  return given.rate === undefined
    ? { ...options, rate: defaultRate(options.symbols, options.speed) }
    : options;
}

function listen(server: Server, { port, host }: SimulatorOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
