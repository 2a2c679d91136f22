import { expect } from 'chai';
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
});
