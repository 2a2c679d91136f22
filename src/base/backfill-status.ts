/** A backfill that runs on this machine, as its process writes it down and a daemon shows it. Times are ms since 1970. */
export interface BackfillStatus {
  readonly pid: number;
  readonly market: string;
  readonly table: string;
  readonly startedMs: number;
  readonly changedMs: number;
  readonly units: { readonly total: number; readonly finished: number; readonly failed: number };
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Null while too little is done to say. */
  readonly remainingMs: number | null;
  /** In the plan's order; a run of many shows those around the ones in work. */
  readonly dates: readonly {
    readonly name: string;
    readonly state: 'waiting' | 'fetching' | 'merging' | 'published' | 'failed';
    readonly rows: number;
  }[];
}
