import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { seededRandom } from '../base/random.ts';
import type { Fault, ScheduledFault, StreamFault } from './faults.ts';
import { HTTP_FAULT_KINDS, type HttpFault, type HttpFaults } from './http/http-faults.ts';
import type { Market } from './market.ts';
import type { Service } from './service.ts';
import type { Session } from './session.ts';

/** Lets faults happen: on request, or on a schedule. */
export class FaultInjection {
  readonly #service: Service;
  readonly #markets: readonly Market[];
  readonly #http: HttpFaults;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timers = new Set<Timer>();

  constructor(service: Service, markets: readonly Market[], http: HttpFaults, clock: Clock, logger: Logger) {
    this.#service = service;
    this.#markets = markets;
    this.#http = http;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Makes a fault happen now.
   *
   * @param connection id of the only connection that it concerns; undefined: all of them
   * @returns how many connections, keys, markets or requests it concerns
   */
  inject(fault: Fault, connection?: number): number {
    this.#logger.warn('fault', { ...fault, connection });
    if (isHttpFault(fault)) return this.#http.inject(fault);
    switch (fault.kind) {
      case 'late':
        for (const { late } of this.#markets) late.share = fault.share;
        return this.#markets.length;
      case 'refuse-auth':
        this.#service.refuseNext(fault.count);
        return fault.count;
      default: {
        const concerned = this.#service.sessions.filter(
          ({ id }) => connection === undefined || id === connection,
        );
        for (const session of concerned) injectInto(session, fault);
        return concerned.length;
      }
    }
  }

  /** @param seed decides when repeated faults happen */
  schedule(faults: readonly ScheduledFault[], seed: number): void {
    for (const [index, { fault, seconds, repeated }] of faults.entries()) {
      const random = seededRandom(seed + 7919 * (index + 1));
      const delayMs = (): number => (repeated ? -Math.log(1 - random()) * seconds : seconds) * 1000;
      const happen = (): void => {
        this.inject(fault);
        if (repeated) this.#after(delayMs(), happen);
      };
      this.#after(delayMs(), happen);
    }
  }

  stop(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #after(delayMs: number, action: () => void): void {
    const timer = this.#clock.after(
      delayMs,
      () => {
        this.#timers.delete(timer);
        action();
      },
      false,
    );
    this.#timers.add(timer);
  }
}

function isHttpFault(fault: Fault): fault is HttpFault {
  return HTTP_FAULT_KINDS.some(kind => kind === fault.kind);
}

function injectInto(session: Session, fault: Exclude<StreamFault, { kind: 'late' | 'refuse-auth' }>): void {
  switch (fault.kind) {
    case 'drop':
      session.outlet.drop();
      break;
    case 'stall':
      session.outlet.stall(fault.forMs);
      break;
    case 'silence':
      session.silence(fault.forMs);
      break;
    case 'bad-frame':
      session.sendBadFrame();
      break;
    case 'bad-event':
      session.sendBadEvent();
      break;
    case 'duplicate':
      session.duplicate(fault.count);
      break;
    case 'evict':
      session.evict();
      break;
    case 'slow-acks':
      session.delayAcks(fault.forMs);
      break;
    case 'missing-acks':
      session.skipAcks(fault.count);
      break;
    case 'unknown-status':
      session.sendUnknownStatus();
      break;
  }
}
