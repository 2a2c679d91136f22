import { expect } from 'chai';
import { LagHistogram } from '../../../src/realtime/lag.ts';

describe('lag histogram', () => {
  it('has no quantile before anything was recorded', () => {
    expect(new LagHistogram().quantileMs(0.5)).equal(undefined);
  });

  it('finds quantiles within the width of a bucket', () => {
    const lag = new LagHistogram();
    for (let lagMs = 1; lagMs <= 10_000; lagMs++) lag.record(lagMs);
    for (const [quantile, exactMs] of [
      [0.5, 5000],
      [0.99, 9900],
      [0.001, 10],
    ] as const) {
      expect(lag.quantileMs(quantile)! / exactMs).within(0.94, 1.06);
    }
  });

  it('counts what was at most so long, and sums it up', () => {
    const lag = new LagHistogram();
    for (const lagMs of [-3, 1, 20, 900, 5_000, 80_000]) lag.record(lagMs, 2);
    expect(lag.countsUpTo([10, 100, 1_000, 10_000, 60_000])).to.deep.equal([4, 6, 8, 10, 10]);
    expect(lag.sumMs).to.equal(2 * (1 + 20 + 900 + 5_000 + 80_000));
    lag.clear();
    expect(lag.sumMs).to.equal(0);
  });

  it('takes values below and above its range without losing them', () => {
    const lag = new LagHistogram();
    lag.record(-5);
    lag.record(1e12, 2);
    expect(lag.total).equal(3);
    expect(lag.quantileMs(0.1)).equal(1);
    lag.clear();
    expect(lag.total).equal(0);
  });
});
