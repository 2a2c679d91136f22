/**
 * Kills the loader (q/feed.q) at random moments and looks whether anything was lost or doubled:
 *   node --import tsx scripts/loader-crash.ts --runs 50 --seed 1
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/base/random.ts';
import { crashLoader } from '../test/support/loader-crash.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
});
const root = mkdtempSync(join(tmpdir(), 'massive-kdb-crash-'));
const { kills, before, after } = await crashLoader(
  root,
  seededRandom(Number(values.seed)),
  Number(values.runs),
);
rmSync(root, { recursive: true });
console.log(
  `${kills} kills of ${values.runs} runs, seed ${values.seed}: ${before} left the old state, ${after} the new; 0 differences`,
);
