import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type ColumnType, TICKERPLANT_TABLES } from '../../../src/tables/definitions.ts';
import { QSession } from '../../support/q-session.ts';

const SCHEMA = new URL('../../../q/schema.q', import.meta.url);

const LETTERS: Readonly<Record<ColumnType, string>> = {
  timespan: 'n',
  timestamp: 'p',
  symbol: 's',
  float: 'f',
  long: 'j',
};

describe('tables - q/schema.q', () => {
  it('has the tables, columns and types of the definitions, in their order', () => {
    const session = new QSession();
    session.run(readFileSync(SCHEMA, 'utf8'));
  });
});
