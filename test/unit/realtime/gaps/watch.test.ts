import { expect } from 'chai';
import type { Market } from '../../../../src/tables/markets.ts';
import { GapProcess, type GapProcessOptions, type LeftBehind } from '../../../support/gap-process.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStateFiles } from '../../../support/memory-state-files.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A process that streams since `since`; bars come each second unless it is told otherwise. */
class Run {
  readonly clock: ManualClock;
  readonly left: LeftBehind = { files: new MemoryStateFiles(), beat: undefined };
  readonly #options: GapProcessOptions;
  process: GapProcess;

  constructor(since: string, options: GapProcessOptions = {}) {
    this.clock = new ManualClock(Date.parse(since));
    this.#options = options;
    this.process = new GapProcess(this.clock, this.left, options);
    this.process.streams();
  }

  /** Time passes with a drain each second; with bars where `hears`. */
  pass(ms: number, hears = true): void {
    for (let passed = 0; passed < ms; passed += SECOND) {
      this.clock.skip(SECOND);
      this.process.drains(hears ? this.clock.wallMs() - 2 * SECOND : undefined);
    }
  }

  /** A process takes the place of this one after `ms`. */
  next(ms: number): void {
    this.clock.skip(ms);
    this.process = new GapProcess(this.clock, this.left, this.#options);
  }

  /** Gaps as `cause state begin-end`, times of day in UTC. */
  get told(): string[] {
    return this.process.gaps.map(({ cause, state, beginMs, endMs }) => {
      return `${cause} ${state.name} ${time(beginMs)}-${endMs === undefined ? '' : time(endMs)}`;
    });
  }
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16).replace('T', ' ');
}

describe('gaps - what opens one', () => {
  it('a disconnect, from the correction window before the last bar to the first whole minute after', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    run.process.loses();
    expect(run.told).to.deep.equal(['disconnect open 10-02 14:14-']);
    run.pass(20 * SECOND, false);
    run.process.streams();
    expect(run.told).to.deep.equal(['disconnect open 10-02 14:14-10-02 14:31']);
  });

  it('a crash before the first whole minute, from the correction window before the crash', () => {
    const run = new Run('2026-10-02T14:00:04Z');
    run.pass(10 * SECOND);
    run.next(20 * SECOND);
    run.process.streams();
    // What corrected a bar of 13:45:05 may have been on its way.
    expect(run.told).to.deep.equal(['crash open 10-02 13:45-10-02 14:01']);
  });

  it('an unsteady connection is one gap, which goes on', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(20 * MINUTE);
    for (let time = 0; time < 3; time++) {
      run.process.loses();
      run.pass(30 * SECOND, false);
      run.process.streams();
      run.pass(2 * MINUTE);
    }
    expect(run.told).to.deep.equal(['disconnect open 10-02 14:04-10-02 14:26']);
  });

  it('one that lasts is cut each hour, so that it is filled while it lasts', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(20 * MINUTE);
    run.process.loses();
    run.pass(2 * HOUR, false);
    run.process.streams();
    const bounds = run.process.gaps.map(({ beginMs, endMs }) => [beginMs, endMs!] as const);
    expect(bounds.length).to.equal(3);
    expect(bounds.slice(1).map(([beginMs]) => beginMs)).to.deep.equal(
      bounds.slice(0, -1).map(([, endMs]) => endMs),
    );
  });

  it('one that is cut has bounds of whole milliseconds, as REST wants them, whatever the clock shows', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.clock.skip(0.4375);
    run.pass(20 * MINUTE);
    run.process.loses();
    run.pass(2 * HOUR, false);
    run.process.streams();
    const bounds = run.process.gaps.flatMap(({ beginMs, endMs }) => [beginMs, endMs!]);
    expect(bounds.length).to.equal(6);
    expect(bounds.filter(boundMs => !Number.isInteger(boundMs))).to.deep.equal([]);
  });

  it('a crash, from the last window on disk; a restart says that it is one', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    run.next(5 * MINUTE);
    run.process.streams();
    expect(run.told).to.deep.equal(['crash open 10-02 14:14-10-02 14:36']);
    run.pass(HOUR);
    run.process.stops();
    run.next(10 * SECOND);
    run.process.streams();
    expect(run.told[1]).to.equal('restart open 10-02 15:19-10-02 15:36');
  });

  it('a crash while the stream was away goes on with the gap that lasts', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    run.process.loses();
    run.pass(MINUTE, false);
    run.next(10 * MINUTE);
    run.process.streams();
    expect(run.told).to.deep.equal(['disconnect open 10-02 14:14-10-02 14:42']);
  });

  it('a crash while the disk took nothing, from the last window that it took', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    for (let minute = 0; minute < 60; minute++) {
      run.clock.skip(MINUTE);
      run.process.drains(run.clock.wallMs() - 2 * SECOND, false);
    }
    run.process.loses();
    run.process.drains(undefined, false);
    run.next(MINUTE);
    run.process.streams();
    expect(run.told).to.deep.equal([
      'disconnect open 10-02 15:14-10-02 15:32',
      'crash open 10-02 14:14-10-02 15:14',
    ]);
  });

  it('a weekend of downtime: the rest of Friday and the beginning of Monday, and nothing between', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(HOUR);
    run.process.stops();
    run.next(71 * HOUR);
    run.process.streams();
    expect(run.told).to.deep.equal([
      'restart open 10-02 14:44-10-03 00:00',
      'restart open 10-05 08:00-10-05 14:01',
    ]);
  });

  it('a suspension, and rows that found no room', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    run.process.suspends();
    run.process.streams();
    run.pass(2 * HOUR);
    run.process.overflowedRows = 7;
    run.pass(SECOND);
    expect(run.told).to.deep.equal([
      'suspended open 10-02 14:14-10-02 14:31',
      'overflow open 10-02 16:14-10-02 16:31',
    ]);
  });

  it('refused symbols, as long as the connection is without them', () => {
    const run = new Run('2026-10-02T14:00:00Z', { subscriptions: 'A.AAPL,A.MSFT' });
    run.process.watch.refused(new Map([['A', ['MSFT']]]));
    run.pass(MINUTE);
    run.process.watch.refused(new Map([['A', ['MSFT']]]));
    expect(run.process.gaps).to.have.length(1);
    expect(run.process.gaps[0]).to.include({ cause: 'refused' }).and.not.to.have.property('endMs');
    expect(run.process.gaps[0]?.symbols).to.deep.equal(['MSFT']);
    run.process.watch.refused(new Map());
    expect(run.process.gaps[0]?.endMs).to.be.a('number');
  });
});

