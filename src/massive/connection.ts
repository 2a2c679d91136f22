import type { Clock, Timer } from '../base/clock.ts';
import type { Ending, Phase } from './ending.ts';
import type { SessionTiming } from './session-state.ts';
import type { FeedSocket, OpenSocket, SocketAddress } from './socket.ts';
import { type Status, type StatusEvent, statusOf } from './status.ts';
import { actionMessages } from './subscribe-messages.ts';
import { SubscriptionTracker } from './subscription-tracker.ts';
import { TimerGroup } from './timer-group.ts';

/** Pings in a row without any sign of life that end a connection. */
const UNANSWERED_PINGS = 2;

export interface ConnectionOptions {
  readonly address: SocketAddress;
  readonly key: string;
  /** What to subscribe to, asked for when the time has come. */
  readonly pairs: () => readonly string[];
  readonly timing: SessionTiming;
}

export interface ConnectionListener {
  phaseChanged(phase: Phase): void;
  /** A frame; returns the status events in it, in order. The buffer is not valid afterwards. */
  frame(bytes: Uint8Array): readonly StatusEvent[];
  authenticated(): void;
  /** Pairs that Massive did not acknowledge in time, on a connection that goes on without them. */
  pairsFailed(pairs: readonly string[], refused: boolean): void;
  /** A status that has no meaning for this connection. */
  unexpected(status: Status): void;
  /** The end, once; nothing comes after it. */
  ended(ending: Ending): void;
}

