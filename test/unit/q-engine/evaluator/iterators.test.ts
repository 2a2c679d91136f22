import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine iterators', () => {
  it('a function with one argument left open - is unary to over and scan, whatever it was made of', () => {
    const q = new QSession();
    expect(q.literal('(sum 0 2 3 3@)\\[1]')).to.equal('1 2 3');
    expect(q.literal('@[0 2 3 3;]\\[1]')).to.equal('1 2 3');
    expect(q.literal('(ssr[;"aa";"a"]\\)"aaaaa"')).to.equal('("aaaaa";"aaa";"aa";,"a")');
  });

  it('a list with gaps - is a function of as many items as it has gaps', () => {
    holds([
      ['2(`f;)\\1', '(1;(`f;1);(`f;(`f;1)))'],
      ['(`f;;`g;)[1;2]', '(`f;1;`g;2)'],
      ['(1;;3)each 4 5', '(1 4 3;1 5 3)'],
    ]);
  });

  it('scan of floats - is the linear recurrence', () => {
    holds([
      ['1000f(2 3f)\\1 1f', '2001 6004f'],
      ['1(.5)\\1 2 3', '1.5 2.75 4.375'],
      ['1f(2 3f)\\1 1 1f', "'length"],
    ]);
  });

  it('case - wants lists of one length and dictionaries of the same keys', () => {
    holds([
      ['0 1 0\'["a";"xyz"]', '"aya"'],
      ["0 1'[`a`b!1 2;3 4]", '1 4'],
      ["0 1'[1 2;3 4 5]", "'length"],
      ["0 1'[`a`b!1 2;`b`a!3 4]", "'domain"],
    ]);
  });
});
