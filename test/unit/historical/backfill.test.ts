import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Backfill } from '../../../src/historical/backfill.ts';
import { Ledger } from '../../../src/historical/ledger.ts';
import { LoaderLink } from '../../../src/historical/loader-link.ts';
import { type BackfillObserver, UNOBSERVED } from '../../../src/historical/observer.ts';
import { makePlan } from '../../../src/historical/plan.ts';
import type { BackfillRequest } from '../../../src/historical/request.ts';
import type { Sources } from '../../../src/historical/sources.ts';
import { SymbolSelection } from '../../../src/historical/symbol-selection.ts';
import { KdbConnectionLostError } from '../../../src/kdb/errors.ts';
import { FlatFileCorruptError, NotInPlanError } from '../../../src/massive/flat/errors.ts';
import { dateDaysOf } from '../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import {
  FATAL_ERROR,
  FakeFlatSource,
  FakeLoader,
  FakeRestSource,
  sourcesOf,
  UNIT_ERROR,
} from '../../support/backfill-harness.ts';
import { ImpatientClock } from '../../support/impatient-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const DATES = ['2026-01-02', '2026-01-05', '2026-01-06', '2026-01-07'];
const KEYS = DATES.map(date => `us_stocks_sip/minute_aggs_v1/2026/01/${date}.csv.gz`);

