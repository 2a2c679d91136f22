import { expect } from 'chai';
import { PointColumns } from '../../../../src/ops/page/browser/series.js';
import type { SeriesPoint } from '../../../../src/ops/status/report.ts';

const BEGIN_MS = 1_790_000_000_000;

function point(second: number, eventsPerSecond = second): SeriesPoint {
  const none = { rowsPerSecond: 0, lagP50Ms: null, lagP99Ms: null, spoolRows: 0 };
  return { atMs: BEGIN_MS + second * 1000, eventsPerSecond, ...none, eventLoopDelayMs: 1, residentBytes: 1 };
}

function seconds({ times }: PointColumns): number[] {
  return times.map(time => (time - BEGIN_MS) / 1000);
}

describe('points of the charts', () => {
  it('leave a hole open instead of drawing over it', () => {
    const points = new PointColumns();
    for (const second of [0, 1, 9]) points.append(point(second));
    expect(seconds(points)).to.deep.equal([0, 1, 2, 9]);
    expect(points.columns.eventsPerSecond).to.deep.equal([0, 1, null, 9]);
  });

  it('take one that comes again once', () => {
    const points = new PointColumns();
    expect([point(1), point(1, 7), point(2)].map(each => points.append(each))).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect(points.columns.eventsPerSecond).to.deep.equal([1, 2]);
  });

  it('that came while the half hour was asked for stay behind it', () => {
    const points = new PointColumns();
    for (const second of [3, 4, 5]) points.append(point(second));
    points.merge([0, 1, 2, 3, 4].map(second => point(second, 100 + second)));
    expect(seconds(points)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect(points.columns.eventsPerSecond).to.deep.equal([100, 101, 102, 103, 104, 5]);
  });

  it('of a daemon that was started since come after what its predecessor did', () => {
    const points = new PointColumns();
    for (const second of [0, 1]) points.append(point(second));
    points.merge([]);
    points.merge([9, 10].map(second => point(second)));
    expect(seconds(points)).to.deep.equal([0, 1, 2, 9, 10]);
    expect(points.columns.eventsPerSecond).to.deep.equal([0, 1, null, 9, 10]);
  });

  it('go back half an hour, no further', () => {
    const points = new PointColumns();
    for (let second = 0; second < 2_000; second++) points.append(point(second));
    expect(seconds(points)[0]).to.equal(199);
    expect(points.times.length).to.equal(1_801);
    expect(points.columns.residentBytes.length).to.equal(1_801);
  });
});
