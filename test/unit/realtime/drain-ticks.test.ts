import { expect } from 'chai';
import { drainTicks } from '../../../src/realtime/drain-ticks.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('drain ticks', () => {
  it('come at the interval, counted from the end of the work before', async () => {
    const clock = new ManualClock();
    const ticksMs: number[] = [];
    const subscription = drainTicks(clock, 1000).subscribe(() => ticksMs.push(clock.monotonicMs()));
    await clock.advance(3500);
    expect(ticksMs).deep.equal([1000, 2000, 3000]);
    subscription.unsubscribe();
  });

  it('arm the next timer only after the work of the last one', async () => {
    const clock = new ManualClock();
    let pendingDuringWork = -1;
    const subscription = drainTicks(clock, 1000).subscribe(() => {
      pendingDuringWork = clock.pending;
    });
    await clock.advance(1000);
    expect(pendingDuringWork).equal(0);
    expect(clock.pending).equal(1);
    subscription.unsubscribe();
    expect(clock.pending).equal(0);
  });

  it('stop when the work itself unsubscribes', async () => {
    const clock = new ManualClock();
    let ticks = 0;
    const subscription = drainTicks(clock, 1000).subscribe(() => {
      ticks++;
      subscription.unsubscribe();
    });
    await clock.advance(5000);
    expect(ticks).equal(1);
  });
});
