import { expect } from 'chai';
import type { Gap, GapState } from '../../../src/realtime/gaps/gap.ts';
import { type SettledInput, settledOf } from '../../../src/realtime/settled.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';

const MINUTE = 60_000;

/** 2026-10-02, 10:00 in New York. */
const NOW = Date.UTC(2026, 9, 2, 14);

function settled(given: Partial<SettledInput>) {
  return settledOf({
    nowMs: NOW,
    listening: true,
    receivedEndMs: NOW - 2_000,
    delayMs: 0,
    correctionMs: 15 * MINUTE,
    gaps: [],
    calendar: new SessionCalendar('stocks'),
    ...given,
  });
}

function gap(state: GapState): Gap {
  const beginMs = NOW - 30 * MINUTE;
  const shared = { id: 'stocks-1', market: 'stocks', channels: ['A'], cause: 'crash', rows: 0 } as const;
  return { ...shared, beginMs, endMs: beginMs + MINUTE, state, openedMs: 0, changedMs: 0 };
}

describe('settled time', () => {
  it('follows the stream, a little behind it, and corrections their window behind that', () => {
    expect(settled({})).to.deep.equal({
      settledMs: NOW - 7_000,
      correctedMs: NOW - 7_000 - 15 * MINUTE,
    });
  });

  it('is not known before anything has come', () => {
    expect(settled({ receivedEndMs: undefined })).to.deep.equal({
      settledMs: undefined,
      correctedMs: undefined,
    });
  });

  it('stops at what is still to be brought, and corrections at what is to be asked for once more', () => {
    const begin = NOW - 30 * MINUTE;
    for (const state of [
      { name: 'suspected', silentFromMs: 0 },
      { name: 'open', attempts: 0 },
      { name: 'filling' },
    ] as const) {
      expect(settled({ gaps: [gap(state)] }), state.name).to.deep.equal({
        settledMs: begin,
        correctedMs: begin,
      });
    }
    expect(settled({ gaps: [gap({ name: 'filled', final: false })] })).to.deep.equal({
      settledMs: NOW - 7_000,
      correctedMs: begin,
    });
  });

  it('passes gaps that nothing will bring today', () => {
    const gaps = [
      gap({ name: 'deferred', reason: 'the whole market' }),
      gap({ name: 'unfillable', reason: 'not in the plan' }),
    ];
    expect(settled({ gaps })).to.deep.equal(settled({}));
  });

  it('is past the close once the market has been closed for a moment and the stream was there', () => {
    const closeMs = Date.UTC(2026, 9, 3);
    const after = { nowMs: closeMs + 10 * MINUTE, receivedEndMs: closeMs - 20 * MINUTE };
    expect(settled(after).settledMs).to.be.at.least(closeMs);
    expect(settled({ ...after, listening: false }).settledMs).to.be.below(closeMs);
  });
});
