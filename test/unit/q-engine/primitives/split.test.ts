import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine vs', () => {
  it('digits - of nested numbers come by place, of a byte base as bytes', () => {
    holds([
      ['10 vs(7;12 345)', '((0;0 3);(0;1 4);(7;2 5))'],
      ['0x10 vs 255', '0x00000000000000000000000000000f0f'],
      ['0x00 vs 255h', '0x00ff'],
    ]);
  });

  it('bytes - are text where the separator is text', () => {
    holds([
      ['"|"vs`byte$"a|bc"', '(,"a";"bc")'],
      ['` vs`byte$"ab\\r\\ncd\\n"', '("ab";"cd")'],
    ]);
  });
});

describe('q-engine null', () => {
  it('enumerations - never count as null', () => {
    holds([
      ['d:``a;null`d$``a', '00b'],
      ['null([]s:`d$``a;t:``a)', '+`s`t!(00b;10b)'],
    ]);
  });
});
