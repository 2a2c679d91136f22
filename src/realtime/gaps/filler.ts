import type { Clock } from '../../base/clock.ts';
import { delay } from '../../base/delay.ts';
import { messageOf } from '../../base/errors.ts';
import {
  RestBadRequestError,
  RestError,
  RestKeyRefusedError,
  RestNotInPlanError,
} from '../../massive/rest/errors.ts';
import type { Subscription } from '../../massive/subscription.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import type { GapBook } from './book.ts';
import { type EndedGap, type Fetched, type FetchParts, fetchGap, requestsFor, wantedOf } from './fetch.ts';
import type { Gap, GapState } from './gap.ts';
import { StreamedBars } from './streamed-bars.ts';

/** How often it is looked whether a gap is due. */
const LOOK_MS = 1_000;

/** Between attempts that fail: doubled each time. */
const RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 1_800_000;

export interface FillOptions {
  /** A window may be asked for when it has been closed for so long. */
  readonly settledMs: number;
  /** A gap is asked for once more when it has been closed for so much longer. */
  readonly correctionMs: number;
  /** How far the feed's host, and REST with it, is behind the market. */
  readonly delayMs: number;
  /** A gap that takes more requests is left to the flat file. */
  readonly mostRequests: number;
}

/** REST, or why it is not asked, and what becomes of gaps then. */
export type RestAccess =
  | { readonly requests: FetchParts['requests'] }
  | { readonly leaves: 'deferred' | 'unfillable'; readonly reason: string };

export interface FillParts extends Omit<FetchParts, 'requests' | 'streamed'> {
  readonly book: GapBook;
  readonly clock: Clock;
  readonly rest: RestAccess;
  readonly subscriptions: () => readonly Subscription[];
}

/** Brings what gaps miss from REST, one gap after the other, oldest first, under the budget of the key. */
export class GapFiller {
  /** Is to be told what the stream brings. */
  readonly streamed = new StreamedBars();
  readonly #options: FillOptions;
  readonly #parts: FillParts;
  /** When REST is asked again for gaps that have no place for it, where that has failed. */
  readonly #againMs = new Map<string, number>();

  constructor(options: FillOptions, parts: FillParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Fills gaps until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { book, clock } = this.#parts;
    for (const { id, state } of book.gaps) {
      if (state.name === 'filling') book.change(id, { name: 'open', attempts: 0 });
    }
    while (!signal.aborted) {
      const due = this.#nextDue();
      if (due) await this.#fill(due, signal);
      else await delay(clock, LOOK_MS, signal).catch(() => {});
    }
  }

