import type { WebSocket } from 'ws';
import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { MarketRecord, Subscriber } from './bar-publisher.ts';
import type { EventBatch } from './event-batch.ts';
import { packFrames } from './frames.ts';
import type { Market } from './market.ts';
import type { Cluster } from './markets.ts';
import { Outlet } from './outlet.ts';
import {
  AUTH_REQUIRED,
  AUTH_SUCCESS,
  AUTH_TIMEOUT,
  CONNECTED,
  MAX_CONNECTIONS,
  UNKNOWN_STATUS,
} from './status-messages.ts';
import { MAX_PAIRS, Subscriptions } from './subscriptions.ts';

const POLICY_VIOLATION = 1008;
const ANSWERS_PER_FRAME = 100;

export interface SessionSettings {
  readonly eventsPerFrame: number;
  readonly bufferBytes: number;
  readonly authTimeoutMs: number;
}

/** The service around a session: who may come in, and who has to leave. */
export interface Gate {
  /** The market behind a key and a cluster, or the status element that refuses. */
  admit(key: string, cluster: Cluster): { readonly market: Market } | { readonly refusal: string };
  authenticated(session: Session): void;
  subscribed(session: Session): void;
  ended(session: Session): void;
}

type State =
  | { readonly name: 'greeted'; readonly timeout: Timer }
  | {
      readonly name: 'authenticated';
      readonly key: string;
      readonly market: Market;
      readonly subscriptions: Subscriptions;
      readonly record: MarketRecord;
    }
  | { readonly name: 'ended'; readonly record: MarketRecord | undefined };

/** What a session is made of. */
export interface SessionParts {
  readonly id: number;
  readonly cluster: Cluster;
  readonly socket: WebSocket;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: SessionSettings;
  readonly gate: Gate;
}

