import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { clockLibrary } from './clocks.ts';
import { runPlan } from './run.ts';
import { drawPlan } from './schedule.ts';

const SECONDS = 8;
const LIMIT_MS = 600_000;

/** Chosen so that together they kill, freeze, cramp and cut off everything, and let a day end. */
const SEEDS = [2, 8, 22, 36];

describe('chaos - a short set', () => {
  before(function () {
    if (!existsSync('dist/cli/main.js')) {
      console.log('      there is no build in dist: scripts/setup.sh makes it');
      this.skip();
    }
    if (clockLibrary() === undefined)
      console.log('      libfaketime is not installed: clocks are left alone');
  });

  const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-chaos-'));
  let clean = 0;

  after(() => {
    if (clean === SEEDS.length) rmSync(directory, { recursive: true });
  });

  it(`nothing is lost, wrong, doubled or uncovered with seeds ${SEEDS.join(', ')}`, async function () {
    this.timeout(LIMIT_MS);
    const clocks = clockLibrary() !== undefined;
    const results = await Promise.all(
      SEEDS.map(async seed => {
        const result = await runPlan(
          drawPlan({ seed, seconds: SECONDS, clocks }),
          join(directory, String(seed)),
        );
        if (result.clean) clean++;
        return result;
      }),
    );
    for (const { seed, clean, verdict, trouble } of results) {
      const told = `seed ${seed}, kept in ${directory}: ${trouble ?? ''} ${verdict?.examples.join('; ') ?? ''}`;
      expect(clean, told).to.equal(true);
      expect(verdict!.bars, told).to.be.greaterThan(100);
    }
  });
});

describe('chaos - the command', () => {
  it('prints the schedules of seeds, and the same again', () => {
    const plan = (): string =>
      execFileSync(process.execPath, ['--import', 'tsx', 'test/chaos/main.ts', '--plan', '--runs', '3'], {
        encoding: 'utf8',
        timeout: 60_000,
      });
    expect(plan()).to.equal(plan());
    expect(plan().trim().split('\n').length).to.be.at.least(3);
  });
});
