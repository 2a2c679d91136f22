import { expect } from 'chai';
import { ReceiveClock } from '../../../../src/massive/scanner/receive-clock.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const EPOCH_MS = Date.UTC(2000, 0, 1);

function stampNs(clock: ReceiveClock): bigint {
  clock.stamp();
  return (BigInt(clock.high) << 32n) | BigInt(clock.low >>> 0);
}

function nsOf(wallMs: number): bigint {
  return BigInt(wallMs - EPOCH_MS) * 1_000_000n;
}

describe('receive clock', () => {
  it('follows the wall clock through minutes of small steps', async () => {
    const clock = new ManualClock();
    const receive = new ReceiveClock(clock);
    for (let i = 0; i < 2000; i++) {
      expect(stampNs(receive)).equal(nsOf(clock.wallMs()));
      await clock.advance(i % 7 === 0 ? 250 : 13);
    }
  });

  it('never goes back when the wall clock does, and goes on once that has caught up', async () => {
    const clock = new ManualClock();
    const receive = new ReceiveClock(clock);
    await clock.advance(50);
    let last = stampNs(receive);
    clock.stepWall(-1000);
    for (let i = 0; i < 60; i++) {
      await clock.advance(37);
      const now = stampNs(receive);
      expect(now >= last).equal(true);
      last = now;
    }
    await clock.advance(500);
    expect(stampNs(receive)).equal(nsOf(clock.wallMs()));
  });

  it('follows a step of the wall clock ahead within a tenth of a second', async () => {
    const clock = new ManualClock();
    const receive = new ReceiveClock(clock);
    stampNs(receive);
    clock.stepWall(60_000);
    await clock.advance(101);
    expect(stampNs(receive)).equal(nsOf(clock.wallMs()));
  });

  it('gives one time to all that is received in one turn of the event loop', async () => {
    const clock = new ManualClock();
    const receive = new ReceiveClock(clock);
    const first = stampNs(receive);
    clock.stepWall(5);
    expect(stampNs(receive)).equal(first);
    await clock.advance(200);
    expect(stampNs(receive)).equal(nsOf(clock.wallMs()));
  });
});
