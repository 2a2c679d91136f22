import type { Clock } from '../../base/clock.ts';
import type { Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import { printable } from '../../base/printable.ts';

/** A request that is not served as asked: what the one who asks is told. */
export interface Refusal {
  readonly status: number;
  readonly what: string;
  readonly remedy: string;
}

const LOG_IN =
  'Log in at /, or send the token of the file status-token in the state directory as Authorization: Bearer.';
const ASK_RIGHT = 'Ask as browsers, curl and Prometheus do.';
const OWN_PAGE = 'Open the page by its own address, without another page in between.';
const AGAIN = 'Try again later.';

/** Every reason for which a request is refused: the label of the metric `massive_kdb_status_requests_refused_total`. */
export const REFUSALS = {
  malformed: { status: 400, what: 'this is no request', remedy: ASK_RIGHT },
  'header-too-large': { status: 431, what: 'the header is too large', remedy: ASK_RIGHT },
  timeout: { status: 408, what: 'the request did not come in time', remedy: ASK_RIGHT },
  method: { status: 405, what: 'this is not done to it', remedy: ASK_RIGHT },
  expectation: { status: 417, what: 'nothing is promised beforehand', remedy: ASK_RIGHT },
  'body-too-large': { status: 413, what: 'the request is too long', remedy: 'Send fewer symbols at once.' },
  body: { status: 400, what: 'the body is neither JSON nor a form', remedy: ASK_RIGHT },
  'not-found': { status: 404, what: 'there is no such thing here', remedy: 'Begin at /.' },
  host: {
    status: 403,
    what: 'the daemon is not asked for by this name',
    remedy: 'Use localhost, or list the name in status.allowedHosts of the configuration.',
  },
  origin: { status: 403, what: 'a page of another origin asks', remedy: OWN_PAGE },
  'origin-missing': { status: 403, what: 'a change without an Origin or a token', remedy: LOG_IN },
  'cross-site': { status: 403, what: 'a page of another site asks', remedy: OWN_PAGE },
  'token-missing': { status: 401, what: 'the token is missing', remedy: LOG_IN },
  'token-wrong': { status: 401, what: 'the token is wrong', remedy: LOG_IN },
  'token-unusable': {
    status: 503,
    what: 'the token file of the daemon cannot be used',
    remedy: 'The log of the daemon says why.',
  },
  'session-expired': { status: 401, what: 'the session has ended', remedy: LOG_IN },
  'session-forged': { status: 401, what: 'the session is none of this token', remedy: LOG_IN },
  'logins-too-many': { status: 429, what: 'too many logins have failed', remedy: AGAIN },
  'streams-too-many': { status: 503, what: 'too many pages are open', remedy: 'Close one of them.' },
  'stream-slow': { status: 503, what: 'the page reads too slowly', remedy: AGAIN },
  'connections-too-many': { status: 503, what: 'there are too many connections', remedy: AGAIN },
  failed: { status: 500, what: 'the daemon could not answer', remedy: 'The log of the daemon says why.' },
} as const satisfies Record<string, Refusal>;

export type RefusalReason = keyof typeof REFUSALS;

const WINDOW_MS = 10_000;
const SHOWN_LENGTH = 80;

interface Told {
  atMs: number;
  since: number;
}

/**
 * Counts refusals and tells of them: the first of each reason at once, further ones within a window as a number, so that
 * whoever asks all day long does not fill the log.
 */
export class Refusals {
  readonly #told = new Map<RefusalReason, Told>();
  readonly #parts: { readonly clock: Clock; readonly logger: Logger; readonly counters: Counters };

  constructor(parts: { readonly clock: Clock; readonly logger: Logger; readonly counters: Counters }) {
    this.#parts = parts;
  }

  /** @param detail of the one who asks, such as the name of a host; shown without control characters, and shortened */
  count(reason: RefusalReason, detail?: string): void {
    const { clock, counters } = this.#parts;
    counters.counter('status_requests_refused', { reason }).add();
    const nowMs = clock.monotonicMs();
    const told = this.#told.get(reason);
    if (told && nowMs - told.atMs < WINDOW_MS) {
      told.since++;
      return;
    }
    this.#told.set(reason, { atMs: nowMs, since: 0 });
    this.#tell(reason, told?.since ?? 0, detail);
  }

  /** Tells the numbers that are still to be told. */
  close(): void {
    for (const [reason, { since }] of this.#told) if (since > 0) this.#tell(reason, since);
    this.#told.clear();
  }

  #tell(reason: RefusalReason, before: number, detail?: string): void {
    this.#parts.logger.warn(`status page: a request is refused: ${REFUSALS[reason].what}`, {
      reason,
      ...(detail === undefined ? {} : { asked: shown(detail) }),
      ...(before === 0 ? {} : { moreBefore: before }),
    });
  }
}

function shown(text: string): string {
  const clean = printable(text.slice(0, SHOWN_LENGTH)).replace(/[^\x20-\x7e]/g, '?');
  return text.length > SHOWN_LENGTH ? `${clean}...` : clean;
}
