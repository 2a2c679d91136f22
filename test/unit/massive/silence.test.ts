import { expect } from 'chai';
import { SilenceMonitor } from '../../../src/massive/silence.ts';

const MINUTE = 60_000;

/** The silence from `nowMs` on after which the monitor, looked at every second, gives the connection up. */
function borneMs(monitor: SilenceMonitor, nowMs: number): number {
  for (let silentMs = 0; ; silentMs += 1_000) if (monitor.isStale(nowMs + silentMs)) return silentMs;
}

/** A monitor that has just seen a silence of 50 s, at 0. */
function taught(): SilenceMonitor {
  const monitor = new SilenceMonitor({ floorMs: MINUTE, ceilingMs: 60 * MINUTE });
  monitor.ignoreUntil(-50_000);
  monitor.heard(0);
  return monitor;
}

/** Data every second from `fromMs` to `toMs`. */
function busy(monitor: SilenceMonitor, fromMs: number, toMs: number): void {
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 1_000) {
    monitor.heard(nowMs);
    expect(monitor.isStale(nowMs)).to.equal(false);
  }
}

describe('massive silence', () => {
  it('silence - what was seen stays usual for half an hour at least, and an hour at most', () => {
    const afterHalf = taught();
    busy(afterHalf, 0, 45 * MINUTE);
    expect(borneMs(afterHalf, 45 * MINUTE)).to.equal(152_000);
    const afterWhole = taught();
    busy(afterWhole, 0, 61 * MINUTE);
    expect(borneMs(afterWhole, 61 * MINUTE)).to.equal(62_000);
  });

  it('silence - nights, or times without a connection, do not age what was learnt', () => {
    const monitor = taught();
    const dayMs = 24 * 60 * MINUTE;
    for (let morning = dayMs; morning <= 3 * dayMs; morning += dayMs) {
      for (let nowMs = morning - 12 * 60 * MINUTE; nowMs <= morning; nowMs += MINUTE) {
        monitor.ignoreUntil(nowMs);
        expect(monitor.isStale(nowMs)).to.equal(false);
      }
      busy(monitor, morning, morning + 10 * MINUTE);
    }
    expect(borneMs(monitor, 3 * dayMs + 10 * MINUTE)).to.equal(152_000);
  });

  it('silence - no subscription is so quiet that an hour does not count', () => {
    const monitor = new SilenceMonitor({ floorMs: MINUTE, ceilingMs: 60 * MINUTE });
    monitor.heard(40 * MINUTE);
    expect(borneMs(monitor, 40 * MINUTE)).to.equal(60 * MINUTE + 2_000);
  });

  it('silence - data after a first suspicion clears it', () => {
    const monitor = taught();
    expect(monitor.isStale(160_000)).to.equal(false);
    monitor.heard(161_000);
    expect(monitor.isStale(161_000 + 600_000)).to.equal(false);
    expect(monitor.isStale(161_000 + 605_000)).to.equal(true);
  });
});
