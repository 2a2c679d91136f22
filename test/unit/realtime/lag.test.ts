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
