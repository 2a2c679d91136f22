import { memoryCounters } from '../../src/base/counters.ts';
import type { MassiveKdbError } from '../../src/base/errors.ts';
import { Session, type SessionListener, type SessionOptions } from '../../src/massive/session.ts';
import type { SessionState } from '../../src/massive/session-state.ts';
import type { OpenSocket } from '../../src/massive/socket.ts';
import type { StatusEvent } from '../../src/massive/status.ts';
import { parseSubscriptions } from '../../src/massive/subscription.ts';
import { FakeSockets } from './fake-sockets.ts';
import { ManualClock } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import { testSecret } from './secrets.ts';

export const KEY = testSecret('massive');

/** What a listener of a session saw. */
export class RecordingListener implements SessionListener {
  readonly states: string[] = [];
  readonly data: Record<string, unknown>[] = [];
  readonly statuses: StatusEvent[] = [];
  readonly failures: MassiveKdbError[] = [];
  readonly #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  frame(bytes: Uint8Array): readonly StatusEvent[] {
    const events = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, string>[];
    this.data.push(...events.filter(event => event['ev'] !== 'status'));
    const statuses = events
      .filter(event => event['ev'] === 'status')
      .map(event => ({ status: event['status']!, message: event['message']! }));
    this.statuses.push(...statuses);
    this.#wake();
    return statuses;
  }

  stateChanged(state: SessionState): void {
    this.states.push(state.name);
    this.#wake();
  }

  failed(error: MassiveKdbError): void {
    this.failures.push(error);
    this.#wake();
  }

  /** Resolves when `condition` holds; looked at whenever something happens. */
  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      this.#waiting.push({ until: condition, resolve });
      this.#wake();
    });
  }

  #wake(): void {
    for (const waiting of this.#waiting) if (waiting.until()) waiting.resolve();
  }
}

/** A session of AM.AAPL and AM.MSFT on fake sockets and a manual clock, backoff without chance. */
export function sessionHarness(options: Partial<SessionOptions> = {}, openSocket?: OpenSocket) {
  const clock = new ManualClock();
  const sockets = new FakeSockets();
  const logger = new RecordingLogger();
  const counters = memoryCounters();
  const listener = new RecordingListener();
  const market = { open: true };
  const session = new Session(
    {
      url: 'wss://socket.massive.com/stocks',
      market: 'stocks',
      subscriptions: parseSubscriptions('stocks', 'AM.AAPL,AM.MSFT'),
      key: () => KEY,
      ...options,
    },
    {
      clock,
      random: () => 1,
      logger,
      counters,
      openSocket: openSocket ?? sockets.open,
      isOpen: () => market.open,
    },
    listener,
  );
  return { session, clock, sockets, logger, counters, listener, market };
}

export type SessionHarness = ReturnType<typeof sessionHarness>;

/** A minute bar with the least that a bar has. */
export function bar(sym = 'AAPL', s = 1_790_949_600_000): object {
  return { ev: 'AM', sym, v: 10, o: 1, c: 1, h: 1, l: 1, s, e: s + 60_000 };
}
