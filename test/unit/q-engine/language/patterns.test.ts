import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine patterns', () => {
  it('assignment - sets nothing unless all fits', () => {
    holds([
      ['a:0;(a;2):1 3', "'match"],
      ['a', '0'],
      ['(a;b;):1 2 3;a,b', '1 2'],
      ['(a;b):1 2 3', "'length"],
      ['([x:;y:a]):`x`y`z!7 8 9;a', '8'],
      ['([k:a]v:b):([k:1 2]v:3 4);a,b', '1 2 3 4'],
      ['(flip([p;q])):([]p:1 2;q:3 4);p+q', '4 6'],
      ['(a!b):`x`y!5 6;b', '5 6'],
    ]);
  });

  it('types and functions - check and change what they stand at, the value with the changes is the result', () => {
    holds([
      ['(a:`j):2f', "'type"],
      ['((a;b):`J):4 5;a', '4'],
      ['r:(a;b:10*):1 2;r,b', '1 20 20'],
      ['f:{[x:{$[x<0;\'"low";x]};(p;q);]x+p*q};f[1;2 3;`any]', '7'],
      ['f[-1;2 3;`any]', "'low"],
      ['f[1;2;`any]', "'type"],
    ]);
  });

  it('cases - give the result of the first pattern that fits', () => {
    holds([
      ['kind:{:[x;(a;b);a+b;n:`j;neg n;`other]};kind 1 2', '3'],
      ['kind 5', '-5'],
      ['kind 5f', '`other'],
      [':[1;2;`two]', "'rank"],
    ]);
  });
});
