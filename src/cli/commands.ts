import type { CommandEntry } from './command.ts';

/** Every command, in the order in which --help lists them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    usage: 'start',
    summary: 'Stream aggregates from Massive into kdb+',
    example: 'start --market stocks --channels A,AM --target :5010',
    load: async () => (await import('./start.ts')).start,
  },
  {
    usage: 'init',
    summary: 'Write a first configuration, by five questions or by flags',
    example: 'init',
    load: async () => (await import('./init.ts')).init,
  },
  {
    usage: 'doctor',
    summary: 'Look for what is wrong before it matters: key, plan, tickerplant, disks',
    example: 'doctor',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    usage: 'status',
    summary: 'How the running daemons are: stream, tickerplants, spool, lag, gaps',
    example: 'status --watch',
    load: async () => (await import('./status.ts')).status,
  },
  {
    usage: 'tap',
    summary: 'Rows of a running daemon as they pass',
    example: 'tap --sym AAPL',
    load: async () => (await import('./tap.ts')).tap,
  },
  {
    usage: 'gaps <action> [id]',
    summary: 'Intervals in which a feed could not listen: list, fill or forget them',
    example: 'gaps list',
    load: async () => (await import('./gaps.ts')).gaps,
  },
  {
    usage: 'backfill',
    summary: 'Bring bars of the past into the HDB, from REST or flat files',
    example: 'backfill --market stocks --symbols AAPL --from 2026-01-02',
    load: async () => (await import('./backfill.ts')).backfill,
  },
  {
    usage: 'reconcile <date>',
    summary: "Compare what was captured live with the day's flat file",
    example: 'reconcile 2026-10-02 --repair --html reconcile.html',
    load: async () => (await import('./reconcile.ts')).reconcile,
  },
  {
    usage: 'reference',
    summary: 'Bring splits and dividends of stocks into the HDB',
    example: 'reference --from 2020-01-01',
    load: async () => (await import('./reference.ts')).reference,
  },
  {
    usage: 'spool <action>',
    summary: 'What batches are kept on disk; send them again, or drop them',
    example: 'spool list',
    load: async () => (await import('./spool.ts')).spool,
  },
  {
    usage: 'quarantine <action>',
    summary: 'Events and batches that could not be used; try them again, or drop them',
    example: 'quarantine list',
    load: async () => (await import('./quarantine.ts')).quarantine,
  },
  {
    usage: 'record <directory>',
    summary: 'Record what Massive sends, for a while and without the key',
    example: 'record recording --market stocks --symbols AAPL --for 2m',
    load: async () => (await import('./record.ts')).record,
  },
  {
    usage: 'verify <directory>',
    summary: 'Compare a recording with what is expected, field by field',
    example: 'verify recording',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    usage: 'demo',
    summary: 'Simulator, tickerplant and feed on this machine, with live bars',
    example: 'demo --for 15s',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    usage: 'simulate',
    summary: "Massive's WebSocket service on this machine",
    example: 'simulate --port 8765 --symbols 12000',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  {
    usage: 'query <target> <expression>',
    summary: 'Ask a q process and print its answer',
    example: 'query :5010 "select count i by sym from agg1s"',
    load: async () => (await import('./query.ts')).query,
  },
  {
    usage: 'q [file]',
    summary: 'Run q scripts on the embedded engine, as the q command does',
    example: 'q q/tick.q -p 5010',
    load: async () => (await import('./q.ts')).q,
    verbatim: true,
  },
  {
    usage: 'config <action>',
    summary: 'Print, check or sketch the configuration',
    example: 'config sample > massive-kdb.yaml',
    load: async () => (await import('./config.ts')).config,
  },
  {
    usage: 'completion <shell>',
    summary: 'Print a script that completes commands and flags in bash, zsh or fish',
    example: 'completion bash',
    load: async () => (await import('./completion.ts')).completion,
  },
];
