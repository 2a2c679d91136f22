import { expect } from 'chai';
import { QError } from '../../../../src/kdb/errors.ts';
import { type MetaColumn, schemaDifference } from '../../../../src/kdb/tickerplant/schema-check.ts';
import { AGGREGATE_TABLES, STATUS_TABLES } from '../../../../src/tables/definitions.ts';

function metaOf(letters: Record<string, string>): MetaColumn[] {
  return Object.entries(letters).map(([name, type]) => ({ name, type }));
}

const FEEDSTAT = { time: 'n', sym: 's', rows: 'j', lag: 'n', spool: 'j', settled: 'p', corrected: 'p' };
const definition = STATUS_TABLES.feedstat;

describe('kdb schema check', () => {
  it('finds nothing where names, order and types are the same', () => {
    expect(schemaDifference(definition, 'kdb-tick', metaOf(FEEDSTAT))).equal(undefined);
    const torq = metaOf({ ...FEEDSTAT, time: 'p' });
    expect(schemaDifference(definition, 'torq', torq)).equal(undefined);
    expect(schemaDifference(definition, 'torq-stp', torq)).equal(undefined);
  });

  it('tells a missing table from one that may not be read', () => {
    expect(schemaDifference(AGGREGATE_TABLES.agg1s, 'kdb-tick', new QError('agg1s'))).equal(
      'table agg1s is missing',
    );
    expect(schemaDifference(AGGREGATE_TABLES.agg1s, 'kdb-tick', new QError('access'))).equal(
      "table agg1s cannot be read ('access)",
    );
  });

  it('names every column that is missing, unknown or of another type', () => {
    const { rows, ...others } = FEEDSTAT;
    const live = metaOf({ ...others, lag: 'j', settled: 'P', count: 'i' });
    expect(schemaDifference(definition, 'kdb-tick', live)).equal(
      'table feedstat: column rows (long) is missing, column lag is long, expected timespan, ' +
        'column settled is lists of timestamp, expected timestamp, column count (int) is unknown',
    );
  });

  it('names the first column that is out of its place', () => {
    const { time, sym, ...others } = FEEDSTAT;
    expect(schemaDifference(definition, 'kdb-tick', metaOf({ sym, time, ...others }))).equal(
      'table feedstat: column 1 is sym, expected time',
    );
  });

  it('says so where the tickerplant is of another convention', () => {
    expect(schemaDifference(definition, 'torq', metaOf(FEEDSTAT))).equal(
      'table feedstat: column time is timespan, expected timestamp',
    );
  });

  it('names a type that it does not know by its letter', () => {
    expect(schemaDifference(definition, 'kdb-tick', metaOf({ ...FEEDSTAT, rows: '?', spool: ' ' }))).equal(
      'table feedstat: column rows is type "?", expected long, column spool is mixed, expected long',
    );
  });
});
