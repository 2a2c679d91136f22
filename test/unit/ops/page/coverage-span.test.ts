import { expect } from 'chai';
import { fromFirstBar } from '../../../../src/ops/page/browser/coverage-span.js';
import type { Coverage } from '../../../../src/ops/status/report.ts';

const BEGIN_MS = Date.UTC(2026, 9, 2);
const MINUTE_MS = 60_000;

function coverage(minutes: number, firstBar: number, gaps: Coverage['gaps'] = []): Coverage {
  const seen = Array.from({ length: minutes }, (_, minute) => (minute >= firstBar ? 2 : 0));
  return { date: '2026-10-02', beginMs: BEGIN_MS, minutes, groups: [{ name: 'A', symbols: 2, seen }], gaps };
}

function beginOf(given: Coverage): number {
  return (fromFirstBar(given).beginMs - BEGIN_MS) / MINUTE_MS;
}

describe('coverage as it is shown', () => {
  it('begins with the first bar, at a round minute, and keeps what each minute had', () => {
    const shown = fromFirstBar(coverage(600, 203));
    expect((shown.beginMs - BEGIN_MS) / MINUTE_MS).to.equal(200);
    expect(shown.minutes).to.equal(400);
    expect(shown.groups[0]!.seen.length).to.equal(400);
    expect(shown.groups[0]!.seen.slice(0, 5)).to.deep.equal([0, 0, 0, 2, 2]);
  });

  it('leaves out no gap, though no bar came before it', () => {
    const gap = { beginMs: BEGIN_MS + 61 * MINUTE_MS, endMs: BEGIN_MS + 190 * MINUTE_MS, state: 'open' };
    expect(beginOf(coverage(600, 203, [gap]))).to.equal(60);
    expect(beginOf(coverage(600, 203, [{ ...gap, beginMs: BEGIN_MS - MINUTE_MS }]))).to.equal(0);
  });

  it('is half an hour at least, and not longer than the session', () => {
    expect(beginOf(coverage(600, 599))).to.equal(570);
    expect(beginOf(coverage(12, 8))).to.equal(0);
  });
});
