/**
 * How a tickerplant wants its rows.
 * - `kdb-tick`: as defined, `time` a timespan. KX's tick.q, unmodified, and ours.
 * - `torq`: `time` a timestamp. TorQ's tickerplant; it adds a time of its own where the first column is not one.
 * - `torq-stp`: without `time`. TorQ's segmented tickerplant always puts its own timestamp first.
 */
export const CONVENTIONS = ['kdb-tick', 'torq', 'torq-stp'] as const;

export type Convention = (typeof CONVENTIONS)[number];
