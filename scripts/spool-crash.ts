/**
 * Crashes the spool at every operation on its files, on a file system in memory that loses and reorders whatever was not
 * synced: `npx tsx scripts/spool-crash.ts --points 100000 --seed 1`. The same seed gives the same crashes. It ends with
 * 1 where a promise of the spool is broken, and names the story's seed.
 */
import { parseArgs } from 'node:util';
import { exploreCrashes } from '../test/support/spool-crashes.ts';

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

const startedMs = performance.now();
try {
  const report = await exploreCrashes(Number(values.points), Number(values.seed));
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(
    `${report.crashPoints} crashes in ${report.stories} stories (${report.appended} batches): ` +
      `none lost, altered, invented, doubled or out of order; ${seconds.toFixed(0)} s`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
