import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { isClean } from '../compare.ts';
import { FastClock } from './fast-clock.ts';
import { replay } from './replay.ts';

describe('market day', function () {
  this.timeout(300_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-market-day-'));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('crypto over midnight - the date rolls, nothing is lost, misfiled or doubled, and no gap opens', async function () {
    if (!existsSync('dist/cli/main.js')) {
      console.log('      there is no build in dist: scripts/setup.sh makes it');
      this.skip();
    }
    if (!FastClock.isInstalled()) {
      console.log('      faketime is not installed: clocks cannot be made to run faster');
      this.skip();
    }
    const midnightMs = Date.parse('2026-03-08T00:00Z');
    const minutes = (count: number): number => count * 60_000;
    const result = await replay(
      {
        market: 'crypto',
        fromMs: midnightMs - minutes(6),
        untilMs: midnightMs + minutes(14),
        speed: 60,
        seed: 1,
        symbols: 4,
        rate: 1,
      },
      directory,
    );
    expect(result.problems).to.deep.equal([]);
    expect(isClean(result.verdict)).to.equal(true);
    expect(result.rolls.map(({ atMs }) => atMs)).to.deep.equal([midnightMs]);
    expect(result.verdict.bars).to.be.above(500);
    expect(result.queries).to.be.above(10);
  });
});
