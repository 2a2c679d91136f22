import { expect } from 'chai';
import { exploreCrashes } from '../../../support/spool-crashes.ts';

const CRASH_POINTS = 3000;

describe('spool - crashes', () => {
  it('at any operation: nothing promised is lost or altered, invented, doubled or out of order', async () => {
    // `npx tsx scripts/spool-crash.ts --points 100000` goes on from here.
    const report = await exploreCrashes(CRASH_POINTS, 1);
    expect(report.crashPoints).to.be.at.least(CRASH_POINTS);
    expect(report.appended).to.be.greaterThan(50);
  });
});