/** One connection: greeting, authentication, subscriptions, and the bars that it takes. */
export class Session implements Subscriber {
  readonly id: number;
  readonly cluster: Cluster;
  readonly outlet: Outlet;
  readonly #parts: SessionParts;
  #state: State;
  /** Status elements that go out with the next message. */
  #answers: string[] = [];
  #silenceEnd: Timer | undefined;
  #duplicateFrames = 0;
  #missingAcks = 0;
  #ackDelayMs = 0;

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.cluster = parts.cluster;
    this.#parts = parts;
    const { socket, clock, settings, logger } = parts;
    this.outlet = new Outlet(socket, clock, settings.bufferBytes, () =>
      logger.warn('closed a slow consumer: its buffer is full', { connection: this.id }),
    );
    socket.on('message', (data: Buffer) => this.#receive(data));
    socket.on('close', () => this.#end());
    // What follows an error is a close.
    socket.on('error', error =>
      logger.debug('connection error', { connection: this.id, reason: error.message }),
    );
    const timeout = clock.after(
      settings.authTimeoutMs,
      () => this.outlet.sendAndDrop(`[${AUTH_TIMEOUT}]`),
      false,
    );
    this.#state = { name: 'greeted', timeout };
    this.outlet.send(`[${CONNECTED}]`);
  }

  get key(): string | undefined {
    return this.#state.name === 'authenticated' ? this.#state.key : undefined;
  }

  get pairs(): number {
    return this.#state.name === 'authenticated' ? this.#state.subscriptions.count : 0;
  }

  /** What was handed to this connection; undefined when it never authenticated. */
  get record(): MarketRecord | undefined {
    return this.#state.name === 'greeted' ? undefined : this.#state.record;
  }

  get wanted(): Uint8Array {
    return this.#state.name === 'authenticated' ? this.#state.subscriptions.wanted : NOTHING;
  }

  take(batch: EventBatch): void {
    if (this.#silenceEnd || this.#state.name !== 'authenticated') return;
    const { record, subscriptions } = this.#state;
    const { eventsPerFrame } = this.#parts.settings;
    const leading = this.#answers.slice(0, ANSWERS_PER_FRAME);
    for (const frame of packFrames(batch, subscriptions.wanted, eventsPerFrame, leading)) {
      const times = this.#duplicateFrames > 0 ? 2 : 1;
      for (let time = 0; time < times; time++) {
        if (!this.outlet.send(frame.bytes)) return;
        // They were in the first message.
        if (frame.from === 0 && time === 0) this.#answers.splice(0, leading.length);
        for (let index = frame.from; index < frame.to; index++) {
          if (!batch.wants(index, subscriptions.wanted)) continue;
          batch.taken[index]!++;
          record.add(batch, index);
        }
      }
      if (times === 2) this.#duplicateFrames--;
    }
  }

  /** Sends the status elements for which no message with data came along. */
  flushAnswers(): void {
    while (this.#answers.length > 0) {
      this.outlet.send(`[${this.#answers.splice(0, ANSWERS_PER_FRAME).join(',')}]`);
    }
  }

  /** The connection has to make place for another one of the same key. */
  evict(): void {
    this.outlet.send(`[${MAX_CONNECTIONS}]`);
    this.outlet.close(POLICY_VIOLATION);
  }

  /** Stays open and answers pings, but what is due in the next `forMs` is never sent. */
  silence(forMs: number): void {
    this.#silenceEnd?.cancel();
    const end = (): void => {
      this.#silenceEnd = undefined;
    };
    this.#silenceEnd = this.#parts.clock.after(forMs, end, false);
  }

  /** Sends the next `frames` messages with data twice. */
  duplicate(frames: number): void {
    this.#duplicateFrames += frames;
  }

  /** Leaves out the next `count` acknowledgements. */
  skipAcks(count: number): void {
    this.#missingAcks += count;
  }

  /** Answers subscriptions only after `delayMs`. */
  delayAcks(delayMs: number): void {
    this.#ackDelayMs = delayMs;
  }

  /** Sends a message that ends in the middle. */
  sendBadFrame(): void {
    this.outlet.send('[{"ev":"A","sym":"AAPL","v":100,"o":1');
  }

  /** Sends an event of the cluster whose values have wrong types, with the next message. */
  sendBadEvent(): void {
    if (this.#state.name !== 'authenticated') return;
    const { secondChannel, tickerField } = this.#state.market.universe.traits;
    this.#answers.push(
      `{"ev":"${secondChannel}","${tickerField}":17,"v":"many","o":null,"c":{},"s":"yesterday"}`,
    );
  }

  sendUnknownStatus(): void {
    this.#answers.push(UNKNOWN_STATUS);
  }

  #receive(data: Buffer): void {
    const message = messageOf(data);
    if (!message || this.#state.name === 'ended') return;
    const { action, params } = message;
    if (action === 'auth') this.#authenticate(params);
    else if (action === 'subscribe' || action === 'unsubscribe') this.#subscribe(action, params);
  }

  #authenticate(key: string): void {
    if (this.#state.name !== 'greeted') return;
    this.#state.timeout.cancel();
    const { gate, cluster } = this.#parts;
    const admission = gate.admit(key, cluster);
    if ('refusal' in admission) {
      this.outlet.sendAndDrop(`[${admission.refusal}]`);
      return;
    }
    const { market } = admission;
    const subscriptions = new Subscriptions(market.universe, cluster);
    this.#state = { name: 'authenticated', key, market, subscriptions, record: market.newRecord() };
    market.publisher.join(this);
    this.outlet.send(`[${AUTH_SUCCESS}]`);
    gate.authenticated(this);
  }

  #subscribe(action: 'subscribe' | 'unsubscribe', params: string): void {
    if (this.#state.name !== 'authenticated') {
      this.outlet.send(`[${AUTH_REQUIRED}]`);
      return;
    }
    const { subscriptions, market } = this.#state;
    const answers = subscriptions[action](params);
    market.publisher.interestChanged();
    const skipped = Math.min(this.#missingAcks, answers.length);
    this.#missingAcks -= skipped;
    this.#answer(answers.slice(skipped));
    if (subscriptions.count > MAX_PAIRS) {
      this.#parts.logger.warn('closed: it subscribed to too much', { connection: this.id, pairs: MAX_PAIRS });
      this.outlet.close(POLICY_VIOLATION);
    } else if (action === 'subscribe') {
      this.#parts.gate.subscribed(this);
    }
  }

  #answer(answers: readonly string[]): void {
    const queue = (): void => {
      for (const answer of answers) this.#answers.push(answer);
    };
    if (this.#ackDelayMs === 0) queue();
    else this.#parts.clock.after(this.#ackDelayMs, queue, false);
  }

  #end(): void {
    const state = this.#state;
    if (state.name === 'greeted') state.timeout.cancel();
    if (state.name === 'authenticated') {
      state.market.publisher.leave(this);
      state.record.close();
    }
    this.#state = { name: 'ended', record: this.record };
    this.#parts.gate.ended(this);
  }
}

const NOTHING = new Uint8Array(0);

/** The service does not answer what it does not understand. */
function messageOf(data: Buffer): { action: string; params: string } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null) return undefined;
  const { action, params } = message as { action?: unknown; params?: unknown };
  return typeof action === 'string' && typeof params === 'string' ? { action, params } : undefined;
}
