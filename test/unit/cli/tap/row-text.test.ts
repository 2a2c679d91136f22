import { expect } from 'chai';
import { RowText } from '../../../../src/cli/tap/row-text.ts';

const row = {
  ...{ table: 'agg1s', time: '10:00:00.000', sym: 'AAPL', open: 1.5, high: 2, low: 1, close: 1.25 },
  ...{ volume: 1_000, vwap: null, trades: 12, mkt: 'stocks' },
};

describe('massive-kdb tap - rows as text', () => {
  it('stand under their heads, also where a value is wider than usual', () => {
    const text = new RowText(Number.POSITIVE_INFINITY);
    const lines = [
      text.head(),
      text.line(row),
      text.line({ ...row, sym: 'O:SPY261218C00650000' }),
      text.line({ ...row, sym: 'A\x1b[2J', close: 712_345.678901 }),
    ];
    expect(lines).to.deep.equal([
      'time          table  sym             open        high         low       close      volume        vwap  trades',
      '10:00:00.000  agg1s  AAPL             1.5           2           1        1.25        1000                  12',
      '10:00:00.000  agg1s  O:SPY261218C00650000         1.5           2           1        1.25        1000                  12',
      '10:00:00.000  agg1s  A\\x1b[2J                     1.5           2           1  712345.6789        1000                  12',
    ]);
  });

  it('leave out the last columns on a terminal that has no room for them', () => {
    const text = new RowText(80);
    expect(text.line(row)).to.equal(
      '10:00:00.000  agg1s  AAPL             1.5           2           1        1.25',
    );
  });
});
