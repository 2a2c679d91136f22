import { openSpans } from '../tables/open-spans.ts';
import type { SessionCalendar } from '../tables/session-calendar.ts';
import { type Gap, isFinished, isMissing } from './gaps/gap.ts';

/** Bars of one window arrive within so long of each other: seconds two seconds after their end, minutes spread over two. */
const SPREAD_MS = 5_000;

/** After a market has closed nothing of it comes later than this, corrections apart. */
const AFTER_CLOSE_MS = 60_000;

export interface SettledInput {
  readonly nowMs: number;
  readonly listening: boolean;
  /** End of the latest window received. */
  readonly receivedEndMs: number | undefined;
  readonly delayMs: number;
  readonly correctionMs: number;
  readonly gaps: readonly Gap[];
  readonly calendar: SessionCalendar;
}

/** Up to when what is known of windows is settled, ms since 1970; undefined where nothing is known. */
export interface Settled {
  /** Windows that end by then have their first versions in, gaps apart that are left to the flat file or to nothing. */
  readonly settledMs: number | undefined;
  /** Windows that end by then have their corrections in, with the same exception. */
  readonly correctedMs: number | undefined;
}

/**
 * A heuristic. First versions: a window's bars are in when the stream has reached a window that ends a few seconds later,
 * or when its market has closed and the stream was listened to since. Corrections: the same, the correction window
 * later. Both stop where a gap begins that is still to be filled.
 */
export function settledOf(input: SettledInput): Settled {
  const { gaps, correctionMs } = input;
  const firstMs = firstVersionsMs(input);
  if (firstMs === undefined) return { settledMs: undefined, correctedMs: undefined };
  const missingMs = earliest(gaps.filter(isMissing));
  const unfinishedMs = earliest(gaps.filter(gap => !isFinished(gap) && gap.state.name !== 'deferred'));
  return {
    settledMs: Math.min(firstMs, missingMs),
    correctedMs: Math.min(firstMs - correctionMs, unfinishedMs),
  };
}

function firstVersionsMs({
  nowMs,
  listening,
  receivedEndMs,
  delayMs,
  calendar,
}: SettledInput): number | undefined {
  const byStreamMs = receivedEndMs === undefined ? undefined : receivedEndMs - SPREAD_MS;
  const byCloseMs = nowMs - delayMs - AFTER_CLOSE_MS;
  if (!listening || openSpans(calendar, byCloseMs, nowMs).length > 0) return byStreamMs;
  return Math.max(byStreamMs ?? byCloseMs, byCloseMs);
}

function earliest(gaps: readonly Gap[]): number {
  return gaps.reduce((earliestMs, { beginMs }) => Math.min(earliestMs, beginMs), Number.POSITIVE_INFINITY);
}