/** One connection to Massive, from the first packet to its end. It never reconnects. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  readonly #listener: ConnectionListener;
  readonly #tracker = new SubscriptionTracker();
  readonly #timers: TimerGroup;
  readonly #controller = new AbortController();
  readonly #socket: FeedSocket;
  #phase: Phase | 'ended' = 'connecting';
  #phaseTimer: Timer | undefined;
  #acknowledgeTimer: Timer | undefined;
  #acknowledgedMs = 0;
  #unansweredPings = 0;

  /** Starts connecting. Throws what `openSocket` throws. */
  constructor(
    options: ConnectionOptions,
    clock: Clock,
    openSocket: OpenSocket,
    listener: ConnectionListener,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    this.#timers = new TimerGroup(clock);
    this.#controller.signal.addEventListener('abort', () => this.#timers.cancel(), { once: true });
    this.#socket = openSocket(
      options.address,
      {
        opened: () => this.#opened(),
        frame: bytes => this.#frame(bytes),
        pong: () => this.#alive(),
        closed: (code, reason, cause) => this.#closed(code, reason, cause),
      },
      this.#controller.signal,
    );
    this.#limitPhase(options.timing.connectMs);
  }

  get tracker(): SubscriptionTracker {
    return this.#tracker;
  }

  /** Subscribes to what is new and unsubscribes from what is gone; before the first subscription, does nothing. */
  update(added: readonly string[], removed: readonly string[]): void {
    if (this.#phase !== 'subscribing' && this.#phase !== 'streaming') return;
    // First the new ones, so that a ticker which only moves between a list and `*` is never unsubscribed.
    this.#subscribe(added);
    this.#send('unsubscribe', this.#tracker.release(removed));
    this.#checkAcknowledged();
  }

  /** Ends it with a closing handshake, for which `limitMs` are allowed; frames that come meanwhile still count. */
  close(limitMs: number): void {
    if (this.#phase === 'ended' || this.#phase === 'closing') return;
    if (this.#phase === 'connecting') {
      this.end({ kind: 'requested' });
      return;
    }
    this.#timers.cancel();
    this.#enter('closing');
    this.#socket.close();
    this.#phaseTimer = this.#timers.after(limitMs, () => this.end({ kind: 'requested' }));
  }

  /** Ends it at once. */
  end(ending: Ending): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'ended';
    this.#controller.abort();
    this.#listener.ended(ending);
  }

  #opened(): void {
    if (this.#phase !== 'connecting') return;
    this.#enter('awaiting-welcome', this.#options.timing.welcomeMs);
    this.#ping();
  }

  #frame(bytes: Uint8Array): void {
    if (this.#phase === 'ended') return;
    this.#alive();
    for (const event of this.#listener.frame(bytes)) this.#status(this.#printable(statusOf(event)));
  }

  #closed(code: number, reason: string, cause: Error | undefined): void {
    if (this.#phase === 'connecting') this.end({ kind: 'unreachable', cause });
    else if (this.#phase === 'closing') this.end({ kind: 'requested' });
    else this.end({ kind: 'closed', code, reason: this.#withoutKey(reason), cause });
  }

  #status(status: Status): void {
    if (this.#phase === 'ended' || this.#understood(status)) return;
    // An answer that crosses with our close has lost its meaning, and that is as it should be.
    if (this.#phase !== 'closing') this.#listener.unexpected(status);
  }

  /** Does what `status` means; false when it means nothing at this point. */
  #understood(status: Status): boolean {
    switch (status.kind) {
      case 'connected':
        if (this.#phase !== 'awaiting-welcome') return false;
        this.#authenticate();
        return true;
      case 'authenticated':
        if (this.#phase !== 'authenticating') return false;
        this.#authenticated();
        return true;
      case 'subscribed':
        this.#subscribed(status.pairs);
        return true;
      case 'unsubscribed':
        return true;
      case 'not-authorized':
        if (this.#tracker.pending === 0) return false;
        this.#tracker.refuse();
        return true;
      case 'auth-failed':
        this.end({
          kind: status.cause === 'bad-key' ? 'key-refused' : 'not-entitled',
          message: status.message,
        });
        return true;
      case 'max-connections':
        this.end({ kind: 'evicted', message: status.message });
        return true;
      case 'told':
        this.end(status);
        return true;
      case 'unknown':
        return false;
    }
  }

  #authenticate(): void {
    this.#enter('authenticating', this.#options.timing.authenticateMs);
    this.#socket.send(JSON.stringify({ action: 'auth', params: this.#options.key }));
  }

  #authenticated(): void {
    this.#listener.authenticated();
    this.#enter('subscribing');
    this.#subscribe(this.#options.pairs());
    this.#checkAcknowledged();
  }

  #subscribe(pairs: readonly string[]): void {
    const fresh = this.#tracker.request(pairs);
    if (fresh.length === 0) return;
    this.#send('subscribe', fresh);
    this.#acknowledgedMs = this.#clock.monotonicMs();
    this.#acknowledgeTimer ??= this.#awaitAcknowledgement(this.#options.timing.acknowledgeMs);
  }

  #subscribed(pairs: readonly string[]): void {
    this.#acknowledgedMs = this.#clock.monotonicMs();
    for (const pair of pairs) this.#tracker.acknowledge(pair);
    this.#checkAcknowledged();
  }

  #checkAcknowledged(): void {
    if (this.#tracker.pending > 0) return;
    this.#acknowledgeTimer?.cancel();
    this.#acknowledgeTimer = undefined;
    if (this.#phase === 'subscribing') this.#enter('streaming');
  }

  #awaitAcknowledgement(delayMs: number): Timer {
    return this.#timers.after(delayMs, () => {
      // Tens of thousands of acknowledgements may come; each puts the end off without a timer of its own.
      const restMs = this.#acknowledgedMs + this.#options.timing.acknowledgeMs - this.#clock.monotonicMs();
      if (restMs > 0) this.#acknowledgeTimer = this.#awaitAcknowledgement(restMs);
      else this.#acknowledgementsMissing();
    });
  }

  #acknowledgementsMissing(): void {
    const refused = this.#tracker.refusals > 0;
    const pairs = this.#tracker.expire();
    if (this.#tracker.withState('confirmed').length === 0) {
      this.end({ kind: refused ? 'subscriptions-refused' : 'subscriptions-unanswered', pairs });
      return;
    }
    this.#listener.pairsFailed(pairs, refused);
    this.#checkAcknowledged();
  }

  #send(action: 'subscribe' | 'unsubscribe', pairs: readonly string[]): void {
    for (const message of actionMessages(action, pairs)) this.#socket.send(message);
  }

  /** Two pings with nothing heard in between, and not a time: a busy event loop must not count as a dead peer. */
  #ping(): void {
    this.#timers.after(this.#options.timing.pingMs, () => {
      if (this.#unansweredPings >= UNANSWERED_PINGS) {
        this.end({ kind: 'ping-unanswered', pings: this.#unansweredPings });
        return;
      }
      this.#unansweredPings++;
      this.#socket.ping();
      this.#ping();
    });
  }

  #alive(): void {
    this.#unansweredPings = 0;
  }

  #enter(phase: Phase, limitMs?: number): void {
    this.#phaseTimer?.cancel();
    this.#phase = phase;
    if (limitMs !== undefined) this.#limitPhase(limitMs);
    this.#listener.phaseChanged(phase);
  }

  #limitPhase(afterMs: number): void {
    const phase = this.#phase as Phase;
    this.#phaseTimer = this.#timers.after(afterMs, () => this.end({ kind: 'timed-out', phase, afterMs }));
  }

  /** What Massive says ends up in logs; should it ever quote the key, the key must not. */
  #printable(status: Status): Status {
    return 'message' in status ? { ...status, message: this.#withoutKey(status.message) } : status;
  }

  #withoutKey(text: string): string {
    const { key } = this.#options;
    return key !== '' && text.includes(key) ? text.replaceAll(key, '<key>') : text;
  }
}
