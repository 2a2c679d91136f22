/** How a counter of the code is told. */
interface Exposed {
  readonly metric: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every counter of the code, by its name there. A test finds one that is missing here. */
export const COUNTED: Readonly<Record<string, Exposed>> = {
  massive_frames: of('session_frames', 'Frames that came from Massive.', 'market'),
  massive_frame_bytes: of('session_frame_bytes', 'Bytes of frames that came from Massive.', 'market'),
  massive_disconnects: of(
    'session_disconnects',
    'Connections to Massive that ended, by how.',
    'market',
    'reason',
  ),
  massive_subscriptions_failed: of(
    'session_failed_subscriptions',
    'Subscriptions that Massive refused or left unanswered.',
    'market',
    'reason',
  ),
  massive_statuses_ignored: of(
    'session_ignored_statuses',
    'Statuses of Massive that mean nothing here.',
    'market',
    'reason',
  ),
  scanner_frames: of('scanner_frames', 'Frames that were scanned.', 'market'),
  scanner_rows: of('scanner_rows', 'Rows that frames were made into.', 'market'),
  scanner_rows_lost: of('scanner_lost_rows', 'Rows that found no room before the next drain.', 'market'),
  events_quarantined: of('quarantine_events', 'Events that are no bars, by reason.', 'market', 'reason'),
  quarantine_lines_lost: of('quarantine_lost_lines', 'Quarantined events that the disk did not take.'),
  rows_delivered: of('delivered_rows', 'Rows that a tickerplant acknowledged.', 'market', 'target', 'table'),
  rows_unverified: of(
    'unverified_rows',
    'Rows that were sent without asking for an answer.',
    'market',
    'target',
    'table',
  ),
  rows_late: of('late_rows', 'Rows of ended dates, which go to the loader.', 'market', 'target', 'table'),
  rows_left_out: of(
    'left_out_rows',
    'Rows of tables that the tickerplant does not have.',
    'market',
    'target',
    'table',
  ),
  rows_lost: of(
    'lost_rows',
    'Rows that are neither delivered nor on disk, by reason.',
    'market',
    'target',
    'table',
    'reason',
  ),
  rows_merged_late: of('merged_late_rows', 'Rows of ended dates that the loader merged.', 'market', 'table'),
  spool_corrupt_bytes: of(
    'spool_corrupt_bytes',
    'Bytes of the spool that were damaged and put aside.',
    'market',
  ),
  kdb_batches_sent: of('tickerplant_sent_batches', 'Batches that were sent.', 'tickerplant'),
  kdb_batches_seen_before: of(
    'tickerplant_seen_batches',
    'Batches that the tickerplant had already.',
    'tickerplant',
  ),
  kdb_rows_acknowledged: of('tickerplant_acknowledged_rows', 'Rows that were answered.', 'tickerplant'),
  kdb_rows_unverified: of(
    'tickerplant_unverified_rows',
    'Rows that were sent without asking for an answer.',
    'tickerplant',
  ),
  kdb_rows_refused: of('tickerplant_refused_rows', 'Rows that were refused.', 'tickerplant'),
  kdb_rows_date_doubtful: of(
    'tickerplant_doubtful_rows',
    'Rows that may be filed under the next date.',
    'tickerplant',
  ),
  kdb_holds: of(
    'tickerplant_holds',
    'How often nothing was sent for a while, for the tickerplant could not take it.',
    'tickerplant',
  ),
  kdb_connections_lost: of('tickerplant_lost_connections', 'Connections that were lost.', 'tickerplant'),
  kdb_messages_unasked: of(
    'tickerplant_unasked_messages',
    'Messages that nobody had asked for.',
    'tickerplant',
  ),
  rest_requests: of('rest_requests', 'Requests of this process to REST.'),
  rest_requests_retried: of('rest_retried_requests', 'Requests to REST that were repeated.'),
  rest_bars_left_out: of(
    'rest_left_out_bars',
    'Bars of REST that were left out, by reason.',
    'market',
    'why',
  ),
  rest_tickers_unknown: of('rest_unknown_tickers', 'Tickers of REST that are spelt as none.', 'market'),
  rest_actions_unusable: of('rest_unusable_actions', 'Splits and dividends of REST that cannot be used.'),
  flat_bytes_received: of('flat_received_bytes', 'Bytes of flat files that were received.'),
  flat_downloads_resumed: of('flat_resumed_downloads', 'Downloads of flat files that went on after a break.'),
  flat_requests_retried: of('flat_retried_requests', 'Requests for flat files that were repeated.'),
  status_requests_refused: of(
    'status_requests_refused',
    'Requests that the status page refused, by reason.',
    'reason',
  ),
};

function of(name: string, help: string, ...labels: string[]): Exposed {
  return { metric: `${name}_total`, help, labels };
}
