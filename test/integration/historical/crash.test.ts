import { expect } from 'chai';
import { crashBackfills } from '../../support/backfill-crash.ts';

describe('backfill - kill -9', function () {
  this.timeout(900_000);

  it('of backfill, loader and readers loses and doubles nothing, and no reader sees half of anything', async () => {
    const outcome = await crashBackfills({
      kills: 6,
      seed: 7,
      source: 'flat',
      longestRunMs: 8_000,
      say: () => {},
    });
    expect(outcome.differences).to.deep.equal([]);
    expect(outcome.readerErrors).to.deep.equal([]);
    expect(outcome.queries).to.be.greaterThan(100);
    expect(outcome.kills.loader + outcome.kills.backfill).to.be.greaterThan(2);
  });
});
