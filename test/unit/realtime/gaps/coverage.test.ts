import { expect } from 'chai';
import fc from 'fast-check';
import type { Gap } from '../../../../src/realtime/gaps/gap.ts';
import { MARKETS, type Market } from '../../../../src/tables/markets.ts';
import { openSpans } from '../../../../src/tables/open-spans.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { GapProcess, type LeftBehind } from '../../../support/gap-process.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStateFiles } from '../../../support/memory-state-files.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Bars come so long after the end of their second. */
const SENT_AFTER = 2 * SECOND;

/** Weeks with a daylight-saving change, a holiday and an early close, and an ordinary one. */
const BEGINNINGS = ['2026-03-06T21:00Z', '2026-10-30T12:00Z', '2026-11-25T15:30Z', '2026-09-14T13:29Z'];

/** A clock that is further ahead takes an open market for one that closed long ago. */
const MOST_AHEAD = 15 * MINUTE;

type Step =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'lose'; readonly ending: 'closed' | 'silent' | 'suspended' }
  | { readonly kind: 'stream' }
  | { readonly kind: 'crash' | 'restart'; readonly ms: number }
  | { readonly kind: 'step-clock'; readonly ms: number };

const duration = fc.oneof(
  fc.integer({ min: 0, max: 2 * MINUTE }),
  fc.integer({ min: MINUTE, max: 40 * MINUTE }),
  fc.integer({ min: HOUR, max: 30 * HOUR }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: duration.map(ms => ({ kind: 'pass' as const, ms })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('closed' as const, 'silent' as const, 'suspended' as const)
      .map(ending => ({ kind: 'lose' as const, ending })),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'stream' as const }) },
  { weight: 1, arbitrary: duration.map(ms => ({ kind: 'crash' as const, ms })) },
  { weight: 1, arbitrary: duration.map(ms => ({ kind: 'restart' as const, ms })) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: -3 * HOUR, max: 3 * HOUR }).map(ms => ({ kind: 'step-clock' as const, ms })),
  },
);

/** Runs a timeline of processes, and keeps when they did not listen, in true time. */
class Timeline {
  readonly missed: { readonly fromMs: number; readonly untilMs: number }[] = [];
  readonly calendar: SessionCalendar;
  readonly #market: Market;
  readonly #clock: ManualClock;
  readonly #left: LeftBehind = { files: new MemoryStateFiles(), beat: undefined };
  #process: GapProcess;
  #aheadMs = 0;
  /** True time since which nobody listens; undefined while somebody does, or nobody ever has. */
  #missingSinceMs: number | undefined;
  #streams = false;

  constructor(market: Market, beginMs: number) {
    this.#market = market;
    this.calendar = new SessionCalendar(market);
    this.#clock = new ManualClock(beginMs);
    this.#process = new GapProcess(this.#clock, this.#left, { market });
  }

  get gaps(): readonly Gap[] {
    return this.#process.gaps;
  }

  get #trueMs(): number {
    return this.#clock.wallMs() - this.#aheadMs;
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'pass':
        this.#pass(step.ms);
        break;
      case 'lose':
        if (this.#streams) this.#lose(step.ending);
        break;
      case 'stream':
        this.stream();
        break;
      case 'crash':
      case 'restart':
        this.#end(step);
        break;
      case 'step-clock':
        if (this.#aheadMs + step.ms > MOST_AHEAD) break;
        this.#clock.stepWall(step.ms);
        this.#aheadMs += step.ms;
        this.#drain();
        break;
    }
  }

  stream(): void {
    if (this.#streams) return;
    this.#process.streams();
    this.#streams = true;
    if (this.#missingSinceMs !== undefined) {
      // Where the market has closed, nothing comes that shows a clock that is behind.
      const unseenMs = this.calendar.isOpen(this.#trueMs) ? 0 : Math.min(0, this.#aheadMs);
      this.missed.push({ fromMs: this.#missingSinceMs, untilMs: this.#trueMs + unseenMs });
    }
    this.#missingSinceMs = undefined;
    // Something comes within a moment where the market is open, which a clock that is behind is seen by.
    for (let second = 0; second < 5; second++) this.#pass(SECOND);
  }

  #lose(ending: 'closed' | 'silent' | 'suspended'): void {
    this.#streams = false;
    this.#missingSinceMs = this.#trueMs;
    if (ending === 'suspended') this.#process.suspends();
    else if (ending === 'silent') this.#process.loses({ kind: 'silent', silentMs: 0 });
    else this.#process.loses();
  }

  #end({ kind, ms }: { readonly kind: 'crash' | 'restart'; readonly ms: number }): void {
    if (this.#streams) this.#missingSinceMs = this.#trueMs;
    this.#streams = false;
    if (kind === 'restart') this.#process.stops();
    this.#clock.skip(ms);
    this.#process = new GapProcess(this.#clock, this.#left, { market: this.#market });
  }

  #pass(ms: number): void {
    const untilMs = this.#trueMs + ms;
    while (this.#trueMs < untilMs) {
      this.#clock.skip(Math.min(5 * MINUTE, untilMs - this.#trueMs));
      this.#drain();
    }
  }

  #drain(): void {
    const endMs = Math.floor((this.#trueMs - SENT_AFTER) / SECOND) * SECOND;
    const isSent = this.#streams && this.calendar.isOpen(endMs - 1);
    this.#process.drains(isSent ? endMs : undefined);
  }
}

describe('gaps - coverage', () => {
  const timeline = (withSteps: boolean) =>
    fc.record({
      market: fc.constantFrom(...MARKETS),
      begin: fc.constantFrom(...BEGINNINGS),
      steps: fc.array(
        step.filter(({ kind }) => withSteps || kind !== 'step-clock'),
        { minLength: 1, maxLength: 30 },
      ),
    });

  const run = ({ market, begin, steps }: { market: Market; begin: string; steps: readonly Step[] }) => {
    const line = new Timeline(market, Date.parse(begin));
    line.stream();
    for (const one of steps) line.take(one);
    line.stream();
    return line;
  };

  it('every moment of open market time without a stream is in a gap, whatever happens to process and clock', () => {
    fc.assert(
      fc.property(timeline(true), given => {
        const { missed, calendar, gaps } = run(given);
        for (const { fromMs, untilMs } of missed) {
          for (const span of openSpans(calendar, fromMs, untilMs)) {
            for (const atMs of [span.fromMs, (span.fromMs + span.untilMs) / 2, span.untilMs - 1]) {
              const isIn = gaps.some(({ beginMs, endMs }) => beginMs <= atMs && atMs < (endMs ?? Infinity));
              expect(isIn, `${new Date(atMs).toISOString()} in ${JSON.stringify(gaps)}`).to.equal(true);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('no gap has closed time only, lasts while there is a stream, or is empty', () => {
    fc.assert(
      fc.property(timeline(false), given => {
        const { calendar, gaps } = run(given);
        for (const { id, beginMs, endMs } of gaps) {
          expect(endMs, id).to.be.greaterThan(beginMs);
          expect(openSpans(calendar, beginMs, endMs!), id).not.to.have.length(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a stream that never ends leaves no gap, through nights, weekends, holidays and clock changes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MARKETS),
        fc.constantFrom(...BEGINNINGS),
        fc.integer({ min: HOUR, max: 150 * HOUR }),
        (market, begin, ms) => {
          expect(run({ market, begin, steps: [{ kind: 'pass', ms }] }).gaps).to.deep.equal([]);
        },
      ),
      { numRuns: 20 },
    );
  });
});