describe('gaps - silence', () => {
  const silent = { kind: 'silent', silentMs: 70 * SECOND } as const;

  it('of a busy subscription is a gap at once', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    run.pass(30 * MINUTE);
    run.pass(70 * SECOND, false);
    run.process.loses(silent);
    expect(run.told).to.deep.equal(['silence open 10-02 14:14-']);
  });

  it('of a subscription that trades rarely is a suspicion only', () => {
    const run = new Run('2026-10-02T14:00:00Z');
    for (let bars = 0; bars < 40; bars++) {
      run.pass(45 * SECOND, false);
      run.pass(SECOND);
    }
    run.pass(140 * SECOND, false);
    run.process.loses(silent);
    run.process.streams();
    expect(run.process.gaps.map(({ state }) => state.name)).to.deep.equal(['suspected']);
  });

  it('of the whole market is a gap: it is never quiet while it is open', () => {
    const run = new Run('2026-10-02T14:00:00Z', { subscriptions: 'AM.*' });
    run.pass(MINUTE, false);
    run.process.loses(silent);
    expect(run.process.gaps[0]?.state.name).to.equal('open');
  });
});

describe('gaps - none where there is none', () => {
  const quietTimes: readonly (readonly [string, Market, string])[] = [
    ['a night', 'stocks', '2026-10-03T01:00Z'],
    ['a weekend', 'stocks', '2026-10-03T15:00Z'],
    ['a holiday', 'stocks', '2026-11-26T15:00Z'],
    ['the evening of an early close', 'stocks', '2026-11-27T22:30Z'],
    ['the afternoon of an early close', 'options', '2026-11-27T19:00Z'],
    ['the break of futures', 'futures', '2026-10-01T21:40Z'],
    ['the weekend of forex', 'forex', '2026-10-03T12:00Z'],
    ['the hour before the open after a clock change', 'stocks', '2026-03-09T07:30Z'],
  ];
  for (const [what, market, at] of quietTimes) {
    it(`a disconnect in ${what} misses nothing`, () => {
      const run = new Run(new Date(Date.parse(at) - 3 * HOUR).toISOString(), { market });
      run.clock.skip(3 * HOUR);
      run.process.drains();
      run.process.loses();
      run.clock.skip(10 * MINUTE);
      run.process.drains();
      run.process.streams();
      expect(run.told).to.deep.equal([]);
    });
  }

  it('but right after the close corrections may be missed, until they are due no more', () => {
    const run = new Run('2026-10-02T23:00:00Z');
    run.pass(HOUR);
    run.pass(5 * MINUTE, false);
    run.process.loses();
    run.process.streams();
    expect(run.told).to.deep.equal(['disconnect open 10-02 23:44-10-03 00:00']);
  });

  it('crypto is never closed', () => {
    const run = new Run('2026-12-25T00:00:00Z', { market: 'crypto' });
    run.pass(HOUR);
    run.process.loses();
    expect(run.process.gaps).to.have.length(1);
  });

  it('a first start promises nothing of the time before', () => {
    expect(new Run('2026-10-02T14:00:00Z').told).to.deep.equal([]);
  });
});
