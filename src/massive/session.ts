import type { Clock } from '../base/clock.ts';
import type { Counter, Counters } from '../base/counters.ts';
import { seconds } from '../base/durations.ts';
import { MassiveKdbError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Market } from '../tables/markets.ts';
import { Connection } from './connection.ts';
import { ConnectionEndedError, type Ending, type Phase, quoted, sample } from './ending.ts';
import { RetryPolicy } from './retry-policy.ts';
import { DEFAULT_TIMING, isOver, type SessionState, type SessionTiming } from './session-state.ts';
import { SilenceMonitor } from './silence.ts';
import type { OpenSocket } from './socket.ts';
import type { Status, StatusEvent } from './status.ts';
import { pairOf, type Subscription } from './subscription.ts';
import { TimerGroup } from './timer-group.ts';

export interface SessionOptions {
  /** From `feedUrl`. */
  readonly url: string;
  readonly market: Market;
  readonly subscriptions: readonly Subscription[];
  /** The API key, asked for at each connection, so that a new one needs no restart. */
  readonly key: () => string;
  /** Certificates (PEM) of a private authority. */
  readonly ca?: string;
  readonly timing?: Partial<SessionTiming>;
  /** Fail where the first stream cannot be had, instead of trying again. */
  readonly failFast?: boolean;
}

export interface SessionDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly openSocket: OpenSocket;
  /** Whether the market can be expected to send data at this moment (ms since 1970). */
  isOpen(wallMs: number): boolean;
}

export interface SessionListener {
  /** Every frame; returns the status events in it, in order. The buffer is not valid afterwards. */
  frame(bytes: Uint8Array): readonly StatusEvent[];
  stateChanged(state: SessionState, previous: SessionState): void;
  /** The session has failed for good: key, plan or settings were refused before anything ever worked. */
  failed(error: MassiveKdbError): void;
}

