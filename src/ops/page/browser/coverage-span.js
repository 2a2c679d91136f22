/** Which part of a session there is something to see of. */

/** @typedef {import('../../status/report.ts').Coverage} Coverage */

const MINUTE_MS = 60_000;
const LEAST_MINUTES = 30;
const ROUND_MINUTES = 5;

/**
 * The same coverage from the first minute that had a bar or was in a gap: what was before a feed ran is no hole. Half an
 * hour at least, where the session is as old.
 *
 * @param {Coverage} coverage
 * @returns {Coverage}
 */
export function fromFirstBar(coverage) {
  const { beginMs, minutes, groups, gaps } = coverage;
  const firstBars = groups
    .map(({ seen }) => seen.findIndex(number => number > 0))
    .filter(minute => minute >= 0);
  const firstGaps = gaps.map(gap => Math.floor((gap.beginMs - beginMs) / MINUTE_MS));
  const first = Math.min(...firstBars, ...firstGaps, minutes - LEAST_MINUTES);
  const from = Math.max(0, first - (((first % ROUND_MINUTES) + ROUND_MINUTES) % ROUND_MINUTES));
  return {
    ...coverage,
    beginMs: beginMs + from * MINUTE_MS,
    minutes: minutes - from,
    groups: groups.map(group => ({ ...group, seen: group.seen.slice(from) })),
  };
}
