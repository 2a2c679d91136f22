import { expect } from 'chai';
import {
  dayOf,
  limitOf,
  NO_USAGE,
  parseUsage,
  type Usage,
  waitOf,
  withBytes,
  withPause,
  withRequest,
} from '../../../../src/massive/rest/usage.ts';

const NOON_MS = Date.UTC(2026, 9, 2, 12);

/** Makes as many requests as the limit lets through until `untilMs`; the times at which they were made. */
function requestTimes(requestsPerMinute: number, untilMs: number): number[] {
  const limit = limitOf(requestsPerMinute);
  const times: number[] = [];
  let usage: Usage = NO_USAGE;
  for (let nowMs = NOON_MS; nowMs < untilMs; ) {
    const waitMs = Math.ceil(waitOf(usage, limit, nowMs));
    if (waitMs === 0) {
      usage = withRequest(usage, limit, nowMs);
      times.push(nowMs);
    }
    nowMs += waitMs;
  }
  return times;
}

function mostWithin(times: readonly number[], windowMs: number): number {
  return Math.max(...times.map(first => times.filter(ms => ms >= first && ms < first + windowMs).length));
}

describe('REST usage', () => {
  for (const [requestsPerMinute, windowMs, most] of [
    [5, 60_000, 5],
    [1, 60_000, 1],
    [120, 60_000, 120],
    [600, 1_000, 10],
    [5_700, 1_000, 95],
  ] as const) {
    it(`${requestsPerMinute} a minute - are never exceeded in any stretch of time, and are reached`, () => {
      const times = requestTimes(requestsPerMinute, NOON_MS + 3.5 * windowMs);
      expect(mostWithin(times, windowMs)).to.equal(most);
      expect(times.length).to.be.within(3 * most, 4 * most);
    });
  }

  it('a clock that was set back - delays requests by one window, not by the difference', () => {
    const limit = limitOf(5);
    let usage: Usage = NO_USAGE;
    for (let i = 0; i < 5; i++) usage = withRequest(usage, limit, NOON_MS);
    const hourBeforeMs = NOON_MS - 3_600_000;
    expect(waitOf(usage, limit, hourBeforeMs)).to.equal(limit.windowMs);
  });

  it('a pause - holds back requests that the rate would let through', () => {
    const usage = withPause(NO_USAGE, NOON_MS + 7_000);
    expect(waitOf(usage, limitOf(95 * 60), NOON_MS)).to.equal(7_000);
    expect(waitOf(withPause(usage, NOON_MS + 3_000), limitOf(95 * 60), NOON_MS)).to.equal(7_000);
    expect(waitOf(usage, limitOf(95 * 60), NOON_MS + 7_000)).to.equal(0);
  });

  it('days - are counted apart, in UTC, and the oldest are forgotten', () => {
    let usage: Usage = NO_USAGE;
    const dayMs = 86_400_000;
    for (let day = 0; day < 100; day++) {
      const ms = NOON_MS + day * dayMs;
      usage = withBytes(withRequest(usage, limitOf(5), ms), 1000 + day, ms);
    }
    expect(Object.keys(usage.days)).to.have.length(60);
    expect(dayOf(usage, NOON_MS + 99 * dayMs)).to.deep.equal({ requests: 1, bytes: 1099 });
    expect(dayOf(usage, NOON_MS)).to.deep.equal({ requests: 0, bytes: 0 });
    expect(parseUsage(JSON.stringify(usage))).to.deep.equal(usage);
  });

  it('damaged text - is told from usage', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"timesMs":7,"pausedUntilMs":0,"days":{}}',
      '{"timesMs":[]}',
    ]) {
      expect(parseUsage(text), text).to.equal(undefined);
    }
  });
});
