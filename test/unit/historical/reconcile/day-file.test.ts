import { expect } from 'chai';
import { fetchDayFiles } from '../../../../src/historical/reconcile/day-file.ts';
import type { FlatSource } from '../../../../src/historical/sources.ts';
import { dateDaysOf } from '../../../../src/tables/epoch.ts';
import type { Market } from '../../../../src/tables/markets.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';

const TODAY = dateDaysOf('2026-10-08');

/** A store that has the files whose key contains one of these. */
function storeOf(...has: readonly string[]): FlatSource {
  const identity = { etag: '"one"', sizeBytes: 1, lastModifiedMs: 0 };
  return {
    async *list() {},
    fetch: async key => (has.some(part => key.includes(part)) ? { path: key, identity } : undefined),
    remove: async () => {},
    read: () => {
      throw new Error('nothing is read');
    },
  };
}

async function outcome(isoDate: string, store: FlatSource, market: Market = 'stocks'): Promise<unknown> {
  const calendar = new SessionCalendar(market);
  const signal = new AbortController().signal;
  try {
    const files = await fetchDayFiles(store, calendar, dateDaysOf(isoDate), TODAY, signal);
    return files.map(({ key }) => key);
  } catch (error) {
    const { code, exitCode, message } = error as { code: string; exitCode: number; message: string };
    expect(message).to.not.contain('\n');
    return `${code} ${exitCode}`;
  }
}

describe('reconcile - the file of a day', () => {
  it('is the one of its date; futures have one for each exchange that has any', async () => {
    expect(await outcome('2026-10-02', storeOf('us_stocks_sip/minute_aggs_v1'))).to.deep.equal([
      'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
    ]);
    const futures = await outcome('2026-10-02', storeOf('us_futures_cme', 'us_futures_comex'), 'futures');
    expect(futures).to.have.length(2);
  });

  it('may not be published yet, which is told from never', async () => {
    const empty = storeOf();
    expect(await outcome('2026-10-07', empty)).to.equal('RECONCILE_NOT_PUBLISHED 75');
    expect(await outcome('2026-10-08', empty)).to.equal('RECONCILE_NOT_PUBLISHED 75');
    expect(await outcome('2026-10-09', empty)).to.equal('RECONCILE_NOT_PUBLISHED 75');
    expect(await outcome('2026-09-01', empty)).to.equal('RECONCILE_NO_FILE 1');
    // Labor Day, a Sunday, and a day before the first file.
    expect(await outcome('2026-09-07', empty)).to.equal('RECONCILE_NO_FILE 64');
    expect(await outcome('2026-10-04', empty)).to.equal('RECONCILE_NO_FILE 64');
    expect(await outcome('2003-09-09', empty)).to.equal('RECONCILE_NO_FILE 64');
    expect(await outcome('2026-10-04', storeOf('global_crypto'), 'crypto')).to.have.length(1);
  });
});
