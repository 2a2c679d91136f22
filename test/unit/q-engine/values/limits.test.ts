import { expect } from 'chai';
import { withTimeLimit } from '../../../../src/q-engine/values/limits.ts';
import { QSession } from '../../../support/q-session.ts';

const LIMIT_MS = 20;
/** Of what takes no time, on a machine that does something else meanwhile. */
const AMPLE_MS = 60_000;

describe('q-engine limits', () => {
  function limited(expression: string, q = new QSession(), limitMs = LIMIT_MS): string {
    return withTimeLimit(limitMs, () => q.show(expression));
  }

  it('time - ends loops, recursion and iteration in stop', () => {
    expect(limited('while[1b;1]')).to.equal("'stop");
    expect(limited('{x+1}/[0W;0]')).to.equal("'stop");
    expect(limited('{x+y}/[til 10000000]')).to.equal("'stop");
  });

  it('time - counts within a single primitive, too', () => {
    expect(limited('0^0Wh (,:)\\ ((1 2);(3 4))')).to.equal("'stop");
    expect(limited('til[3000]+/:\\:til 3000')).to.equal("'stop");
    expect(limited('(1000 1000#1f)mmu 1000 1000#1f')).to.equal("'stop");
  });

  it('time - counts for values whose parts are shared so often that no walk through them ends', () => {
    const q = new QSession().run('a:{(x;x)}/[50;1]', 'b:{(x;x)}/[50;1]');
    for (const expression of [
      'a~b',
      'a+b',
      'neg a',
      '-3!a',
      'string a',
      '.j.j a',
      'a?b',
      '`float$a',
      'null a',
    ])
      expect(limited(expression, q), expression).to.equal("'stop");
  });

  it('time - no trap outlives it', () => {
    expect(limited('while[1b;@[{while[1b;x]};1;{}]]')).to.equal("'stop");
  });

  it('time - the next evaluation has its own', () => {
    expect(limited('while[1b;1]')).to.equal("'stop");
    expect(limited('1+1', new QSession(), AMPLE_MS)).to.equal('2');
  });

  it('memory - more items than fit are wsfull before any is made', () => {
    for (const expression of [
      'til 10000000000',
      '10000000000#0',
      'key 10000000000',
      'raze 100000#enlist til 100000',
    ])
      expect(limited(expression, new QSession(), AMPLE_MS), expression).to.equal("'wsfull");
  });
});