describe('backfill', () => {
  let directory: string;
  let loader: FakeLoader;
  let flat: FakeFlatSource;
  let ledger: Ledger;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'backfill-'));
    loader = new FakeLoader();
    flat = new FakeFlatSource(DATES);
    ledger = Ledger.open(join(directory, 'ledger'));
  });

  afterEach(() => {
    ledger.close();
    rmSync(directory, { recursive: true });
  });

  async function backfill(
    options: {
      readonly sources?: Sources;
      readonly request?: Partial<BackfillRequest>;
      readonly force?: boolean;
      readonly stop?: AbortSignal;
      readonly observer?: BackfillObserver;
    } = {},
  ) {
    const sources = options.sources ?? sourcesOf(flat, undefined);
    const request: BackfillRequest = {
      market: 'stocks',
      table: 'agg1m',
      symbols: SymbolSelection.all,
      fromDate: dateDaysOf('2026-01-01'),
      untilDate: dateDaysOf('2026-01-07'),
      source: 'auto',
      ...options.request,
    };
    const clock = new ImpatientClock();
    const logger = new RecordingLogger();
    const link = new LoaderLink(
      { open: async () => loader, clock, random: () => 0.5, logger },
      { waitMs: 300, retryBaseMs: 10, retryCapMs: 100 },
    );
    const stop = options.stop ?? new AbortController().signal;
    const plan = await makePlan(request, sources, new SessionCalendar('stocks'), stop);
    const run = new Backfill(
      plan,
      { sources, ledger, loader: link, logger, clock },
      { concurrency: 2, force: options.force ?? false },
    );
    return await run.run(stop, options.observer ?? UNOBSERVED);
  }

  it('publishes every file, deletes what was fetched, and has nothing to do a second time', async () => {
    const first = await backfill();
    expect(first.error).to.equal(undefined);
    expect(first.report).to.deep.include({ rows: 12, quarantined: 0, failures: [] });
    expect(first.report.units).to.deep.equal({ planned: 4, before: 0, published: 4, failed: 0, left: 0 });
    expect(flat.removed).to.have.members(KEYS);

    const second = await backfill();
    expect(second.report.units).to.deep.equal({ planned: 4, before: 4, published: 0, failed: 0, left: 0 });
    expect(flat.fetched).to.have.length(4);
  });

  it('a file that was replaced is imported again, and --force imports all', async () => {
    await backfill();
    flat.etags.set(KEYS[1]!, '"two"');
    const replaced = await backfill();
    expect(replaced.report.units).to.deep.include({ before: 3, published: 1 });
    expect(flat.fetched.filter(key => key === KEYS[1])).to.have.length(2);
    expect((await backfill({ force: true })).report.units).to.deep.include({ before: 0, published: 4 });
  });

  it('a bad unit costs itself only, and is tried again by the next run', async () => {
    flat.damage.set(KEYS[1]!, () => UNIT_ERROR);
    flat.damage.set(KEYS[2]!, () => new NotInPlanError(KEYS[2]!));
    const first = await backfill();
    expect(first.error).to.equal(undefined);
    expect(first.report.units).to.deep.include({ published: 2, failed: 2, left: 0 });
    expect(first.report.failures.map(({ code }) => code)).to.have.members(['TEST_UNIT', 'FLAT_NOT_IN_PLAN']);
    flat.damage.clear();
    expect((await backfill()).report.units).to.deep.include({ before: 2, published: 2, failed: 0 });
  });

  it('a damaged file is fetched once more before it counts as failed', async () => {
    let readings = 0;
    flat.damage.set(KEYS[0]!, () =>
      readings++ === 0 ? new FlatFileCorruptError(KEYS[0]!, 'cut') : undefined,
    );
    const outcome = await backfill();
    expect(outcome.report.units).to.deep.include({ published: 4, failed: 0 });
    expect(flat.fetched.filter(key => key === KEYS[0])).to.have.length(2);
    flat.damage.set(KEYS[0]!, () => new FlatFileCorruptError(KEYS[0]!, 'cut'));
    expect((await backfill({ force: true })).report.units).to.deep.include({ published: 3, failed: 1 });
  });

  it('what would meet every unit ends the run, and what was staged is merged by the next without fetching', async () => {
    flat.damage.set(KEYS[2]!, () => FATAL_ERROR);
    const first = await backfill();
    expect(first.error).to.equal(FATAL_ERROR);
    expect(first.report.units.failed).to.equal(0);
    expect(first.report.units.left).to.be.greaterThan(0);

    flat.damage.clear();
    const staged = [...loader.staged.keys()];
    flat.fetched.length = 0;
    const second = await backfill();
    expect(second.error).to.equal(undefined);
    expect(second.report.units.before + second.report.units.published).to.equal(4);
    expect(flat.fetched).to.have.length(second.report.units.published - staged.length);
  });

  it('a loader that comes back is given the unit from its beginning', async () => {
    loader.failures.push(new KdbConnectionLostError('gone'), undefined, new KdbConnectionLostError('gone'));
    const { report, error } = await backfill();
    expect(error).to.equal(undefined);
    expect(report.units).to.deep.include({ published: 4, failed: 0 });
    expect(new Set(loader.merged).size).to.equal(4);
  });

  it('a loader that stays away ends the run with its error', async () => {
    loader.waiting = async () => {
      throw new KdbConnectionLostError('the connection to :5013 was lost');
    };
    const { error, report } = await backfill();
    expect(error).to.be.instanceOf(KdbConnectionLostError);
    expect(report.units.left).to.equal(4);
  });

  it('a stop keeps what is published and leaves the rest', async () => {
    const stop = new AbortController();
    const observer = { ...UNOBSERVED, groupPublished: () => stop.abort('SIGINT') };
    const { report } = await backfill({ stop: stop.signal, observer });
    expect(report.units.published).to.be.within(1, 3);
    expect(report.units.left).to.equal(4 - report.units.published);
    expect((await backfill()).report.units.left).to.equal(0);
  });

  it('bars that were not settled when they were fetched are fetched again', async () => {
    const rest = new FakeRestSource();
    const only = { sources: sourcesOf(undefined, rest), request: { symbols: SymbolSelection.of(['AAPL']) } };
    rest.completeUntilMs = Date.UTC(2026, 0, 7, 15);
    expect((await backfill(only)).report.units).to.deep.include({ published: 1 });
    rest.completeUntilMs = undefined;
    expect((await backfill(only)).report.units).to.deep.include({ before: 0, published: 1 });
    expect((await backfill(only)).report.units).to.deep.include({ before: 1, published: 0 });
    expect(rest.asked).to.deep.equal(['AAPL', 'AAPL']);
  });
});