/**
 * Keeps one market's stream coming: connects, authenticates, subscribes, and does so again, at a decent distance,
 * whenever the connection ends or goes quiet. Massive replays nothing: whoever needs what was sent while the state
 * was not `streaming` gets it elsewhere, and finds the bounds in the states.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #timing: SessionTiming;
  readonly #dependencies: SessionDependencies;
  readonly #listener: SessionListener;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #retries: RetryPolicy;
  readonly #silence: SilenceMonitor;
  readonly #timers: TimerGroup;
  readonly #frames: Counter;
  readonly #frameBytes: Counter;
  #pairs: readonly string[];
  #state: SessionState;
  #connection: Connection | undefined;
  #heardMs: number | undefined;
  /** Monotonic: when the last stream ended. */
  #lostMs: number | undefined;
  #stopped: Promise<void> | undefined;
  #resolveStopped = () => {};

  constructor(options: SessionOptions, dependencies: SessionDependencies, listener: SessionListener) {
    const labels = { market: options.market };
    this.#options = options;
    this.#dependencies = dependencies;
    this.#listener = listener;
    this.#clock = dependencies.clock;
    this.#logger = dependencies.logger.child(labels);
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    this.#retries = new RetryPolicy(this.#timing, options.failFast ?? false, dependencies.random);
    this.#silence = new SilenceMonitor({
      floorMs: this.#timing.silenceFloorMs,
      ceilingMs: this.#timing.silenceCeilingMs,
    });
    this.#timers = new TimerGroup(this.#clock);
    this.#frames = dependencies.counters.counter('massive_frames', labels);
    this.#frameBytes = dependencies.counters.counter('massive_frame_bytes', labels);
    this.#pairs = options.subscriptions.map(pairOf);
    this.#state = { name: 'idle', sinceMs: this.#clock.wallMs() };
  }

  get state(): SessionState {
    return this.#state;
  }

  /** When the last frame came, ms since 1970; undefined before the first. */
  get lastFrameMs(): number | undefined {
    if (this.#heardMs === undefined) return undefined;
    return this.#clock.wallMs() - (this.#clock.monotonicMs() - this.#heardMs);
  }

  /** Pairs that this connection was asked for and does not carry. */
  get failedPairs(): readonly string[] {
    return this.#connection?.tracker.failed ?? [];
  }

  start(): void {
    if (this.#state.name === 'idle') this.#connect();
  }

  /** Closes the connection on purpose and stays away until `resume`. */
  suspend(reason: string): void {
    if (isOver(this.#state)) return;
    this.#connection?.end({ kind: 'requested' });
    this.#timers.cancel();
    this.#logger.warn(`connection to ${this.#options.url} closed on purpose: ${reason}`);
    this.#enter({ name: 'suspended', sinceMs: this.#clock.wallMs(), reason });
  }

  /** Connects now, if suspended or waiting to try again. */
  resume(): void {
    if (this.#state.name === 'suspended' || this.#state.name === 'backing-off') this.#connect();
  }

  /** Changes the subscriptions, on the living connection and for every later one. */
  updateSubscriptions(next: readonly Subscription[]): void {
    const previous = new Set(this.#pairs);
    this.#pairs = next.map(pairOf);
    const wanted = new Set(this.#pairs);
    const added = this.#pairs.filter(pair => !previous.has(pair));
    const removed = [...previous].filter(pair => !wanted.has(pair));
    this.#logger.info(`subscriptions changed: ${added.length} added, ${removed.length} removed`);
    this.#connection?.update(added, removed);
  }

  /** Ends the session: at once when it has no connection, else with a closing handshake of at most `limitMs`. */
  stop(limitMs: number): Promise<void> {
    this.#stopped ??= new Promise(resolve => {
      this.#resolveStopped = resolve;
      this.#timers.cancel();
      this.#enter({ name: 'stopping', sinceMs: this.#clock.wallMs() });
      if (this.#connection) this.#connection.close(limitMs);
      else this.#finish();
    });
    return this.#stopped;
  }

  #connect(): void {
    this.#timers.cancel();
    this.#enter({ name: 'connecting', sinceMs: this.#clock.wallMs() });
    const { url, ca, key } = this.#options;
    try {
      this.#connection = new Connection(
        {
          address: ca === undefined ? { url } : { url, ca },
          key: key(),
          pairs: () => this.#pairs,
          timing: this.#timing,
        },
        this.#clock,
        this.#dependencies.openSocket,
        {
          phaseChanged: phase => this.#phaseChanged(phase),
          frame: bytes => this.#frame(bytes),
          authenticated: () => this.#retries.authenticated(),
          pairsFailed: (pairs, refused) => this.#pairsFailed(pairs, refused),
          unexpected: status => this.#unexpected(status),
          ended: ending => this.#ended(ending),
        },
      );
    } catch (error) {
      if (!(error instanceof MassiveKdbError)) throw error;
      if (this.#retries.everAuthenticated) this.#ended({ kind: 'unreachable', cause: error });
      else this.#fail(error);
    }
  }

  #phaseChanged(phase: Phase): void {
    if (phase === 'closing') return;
    this.#enter({ name: phase, sinceMs: this.#clock.wallMs() });
    if (phase !== 'streaming') return;
    const after =
      this.#lostMs === undefined ? '' : ` again, after ${seconds(this.#clock.monotonicMs() - this.#lostMs)}`;
    this.#logger.info(`streaming from ${this.#options.url}${after}`, { subscriptions: this.#pairs.length });
    this.#retries.streaming();
    this.#timers.after(this.#timing.healthyMs, () => this.#retries.healthy());
    this.#silence.ignoreUntil(this.#clock.monotonicMs());
    this.#watchSilence();
  }

  #frame(bytes: Uint8Array): readonly StatusEvent[] {
    this.#heardMs = this.#clock.monotonicMs();
    this.#frames.add();
    this.#frameBytes.add(bytes.length);
    const events = this.#listener.frame(bytes);
    if (events.length === 0 && this.#state.name === 'streaming') this.#silence.heard(this.#heardMs);
    return events;
  }

  #watchSilence(): void {
    this.#timers.after(this.#timing.silenceCheckMs, () => {
      const nowMs = this.#clock.monotonicMs();
      if (!this.#dependencies.isOpen(this.#clock.wallMs())) this.#silence.ignoreUntil(nowMs);
      if (this.#silence.isStale(nowMs)) {
        this.#connection?.end({ kind: 'silent', silentMs: this.#silence.silentMs(nowMs) });
      } else {
        this.#watchSilence();
      }
    });
  }

  #pairsFailed(pairs: readonly string[], refused: boolean): void {
    this.#count('massive_subscriptions_failed', refused ? 'refused' : 'unanswered', pairs.length);
    this.#logger.error(
      refused
        ? `Massive said 'not authorized' and left ${pairs.length} subscriptions unanswered, so the plan of this key likely ` +
            `does not include them: ${sample(pairs)}. Remove them, or choose a plan that has them.`
        : `Massive left ${pairs.length} subscriptions unanswered: ${sample(pairs)}. Check that ${this.#options.url} serves them.`,
    );
  }

  #unexpected(status: Status): void {
    const text = status.kind === 'unknown' ? `${status.status} ${quoted(status.message)}` : status.kind;
    this.#count('massive_statuses_ignored', status.kind, 1);
    this.#logger.warn(`ignored a status of Massive that means nothing here: ${text}`);
  }

  #ended(ending: Ending): void {
    this.#connection = undefined;
    this.#timers.cancel();
    if (this.#state.name === 'streaming') this.#lostMs = this.#clock.monotonicMs();
    if (this.#state.name === 'stopping') this.#finish();
    if (this.#state.name === 'stopped' || ending.kind === 'requested') return;
    this.#count('massive_disconnects', ending.kind, 1);
    const error = new ConnectionEndedError(this.#options.url, ending);
    const decision = this.#retries.decide(ending, this.#clock.monotonicMs());
    if (decision.kind === 'give-up') {
      this.#fail(error);
      return;
    }
    const { delayMs, alarm, note } = decision;
    const retry = `${note === undefined ? '' : `${note}. `}Trying again in ${seconds(delayMs)}.`;
    this.#logger[alarm ? 'error' : 'warn'](`${error.message} ${retry}`, { code: error.code });
    this.#timers.after(delayMs, () => this.#connect());
    const sinceMs = this.#clock.wallMs();
    this.#enter({ name: 'backing-off', sinceMs, retryMs: sinceMs + delayMs, error });
  }

  #fail(error: MassiveKdbError): void {
    this.#enter({ name: 'failed', sinceMs: this.#clock.wallMs() });
    this.#listener.failed(error);
  }

  #finish(): void {
    this.#enter({ name: 'stopped', sinceMs: this.#clock.wallMs() });
    this.#resolveStopped();
  }

  #enter(state: SessionState): void {
    const previous = this.#state;
    this.#state = state;
    this.#logger.debug(`session ${previous.name} -> ${state.name}`);
    this.#listener.stateChanged(state, previous);
  }

  #count(name: string, reason: string, count: number): void {
    this.#dependencies.counters.counter(name, { market: this.#options.market, reason }).add(count);
  }
}
