import { expect } from 'chai';
import fc from 'fast-check';
import { convertColumns } from '../../../../src/kdb/tables/convert-columns.ts';
import { encodeColumns } from '../../../../src/kdb/tables/encode-columns.ts';
import { CONVENTIONS } from '../../../../src/tables/conventions.ts';
import { TICKERPLANT_TABLES } from '../../../../src/tables/definitions.ts';
import { type Row, rowsOf } from './rows.ts';

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const name = fc.constantFrom('', 'A', 'BRK.B', 'O:SPY251219C00650000', 'é');

/** Values for the columns of every table; what is left out is null. */
const row: fc.Arbitrary<Row> = fc.record(
  { time: int64, start: int64, begin: int64, open: fc.double(), sym: name, mkt: name, channel: name },
  { requiredKeys: [] },
);

describe('kdb columns - another convention', () => {
  it('has the bytes that the rows would have been encoded to for it, for any rows of every table', () => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 20 }),
        fc.constantFrom(...TICKERPLANT_TABLES),
        fc.integer({ min: -10_000, max: 20_000 }),
        fc.constantFrom(...CONVENTIONS),
        (rows, definition, tradingDate, convention) => {
          const table = rowsOf(definition, rows, tradingDate);
          const all = { begin: 0, end: rows.length };
          const batch = {
            tradingDate,
            rowCount: rows.length,
            columns: encodeColumns(table, all, 'kdb-tick'),
          };
          const converted = Buffer.concat(convertColumns(batch, definition, convention));
          expect(converted.toString('hex')).equal(
            Buffer.from(encodeColumns(table, all, convention)).toString('hex'),
          );
        },
      ),
    );
  });
});
