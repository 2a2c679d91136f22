/**
 * Crashes the spool at every operation on its files, on a file system in memory that loses and reorders whatever was not
 * synced: `npx tsx scripts/spool-crash.ts --points 100000 --seed 1`. The same seed gives the same crashes. It ends with
 * 1 where a promise of the spool is broken, and names the story's seed.
 */
import { parseArgs } from 'node:util';
import { exploreCrashes } from '../test/support/spool-crashes.ts';

/** A line tells how far it is, each time after so many. */
const POINTS_OF_A_LINE = 10_000;

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const startedMs = performance.now();
let crashPoints = 0;
let stories = 0;
let appended = 0;
try {
  while (crashPoints < Number(values.points)) {
    const wanted = Math.min(POINTS_OF_A_LINE, Number(values.points) - crashPoints);
    const report = await exploreCrashes(wanted, Number(values.seed) + stories);
    crashPoints += report.crashPoints;
    stories += report.stories;
    appended += report.appended;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    console.log(
      `${crashPoints} crashes in ${stories} stories (${appended} batches): ` +
        `none lost, altered, invented, doubled or out of order; ${seconds} s`,
    );
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
