import { expect } from 'chai';
import {
  dateOfFlatFile,
  flatDatasets,
  flatFileKey,
  flatMonthPrefix,
} from '../../../../src/massive/flat/datasets.ts';
import { dateDaysOf, isoDateOf } from '../../../../src/tables/epoch.ts';

const DATE = dateDaysOf('2026-10-02');

describe('flat datasets - keys', () => {
  it('are those under which Massive files its bars', () => {
    const keys = (['stocks', 'options', 'indices', 'forex', 'crypto'] as const).flatMap(market =>
      (['agg1m', 'agg1d'] as const).flatMap(table =>
        flatDatasets(market, table).map(dataset => flatFileKey(dataset, DATE)),
      ),
    );
    expect(keys).to.deep.equal([
      'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_stocks_sip/day_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_options_opra/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_options_opra/day_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_indices/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_indices/day_aggs_v1/2026/10/2026-10-02.csv.gz',
      'global_forex/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
      'global_forex/day_aggs_v1/2026/10/2026-10-02.csv.gz',
      'global_crypto/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
      'global_crypto/day_aggs_v1/2026/10/2026-10-02.csv.gz',
    ]);
  });

  it('of futures are one for each exchange, their days being sessions', () => {
    expect(flatDatasets('futures', 'agg1m').map(({ prefix }) => prefix)).to.have.members([
      'us_futures_cme/minute_aggs_v1',
      'us_futures_cbot/minute_aggs_v1',
      'us_futures_comex/minute_aggs_v1',
      'us_futures_nymex/minute_aggs_v1',
    ]);
    expect(flatDatasets('futures', 'agg1d').map(({ prefix }) => prefix)).to.include(
      'us_futures_nymex/session_aggs_v1',
    );
  });

  it('do not exist for bars of a second', () => {
    expect(flatDatasets('stocks', 'agg1s')).to.deep.equal([]);
  });

  it('give back their date, and only their own', () => {
    const [dataset] = flatDatasets('stocks', 'agg1m');
    const key = flatFileKey(dataset!, DATE);
    expect(dateOfFlatFile(dataset!, key)).to.equal(DATE);
    expect(key.startsWith(flatMonthPrefix(dataset!, DATE))).to.equal(true);
    for (const wrong of [
      'us_stocks_sip/day_aggs_v1/2026/10/2026-10-02.csv.gz',
      'us_stocks_sip/minute_aggs_v1/2026/09/2026-10-02.csv.gz',
      'us_stocks_sip/minute_aggs_v1/2026/02/2026-02-30.csv.gz',
      'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz.part',
      'us_stocks_sip/minute_aggs_v1/2026/10/',
    ]) {
      expect(dateOfFlatFile(dataset!, wrong), wrong).to.equal(undefined);
    }
  });

  it('begin on the first day that Massive documents', () => {
    expect(isoDateOf(flatDatasets('stocks', 'agg1d')[0]!.firstDate)).to.equal('2003-09-10');
    expect(isoDateOf(flatDatasets('futures', 'agg1m')[0]!.firstDate)).to.equal('2017-04-03');
  });
});
