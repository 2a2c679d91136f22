import type { SessionState } from '../massive/session-state.ts';
import type { TableRows } from '../tables/table-rows.ts';
import type { Protection } from './protection.ts';

/** A drain that is completed: its rows are on disk, or handed over from memory. */
export interface CompletedDrain {
  /** Wall clock (ms since 1970) at which the rows were taken from the scanner. */
  readonly wallMs: number;
  /** When the last frame had come by then, ms since 1970; undefined before the first. */
  readonly lastReceiveMs: number | undefined;
  /** Rows received; those injected are not counted. */
  readonly rowCount: number;
  /** End of the latest window among the rows received, ms since 1970; undefined where there are none. */
  readonly windowEndMs: number | undefined;
  /** Whether everything received until `lastReceiveMs` is on disk. */
  readonly durable: boolean;
}

/** What others may want to know of a feed. */
export interface FeedListener {
  sessionChanged?(state: SessionState, previous: SessionState): void;
  /** Rows of the stream as they are drained, which are the feed's again when this returns. */
  received?(rows: TableRows): void;
  /** Each drain in its turn, those without rows as well: also the sign of life for a watchdog. */
  drained?(drain: CompletedDrain): void;
  /** The feed's protection is another than before; `suspended` is how a feed says that it closed its session itself. */
  protectionChanged?(protection: Protection): void;
}
