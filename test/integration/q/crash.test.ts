import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import { crashLoader } from '../../support/loader-crash.ts';

describe('loader - killed in its work', function () {
  this.timeout(180_000);
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-crash-'));
  });

  afterEach(() => rmSync(root, { recursive: true }));

  // scripts/loader-crash.ts does it as often as one likes.
  it('loader - leaves the old state or the new one, loses nothing and doubles nothing', async () => {
    const { kills, before, after } = await crashLoader(root, seededRandom(5), 4);
    expect(kills).to.be.greaterThan(0);
    expect(before + after).to.equal(4);
  });
});
