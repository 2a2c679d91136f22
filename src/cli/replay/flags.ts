/** Flags of what lists, replays and drops kept rows: the spool, the quarantine. */
export const KEPT_ROWS_FLAGS = {
  json: { type: 'boolean', default: false, describe: 'print JSON' },
  target: {
    type: 'string',
    requiresArg: true,
    describe: 'replay: a target of the configuration by its name',
  },
  to: { type: 'string', requiresArg: true, describe: 'replay: another tickerplant, :PORT or HOST:PORT' },
  yes: { type: 'boolean', default: false, describe: 'drop: do it, instead of saying what it would drop' },
} as const;
