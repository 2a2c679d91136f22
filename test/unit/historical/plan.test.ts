import { expect } from 'chai';
import { estimateOf, makePlan } from '../../../src/historical/plan.ts';
import { type BackfillRequest, requirePossible } from '../../../src/historical/request.ts';
import { SymbolSelection } from '../../../src/historical/symbol-selection.ts';
import { dateDaysOf, isoDateOf } from '../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { FakeFlatSource, FakeRestSource, sourcesOf } from '../../support/backfill-harness.ts';

const CALENDAR = new SessionCalendar('stocks');
const NEVER = new AbortController().signal;

function request(change: Partial<BackfillRequest> = {}): BackfillRequest {
  return {
    market: 'stocks',
    table: 'agg1m',
    symbols: SymbolSelection.all,
    fromDate: dateDaysOf('2026-01-01'),
    untilDate: dateDaysOf('2026-01-07'),
    source: 'auto',
    ...change,
  };
}

describe('backfill plan', () => {
  it('has a unit for each file, and names trading dates without one but no holidays and weekends', async () => {
    const flat = new FakeFlatSource(['2025-12-31', '2026-01-02', '2026-01-06', '2026-01-08']);
    const plan = await makePlan(request(), sourcesOf(flat, undefined), CALENDAR, NEVER);
    expect(plan.groups.map(group => group.name)).to.deep.equal(['2026-01-02', '2026-01-06']);
    expect(plan.missing.map(({ date }) => isoDateOf(date))).to.deep.equal(['2026-01-05', '2026-01-07']);
  });

  it('says of dates before the first file why they are missing', async () => {
    const span = { fromDate: dateDaysOf('2003-09-09'), untilDate: dateDaysOf('2003-09-09') };
    const plan = await makePlan(request(span), sourcesOf(new FakeFlatSource([]), undefined), CALENDAR, NEVER);
    expect(plan.missing[0]?.why).to.equal('flat files begin on 2003-09-10');
  });

  it('divides minutes over REST by month and symbol, seconds by trading date, days by symbol or date', async () => {
    const sources = sourcesOf(undefined, new FakeRestSource());
    const span = { fromDate: dateDaysOf('2026-01-30'), untilDate: dateDaysOf('2026-03-02') };
    const minutes = await makePlan(
      request({ ...span, symbols: SymbolSelection.of(['AAPL', 'MSFT']) }),
      sources,
      CALENDAR,
      NEVER,
    );
    expect(minutes.groups.map(({ name, units }) => [name, ...units.map(unit => unit.id)])).to.deep.equal([
      ['2026-01', 'rest.agg1m.AAPL.2026-01-30.2026-01-31', 'rest.agg1m.MSFT.2026-01-30.2026-01-31'],
      ['2026-02', 'rest.agg1m.AAPL.2026-02-01.2026-02-28', 'rest.agg1m.MSFT.2026-02-01.2026-02-28'],
      ['2026-03', 'rest.agg1m.AAPL.2026-03-01.2026-03-02', 'rest.agg1m.MSFT.2026-03-01.2026-03-02'],
    ]);
    const seconds = await makePlan(
      request({ table: 'agg1s', symbols: SymbolSelection.of(['AAPL']) }),
      sources,
      CALENDAR,
      NEVER,
    );
    expect(seconds.groups.map(({ name }) => name)).to.deep.equal([
      '2026-01-02',
      '2026-01-05',
      '2026-01-06',
      '2026-01-07',
    ]);
    const days = await makePlan(request({ table: 'agg1d' }), sources, CALENDAR, NEVER);
    expect(days.groups[0]?.units.map(({ id }) => id)).to.deep.equal([
      'rest.grouped.2026-01-02',
      'rest.grouped.2026-01-05',
      'rest.grouped.2026-01-06',
      'rest.grouped.2026-01-07',
    ]);
  });

  it('asks who was active where minutes of all symbols go over REST', async () => {
    const sources = sourcesOf(undefined, new FakeRestSource(['B', 'A']));
    const plan = await makePlan(request(), sources, CALENDAR, NEVER);
    expect(plan.groups[0]?.units.map(({ id }) => id)).to.deep.equal([
      'rest.agg1m.A.2026-01-01.2026-01-07',
      'rest.agg1m.B.2026-01-01.2026-01-07',
    ]);
  });

  it('a pattern takes what it matches of who was active, and of the rows of a file', async () => {
    const symbols = SymbolSelection.of(['BRK.?', 'MSFT']);
    const sources = sourcesOf(undefined, new FakeRestSource(['AAPL', 'BRK.A', 'BRK.B', 'BRKXB', 'MSFT']));
    const plan = await makePlan(request({ symbols }), sources, CALENDAR, NEVER);
    const named = plan.groups[0]?.units.map(unit => (unit.kind === 'rest' ? unit.sym : unit.id));
    expect(named).to.deep.equal(['BRK.A', 'BRK.B', 'MSFT']);
    expect(['BRK.A', 'MSFT', 'BRKxB', 'BRK.AB', 'brk.a'].map(sym => symbols.includes(sym))).to.deep.equal([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(SymbolSelection.of(['A', '*']).isAll).to.equal(true);
  });

  it('takes by itself what costs less time: REST for a few symbols of years, files for a whole market', async () => {
    const sources = sourcesOf(new FakeFlatSource(['2026-01-02']), new FakeRestSource());
    const years = { fromDate: dateDaysOf('2025-01-01'), untilDate: dateDaysOf('2026-01-07') };
    const few = await makePlan(
      request({ ...years, symbols: SymbolSelection.of(['AAPL']) }),
      sources,
      CALENDAR,
      NEVER,
    );
    expect(few.source).to.equal('rest');
    expect((await makePlan(request(), sources, CALENDAR, NEVER)).source).to.equal('flat');
  });

  it('says which setting a source lacks', async () => {
    const plan = (source: BackfillRequest['source']) =>
      makePlan(request({ source }), sourcesOf(undefined, undefined), CALENDAR, NEVER).catch(String);
    expect(await plan('flat')).to.match(
      /--source flat needs flat files; expected the secrets of history\.flatFiles/,
    );
    expect(await plan('rest')).to.match(
      /--source rest needs an API key; expected the secret of history\.key/,
    );
    expect(await plan('auto')).to.match(/no source can be used/);
  });

  it('estimates bytes, requests and time of what is left', async () => {
    const flat = await makePlan(
      request(),
      sourcesOf(new FakeFlatSource(['2026-01-02', '2026-01-06']), undefined),
      CALENDAR,
      NEVER,
    );
    expect(
      estimateOf(
        flat.groups.flatMap(group => group.units),
        5,
      ).bytes,
    ).to.equal(200);
    const rest = await makePlan(
      request({ symbols: SymbolSelection.of(Array.from({ length: 10 }, (_, i) => `S${i}`)) }),
      sourcesOf(undefined, new FakeRestSource()),
      CALENDAR,
      NEVER,
    );
    const estimate = estimateOf(
      rest.groups.flatMap(group => group.units),
      5,
    );
    expect(estimate).to.deep.include({ requests: 13, bytes: 0, seconds: 156 });
  });

  it('refuses what cannot be: dates the wrong way round, in the future, seconds of a whole market or from files', () => {
    const today = dateDaysOf('2026-02-01');
    const refusal = (change: Partial<BackfillRequest>) => () => requirePossible(request(change), today);
    expect(refusal({ fromDate: dateDaysOf('2026-01-09') })).to.throw(
      /--from 2026-01-09 is after --to 2026-01-07/,
    );
    const future = { fromDate: dateDaysOf('2026-03-01'), untilDate: dateDaysOf('2026-03-02') };
    expect(refusal(future)).to.throw(/in the future; expected a date until 2026-02-01/);
    expect(refusal({ fromDate: dateDaysOf('1926-01-01') })).to.throw(/more than fifty years/);
    expect(refusal({ table: 'agg1s', symbols: SymbolSelection.of(['A']), source: 'flat' })).to.throw(
      /no flat files of second bars/,
    );
    expect(refusal({ table: 'agg1s' })).to.throw(/Name them with --symbols/);
  });
});
