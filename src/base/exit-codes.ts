/**
 * Exit codes of every command. 0 and 1 are the shell's; 64 and above follow sysexits.h where it has a meaning,
 * so that a supervisor can tell what a restart may mend from what it cannot.
 */
export const ExitCode = {
  ok: 0,
  /** The command ran, and its outcome is negative: rows lost, a query refused. */
  failed: 1,
  /** `reconcile` or `verify` compared, and what is there is not what is expected. */
  different: 2,
  /** Wrong flags or arguments. */
  usage: 64,
  /** The tickerplant's tables are not what the feed publishes. */
  schema: 65,
  /** A service that was asked for with --fail-fast could not be reached, or another process holds what was asked for. */
  unavailable: 69,
  /** A defect of massive-kdb: a stream ended that never ends. */
  internal: 70,
  /** A file or directory cannot be read or written. */
  io: 74,
  /** Work is left that cannot be done now, as where a quota is used up: run it again later. */
  tempFail: 75,
  /** Massive or the tickerplant refused the credentials or the entitlement. */
  refused: 77,
  /** Configuration or secrets are wrong. */
  configuration: 78,
  /** Ended by SIGINT, after a clean stop. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
