import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine .Q', () => {
  it('f and fmt - round halves up, -27! as the binary value says', () => {
    holds([
      ['.Q.f[2;.045]', '"0.05"'],
      ['-27!(2i;.045)', '"0.04"'],
      ['.Q.f[1]each -0.04 -1.25 99.96', '("-0.0";"-1.3";"100.0")'],
      ['.Q.f[2;0n]', '""'],
      ['.Q.fmt[8;3]1.5', '"   1.500"'],
      ['.Q.fmt[3;2]1234.5', '"***"'],
    ]);
  });

  it('id - keeps names apart, from keywords and from one another', () => {
    holds([
      ['.Q.id`$"2 x-y"', '`a2xy'],
      ['cols .Q.id(`$("in";"a+";"a*";"a1"))xcol([]1 2;3 4;5 6;7 8)', '`in1`a`a1`a11'],
      ['key .Q.id(`$("b c";"by"))!1 2', '`bc`by'],
    ]);
  });

  it('opt - takes values up to the next name, what precedes the first one is apart', () => {
    holds([
      ['.Q.opt("dir";"-p";"10";"20";"-q")', '`p`q!(("10";"20");())'],
      ['.Q.x', ',"dir"'],
    ]);
  });

  it('ff - adds the columns that are missing, null', () => {
    holds([['.Q.ff[([]a:1 2);([]a:1;b:1#`x;c:1f)]', '+`a`b`c!(1 2;``;0n 0n)']]);
  });
});
