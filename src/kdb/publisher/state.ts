import { seconds } from '../../base/durations.ts';
import type { Logger } from '../../base/logger.ts';
import type { KdbError } from '../errors.ts';

/** Why a connected publisher sends nothing. */
export type HoldReason =
  /** The tickerplant's tables are no longer what is published. */
  | 'schema'
  /** Several batches in a row were refused: more likely the tickerplant's fault than theirs. */
  | 'breaker'
  /** The tickerplant signals an error that is its own state, not the batch's. */
  | 'tickerplant-error'
  /** Our tickerplant has rolled while rows of the old date were on their way to it, and has not taken them. */
  | 'date-ended';

/**
 * What a publisher does. Times are monotonic milliseconds.
 *
 * idle -> connecting -> checking -> publishing | unlogged <-> holding
 * any of these -> backing-off -> connecting, and -> stopped; before the first success also -> failed.
 */
export type PublisherState =
  | { readonly name: 'idle' }
  | { readonly name: 'connecting'; readonly attempt: number }
  /** Connected; the tickerplant's tables, date, zone and log are being read. */
  | { readonly name: 'checking' }
  | { readonly name: 'publishing' }
  /** Publishing to a tickerplant without a log: what it acknowledges does not survive it. */
  | { readonly name: 'unlogged'; readonly accepted: boolean }
  | {
      readonly name: 'holding';
      readonly reason: HoldReason;
      readonly detail: string;
      readonly retryAtMs: number;
    }
  | { readonly name: 'backing-off'; readonly error: KdbError; readonly retryAtMs: number }
  | { readonly name: 'stopped' }
  | { readonly name: 'failed'; readonly error: KdbError };

/** Whether data reaches a tickerplant that keeps it. */
export function isReady(state: PublisherState): boolean {
  return state.name === 'publishing' || (state.name === 'unlogged' && state.accepted);
}

/** Says in the log what an operator should know of a state; `nowMs` is monotonic. A failure is told by who ends then. */
export function logState(state: PublisherState, logger: Logger, tickerplant: string, nowMs: number): void {
  switch (state.name) {
    case 'publishing':
      logger.info('publishing to the tickerplant', { tickerplant });
      break;
    case 'unlogged':
      // Who has accepted it needs no warning at each connection.
      logger[state.accepted ? 'info' : 'warn'](
        'the tickerplant writes no log: what it acknowledges does not survive it',
        { tickerplant },
      );
      break;
    case 'holding':
      if (state.reason === 'date-ended') {
        logger.info('the tickerplant has ended the date of rows that were on their way', { tickerplant });
      } else {
        logger.error(`publishing is held (${state.reason}): ${state.detail}`, { tickerplant });
      }
      break;
    case 'backing-off':
      logger.error(`${state.error.message} Trying again in ${seconds(state.retryAtMs - nowMs)}.`, {
        tickerplant,
        code: state.error.code,
      });
      break;
    default:
      logger.debug(`the publisher is ${state.name}`, { tickerplant });
  }
}
