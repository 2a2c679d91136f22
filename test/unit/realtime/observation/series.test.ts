import { expect } from 'chai';
import { guardedClock } from '../../../../src/base/guarded-clock.ts';
import { KEPT_POINTS, Series } from '../../../../src/realtime/observation/series.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

describe('observation - series', () => {
  it('has a point for each second of the newest half hour, oldest first', async () => {
    const clock = new ManualClock();
    const startMs = clock.wallMs() + 300;
    await clock.advance(300);
    const series = new Series(clock, nowMs => nowMs);
    series.start();
    expect(series.latest).to.equal(undefined);
    await clock.advance(700);
    expect(series.points()).to.deep.equal([startMs + 700]);
    await clock.advance((KEPT_POINTS + 4) * 1_000);
    const points = series.points();
    expect(points).to.have.length(KEPT_POINTS);
    expect(points[0]).to.equal(startMs + 700 + 5_000);
    expect(points.every((point, i) => i === 0 || point - points[i - 1]! === 1_000)).to.equal(true);
    expect(series.latest).to.equal(points.at(-1));
    series.stop();
    await clock.advance(5_000);
    expect(series.latest).to.equal(points.at(-1));
  });

  it('goes on after a second of which no point could be made, and the process with it', async () => {
    const clock = new ManualClock();
    const startMs = clock.wallMs();
    const told: unknown[] = [];
    const series = new Series(
      guardedClock(clock, error => told.push(error)),
      nowMs => {
        if (nowMs - startMs === 2_000) throw new Error('no point');
        return nowMs - startMs;
      },
    );
    series.start();
    await clock.advance(3_000);
    expect(series.points()).to.deep.equal([1_000, 3_000]);
    expect(told.map(String)).to.deep.equal(['Error: no point']);
  });
});