  #nextDue(): EndedGap | undefined {
    const nowMs = this.#parts.clock.wallMs();
    return this.#parts.book.gaps.find((gap): gap is EndedGap => {
      const dueMs = this.#dueMs(gap);
      return dueMs !== undefined && dueMs <= nowMs;
    });
  }

  /** When something is to be done about a gap; undefined where nothing is. */
  #dueMs(gap: Gap): number | undefined {
    if (!isEnded(gap)) return undefined;
    const { settledMs, correctionMs, delayMs } = this.#options;
    const { id, state, endMs } = gap;
    const settledAtMs = endMs + settledMs + delayMs;
    switch (state.name) {
      case 'suspected':
      case 'open': {
        if (this.#obstacle(gap)) return endMs;
        const retryMs = state.name === 'open' ? state.retryMs : this.#againMs.get(id);
        return Math.max(settledAtMs, retryMs ?? 0);
      }
      case 'filled':
        if (state.final) return undefined;
        return Math.max(settledAtMs + correctionMs, this.#againMs.get(id) ?? 0);
      default:
        return undefined;
    }
  }

  /** The state of a gap that REST is not asked for. */
  #obstacle(gap: EndedGap): GapState | undefined {
    const { rest, subscriptions, calendar } = this.#parts;
    const { mostRequests } = this.#options;
    const wanted = wantedOf(gap, subscriptions());
    const file = `the flat file of ${isoDateOf(calendar().tradingDate(gap.beginMs))}`;
    if (wanted === undefined) {
      return { name: 'deferred', reason: `the whole market is subscribed to: ${file} brings it` };
    }
    if ('reason' in rest) return { name: rest.leaves, reason: rest.reason };
    const requests = requestsFor(wanted, gap);
    if (requests <= mostRequests || (gap.state.name === 'open' && gap.state.byHand)) return undefined;
    const reason = `it takes ${requests} requests, and gaps.requests allows ${mostRequests}: ${file} brings it`;
    return { name: 'deferred', reason };
  }

  async #fill(gap: EndedGap, signal: AbortSignal): Promise<void> {
    const { book, rest, subscriptions, clock } = this.#parts;
    const { id, state } = gap;
    const obstacle = state.name === 'filled' ? undefined : this.#obstacle(gap);
    const wanted = wantedOf(gap, subscriptions());
    if (obstacle) {
      this.#confirm(gap);
      book.change(id, obstacle);
      return;
    }
    if ('reason' in rest || wanted === undefined) {
      book.change(id, { name: 'filled', final: true });
      return;
    }
    if (state.name === 'open') book.change(id, { name: 'filling' });
    const { settledMs, delayMs } = this.#options;
    try {
      const parts = { ...this.#parts, requests: rest.requests, streamed: this.streamed };
      const untilMs = Math.floor(clock.wallMs() - settledMs - delayMs);
      this.streamed.begin(gap.beginMs, gap.endMs);
      const fetched = await fetchGap(gap, wanted, untilMs, parts, signal);
      if (this.#isStill(gap)) this.#filled(gap, fetched);
    } catch (error) {
      if (!signal.aborted && this.#isStill(gap)) this.#failed(gap, error);
    } finally {
      this.streamed.end();
    }
  }

  /** Whether nobody has decided otherwise about a gap while REST was asked. */
  #isStill({ id, state }: Gap): boolean {
    const name = this.#parts.book.find(id)?.state.name;
    return name === (state.name === 'open' ? 'filling' : state.name);
  }

  /** What was suspected is so. */
  #confirm({ id, state }: Gap): void {
    if (state.name === 'suspected') this.#parts.book.change(id, { name: 'open', attempts: 0 });
  }

  #filled(gap: EndedGap, { rows, windowEndMs }: Fetched): void {
    const { book, logger, clock } = this.#parts;
    const { settledMs, delayMs, correctionMs } = this.#options;
    const { id, state, endMs } = gap;
    this.#againMs.delete(id);
    if (state.name === 'suspected') {
      if ((windowEndMs ?? 0) <= state.silentFromMs) {
        logger.info(
          `${id}: REST has nothing of the time in which the stream was silent, so it missed nothing`,
        );
        book.dismiss(id);
        return;
      }
      this.#confirm(gap);
      book.change(id, { name: 'filling' });
    }
    const isFinal = clock.wallMs() >= endMs + settledMs + delayMs + correctionMs;
    book.change(id, { name: 'filled', final: isFinal }, rows);
  }

  #failed(gap: EndedGap, error: unknown): void {
    const { book, clock, logger } = this.#parts;
    const { id, state } = gap;
    const reason = messageOf(error);
    // What is no trouble of REST's is a defect, which must not end the feed.
    if (!(error instanceof RestError)) logger.error(`gap ${id} was not filled: ${reason}`);
    if (isForGood(error)) {
      this.#confirm(gap);
      book.change(
        id,
        state.name === 'filled' ? { name: 'filled', final: true } : { name: 'unfillable', reason },
      );
      return;
    }
    const attempts = (state.name === 'open' ? state.attempts : 0) + 1;
    const retryMs = clock.wallMs() + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (attempts - 1));
    if (state.name === 'open') book.change(id, { name: 'open', attempts, retryMs, reason });
    else this.#againMs.set(id, retryMs);
  }
}

function isEnded(gap: Gap): gap is EndedGap {
  return gap.endMs !== undefined;
}

function isForGood(error: unknown): boolean {
  return (
    error instanceof RestNotInPlanError ||
    error instanceof RestKeyRefusedError ||
    error instanceof RestBadRequestError
  );
}
