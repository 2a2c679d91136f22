import { EndingError, messageOf } from '../base/errors.ts';
import { ExitCode } from '../base/exit-codes.ts';

/** A stream that never ends has ended: a defect, which a restart may get past. Code `STREAM_ENDED`. */
export class StreamEndedError extends EndingError {
  constructor(market: string, cause?: unknown) {
    super('STREAM_ENDED', ExitCode.internal, {
      what: `the drain of feed ${market} ended by itself${cause === undefined ? '' : `: ${messageOf(cause)}`}`,
      remedy: 'Restart the feed, and report this with its log.',
      cause,
    });
  }
}
