import { expect } from 'chai';
import { fallbackOf } from '../../../src/historical/fallback.ts';
import { makePlan } from '../../../src/historical/plan.ts';
import type { BackfillRequest } from '../../../src/historical/request.ts';
import { SymbolSelection } from '../../../src/historical/symbol-selection.ts';
import { dateDaysOf, isoDateOf } from '../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { FakeFlatSource, FakeRestSource, sourcesOf } from '../../support/backfill-harness.ts';

const NEVER = new AbortController().signal;
const FILES = ['2026-01-06', '2026-01-07', '2026-01-08'];

async function plan(change: Partial<BackfillRequest>, sources = bothSources()) {
  const request: BackfillRequest = {
    market: 'stocks',
    table: 'agg1d',
    symbols: SymbolSelection.all,
    fromDate: dateDaysOf('2026-01-02'),
    untilDate: dateDaysOf('2026-01-21'),
    source: 'auto',
    ...change,
  };
  return await makePlan(request, sources, new SessionCalendar('stocks'), NEVER);
}

function bothSources() {
  return sourcesOf(new FakeFlatSource(FILES), new FakeRestSource());
}

function spans(requests: readonly BackfillRequest[]): string[] {
  return requests.map(
    ({ source, fromDate, untilDate }) => `${source} ${isoDateOf(fromDate)} ${isoDateOf(untilDate)}`,
  );
}

describe('backfill fallback', () => {
  it('asks REST for trading dates without a file, and for files that are not in the plan', async () => {
    const chosen = await plan({}, sourcesOf(new FakeFlatSource(FILES), undefined));
    const [refused] = chosen.groups[0]!.units.slice(1);
    expect(spans(fallbackOf(chosen, [refused!], bothSources()))).to.deep.equal([
      'rest 2026-01-02 2026-01-21',
    ]);
    const whole = await plan(
      { untilDate: dateDaysOf('2026-01-08'), fromDate: dateDaysOf('2026-01-06') },
      sourcesOf(new FakeFlatSource(FILES), undefined),
    );
    expect(fallbackOf(whole, [], bothSources())).to.deep.equal([]);
  });

  it('does not ask thousands of requests for minutes of a whole market', async () => {
    const chosen = await plan({ table: 'agg1m' });
    expect(chosen.source).to.equal('flat');
    expect(fallbackOf(chosen, [], bothSources())).to.deep.equal([]);
  });

  it('asks the files for what REST refuses', async () => {
    const symbols = SymbolSelection.of(['AAPL']);
    const chosen = await plan({ table: 'agg1m', symbols }, sourcesOf(undefined, new FakeRestSource()));
    expect(spans(fallbackOf(chosen, chosen.groups[0]!.units, bothSources()))).to.deep.equal([
      'flat 2026-01-02 2026-01-21',
    ]);
    expect(fallbackOf(chosen, [], bothSources())).to.deep.equal([]);
  });

  it('leaves a source alone that was asked for by name', async () => {
    const chosen = await plan({ source: 'flat' });
    expect(chosen.missing.length).to.be.greaterThan(0);
    expect(fallbackOf(chosen, [], bothSources())).to.deep.equal([]);
  });
});
