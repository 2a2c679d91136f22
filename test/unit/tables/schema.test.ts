import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { type ColumnType, TICKERPLANT_TABLES } from '../../../src/tables/definitions.ts';
import { QSession } from '../../support/q-session.ts';

const SCHEMA = 'schema.q';

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
    session.host.files.set(SCHEMA, readFileSync(new URL(`../../../q/${SCHEMA}`, import.meta.url)));
    session.engine.evaluateText(`\\l ${SCHEMA}`);
    for (const { name, columns } of TICKERPLANT_TABLES) {
      const written = columns.map(column => `${column.name} ${LETTERS[column.type]}`).join(',');
      expect(session.show(`-1 "," sv {string[x]," ",y}'[cols ${name};exec t from meta ${name}];`)).to.equal(
        written,
      );
    }
    expect(TICKERPLANT_TABLES).to.have.length(Number(session.literal('count tables[]')));
  });
});
