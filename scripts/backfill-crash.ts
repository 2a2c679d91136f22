/**
 * Kills backfills, the loader and readers at random moments of a backfill, resumes, and compares the HDB with what the
 * simulator says it must have, by column and date. Three readers are asked all the time.
 *
 *   npx tsx scripts/backfill-crash.ts [--kills N] [--seed S] [--source flat|rest]
 *
 * Prints what it did, and ends with exit code 1 where anything differs or a reader erred.
 */
import { crashBackfills } from '../test/support/backfill-crash.ts';

async function main(args: readonly string[]): Promise<void> {
  const textOf = (name: string) => args[args.indexOf(name) + 1];
  const numberOf = (name: string, otherwise: number) =>
    args.includes(name) ? Number(textOf(name)) : otherwise;
  const seed = numberOf('--seed', 1);
  const source = args.includes('--source') && textOf('--source') === 'rest' ? 'rest' : 'flat';
  const { kills, queries, readerErrors, differences } = await crashBackfills({
    kills: numberOf('--kills', 50),
    seed,
    source,
    longestRunMs: 15_000,
    say: line => console.log(line),
  });
  for (const error of readerErrors.slice(0, 20)) console.log(`reader: ${error}`);
  for (const difference of differences) console.log(difference);
  console.log(
    `killed ${JSON.stringify(kills)}; ${queries} queries, ${readerErrors.length} errors of readers, ${differences.length} dates differ; source ${source}, seed ${seed}`,
  );
  process.exitCode = readerErrors.length + differences.length === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
