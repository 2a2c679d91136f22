import { expect } from 'chai';
import { reconcilePage } from '../../../../src/cli/reconcile/page.ts';
import { reconcileLines } from '../../../../src/cli/reconcile/text.ts';
import { compareSymbol, NO_ROWS } from '../../../../src/historical/reconcile/compare.ts';
import type { DayComparison } from '../../../../src/historical/reconcile/reconcile-day.ts';
import { type ReportContext, reportOf } from '../../../../src/historical/reconcile/report.ts';
import { SessionMinutes } from '../../../../src/historical/reconcile/session-minutes.ts';
import { noBars, Tally } from '../../../../src/historical/reconcile/tally.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';

const DATE = dateDaysOf('2026-10-02');
/** 09:30 in New York. */
const OPENING_NS = DATE * 86_400e9 + 13.5 * 3_600e9;

/** Three bars of a symbol, of which the database has the first `held`. */
function comparisonOf(sym: string, held: number): DayComparison {
  const session = new SessionMinutes(new SessionCalendar('stocks'), DATE);
  const captured = new Tally(session, { symbols: 10, examples: 10 });
  const starts = Float64Array.from([0, 1, 2], minute => OPENING_NS + minute * 60e9);
  const values = Array.from({ length: 7 }, () => Float64Array.of(1, 2, 3));
  const rows = { starts, values, begin: 0, end: 3 };
  const database = compareSymbol(
    sym,
    held < 0 ? NO_ROWS : rows,
    {
      ...rows,
      end: Math.abs(held),
      capturedValues: values,
      captured: Uint8Array.of(1, 1, 1),
      changed: new Map(),
      live: [],
    },
    captured,
    () => {},
  );
  return {
    session,
    captured,
    database,
    databaseMissing: new Uint32Array(session.count),
    notSubscribed: { symbols: 0, bars: 0, names: [] },
    repairable: new Set(),
    fileRows: 3,
    rejectedRows: 0,
    otherDateRows: 0,
  };
}

const CONTEXT: ReportContext = {
  market: 'stocks',
  date: DATE,
  files: [],
  isRepair: false,
  repair: undefined,
  databaseAfter: undefined,
  gaps: [],
  seconds: 1,
};

describe('reconcile - the report', () => {
  it('shows missing bars by wall-clock time, in the text and in a page without scripts or requests', () => {
    const comparison = comparisonOf('<b>&"X', 2);
    const report = reportOf(comparison, CONTEXT);
    expect(report.captured.minutes).to.deep.equal([
      { minute: '09:32', file: 1, missing: 1, different: 0, extra: 0 },
    ]);
    const text = reconcileLines(report).join('\n');
    expect(text).to.match(/missing +1 +1\n/);
    expect(text).to.contain('missing <b>&"X 2026-10-02T13:32:00Z: open 3');
    const page = reconcilePage(report, comparison);
    expect(page).to.contain('&lt;b&gt;&amp;&quot;X').and.not.contain('<b>&');
    expect(page).to.not.match(/<script|https?:|url\(|<link|@import|NaN|undefined|Infinity/);
    expect(page).to.match(/<path class="missing" d="M/);
    // A session from 04:00 to 20:00 in cells of five minutes: the three bars are in one.
    expect(page).to.match(/<path class="missing s3" d="M66 0h1v1h-1z"\/>/);
  });

  it('is a page also where all is equal, where nothing was compared, and where all bars are extra', () => {
    const equal = comparisonOf('X', 3);
    expect(reportOf(equal, CONTEXT).outcome).to.equal('equal');
    const extra = comparisonOf('X', -3);
    expect(reportOf(extra, CONTEXT).outcome).to.equal('different');
    expect(reportOf(extra, { ...CONTEXT, isRepair: true }).outcome).to.equal('repaired');
    const nothing = {
      ...equal,
      database: noBars(),
      captured: new Tally(equal.session, { symbols: 1, examples: 1 }),
    };
    expect(reportOf(nothing, CONTEXT).outcome).to.equal('nothing');
    for (const comparison of [equal, extra, nothing]) {
      const report = reportOf(comparison, CONTEXT);
      expect(reconcilePage(report, comparison)).to.not.match(/NaN|undefined|Infinity/);
      expect(reconcileLines(report).join('\n')).to.not.match(/NaN|undefined|Infinity/);
    }
  });
});
