import type { WebSocket } from 'ws';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { TableTruth } from './bar-record.ts';
import type { Market } from './market.ts';
import type { Cluster, SimulatedMarket } from './markets.ts';
import type { SimulatorOptions } from './options.ts';
import { type Gate, Session } from './session.ts';
import { AUTH_FAILED, NOT_ENTITLED } from './status-messages.ts';

/** Ended connections whose truth is still told. */
const REMEMBERED_SESSIONS = 100;

export interface ConnectionTruth {
  readonly id: number;
  readonly path: string;
  readonly open: boolean;
  readonly pairs: number;
  readonly bufferedBytes: number;
  readonly agg1s: TableTruth;
  readonly agg1m: TableTruth;
}

/** All connections: who is admitted, and who has to leave for another one. */
export class Service implements Gate {
  readonly #options: SimulatorOptions;
  readonly #markets: ReadonlyMap<SimulatedMarket, Market>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Open ones, in the order of connecting. */
  readonly #sessions = new Set<Session>();
  readonly #ended: Session[] = [];
  #lastId = 0;
  #refusals = 0;

  constructor(
    options: SimulatorOptions,
    markets: ReadonlyMap<SimulatedMarket, Market>,
    clock: Clock,
    logger: Logger,
  ) {
    this.#options = options;
    this.#markets = markets;
    this.#clock = clock;
    this.#logger = logger;
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions];
  }

  connect(socket: WebSocket, cluster: Cluster): void {
    const session = new Session({
      id: ++this.#lastId,
      cluster,
      socket,
      clock: this.#clock,
      logger: this.#logger,
      settings: this.#options,
      gate: this,
    });
    this.#sessions.add(session);
  }

  /** Refuses the next `count` keys, right or wrong. */
  refuseNext(count: number): void {
    this.#refusals = count;
  }

  flushAnswers(): void {
    for (const session of this.#sessions) session.flushAnswers();
  }

  admit(key: string, cluster: Cluster): { readonly market: Market } | { readonly refusal: string } {
    const accepted = this.#options.keys.find(candidate => candidate.key === key);
    if (!accepted || this.#refusals > 0) {
      this.#refusals = Math.max(0, this.#refusals - 1);
      return { refusal: AUTH_FAILED };
    }
    const market = this.#markets.get(cluster.market);
    const entitled = accepted.markets === 'all' || accepted.markets.includes(cluster.market);
    return market && entitled ? { market } : { refusal: NOT_ENTITLED };
  }

  authenticated(session: Session): void {
    this.#logger.info('authenticated', { connection: session.id, path: session.cluster.path });
    if (this.#options.evicted === 'newer') return;
    const [...rivals] = this.#rivalsOf(session);
    // The set is in the order of connecting: the oldest come first.
    for (const oldest of rivals.slice(0, rivals.length - this.#options.connectionsPerKey))
      this.#evict(oldest);
  }

  /** Where the newer one has to go, it is told only after it has subscribed. */
  subscribed(session: Session): void {
    if (this.#options.evicted !== 'newer') return;
    if (this.#rivalsOf(session).indexOf(session) < this.#options.connectionsPerKey) return;
    session.flushAnswers();
    this.#evict(session);
  }

  ended(session: Session): void {
    this.#sessions.delete(session);
    this.#logger.info('disconnected', { connection: session.id });
    if (!session.record) return;
    this.#ended.push(session);
    if (this.#ended.length > REMEMBERED_SESSIONS) this.#ended.shift();
  }

  connectionTruths(): ConnectionTruth[] {
    return [...this.#ended, ...this.#sessions].flatMap(session => {
      if (!session.record) return [];
      const { id, cluster, pairs, outlet } = session;
      const open = this.#sessions.has(session);
      return [
        { id, path: cluster.path, open, pairs, bufferedBytes: outlet.bufferedBytes, ...session.record.truth },
      ];
    });
  }

  /** Authenticated sessions of the same key and cluster, itself included. */
  #rivalsOf({ key, cluster }: Session): Session[] {
    return this.sessions.filter(other => other.key === key && other.cluster.path === cluster.path);
  }

  #evict(session: Session): void {
    this.#logger.info('closed: more connections than its key may have', { connection: session.id });
    session.evict();
  }
}
