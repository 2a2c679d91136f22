import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine application', () => {
  const q = new QSession();

  it('projection - waits for the arguments left out', () => {
    q.run('f:{[a;b;c]a+10*b+10*c}');
    expect(q.literal('f[1;;3] 2')).to.equal('321');
    expect(q.literal('f[;2][1;3]')).to.equal('321');
    expect(q.show('f[1;2;3;4]')).to.equal("'rank");
  });

  it("trap - gives the handler q's own error text", () => {
    expect(q.literal('@[{1+x};`a;{x}]')).to.equal('"type"');
    expect(q.literal('.[{x+y};(1 2;1 2 3);{x}]')).to.equal('"length"');
    expect(q.literal('@[value;"nothere+1";{x}]')).to.equal('"nothere"');
    expect(q.literal('@[{\'"own text"};0;::]')).to.equal('"own text"');
  });

  it('return - leaves the function from within control words', () => {
    expect(q.literal('{if[x>3;:`big];`small} each 1 5')).to.equal('`small`big');
    expect(q.literal('{while[1b;x+:1;if[x>10;:x]]} 0')).to.equal('11');
  });

  it('iterators - each, left, right, prior, over, scan, converge, do, while', () => {
    expect(q.literal('1 2 3+/:\\:10 20')).to.equal('(11 21;12 22;13 23)');
    expect(q.literal("{x,y}'[1 2;3 4]")).to.equal('(1 3;2 4)');
    expect(q.literal("-':[1 4 9]")).to.equal('1 3 5');
    expect(q.literal('{x+y}/[10;1 2 3]')).to.equal('16');
    expect(q.literal('{x*y}\\[1 2 3 4]')).to.equal('1 2 6 24');
    expect(q.literal('{floor x%2}/[100]')).to.equal('0');
    expect(q.literal('3{2*x}/1')).to.equal('8');
    expect(q.literal('{x<50}{2*x}\\3')).to.equal('3 6 12 24 48 96');
  });

  it('a command - ends before a remark', () => {
    expect(new QSession().run('\\d .a  / its context', 'b:1').literal('key`.a')).to.equal('``b');
  });

  it("deep recursion - is q's stack error, and the session goes on", () => {
    expect(q.show('{.z.s x+1} 0')).to.equal("'stack");
    expect(q.literal('1+1')).to.equal('2');
  });
});

describe('q-engine amend', () => {
  it('assignment - copies: a second name keeps the old value', () => {
    const q = new QSession().run(
      'a:1 2 3',
      'b:a',
      'a[1]:20',
      'd:`x`y!(1 2;3 4)',
      'e:d',
      'd[`x;1]:9',
      'd[`z]:5 6',
    );
    expect(q.literal('(a;b)')).to.equal('(1 20 3;1 2 3)');
    expect(q.literal('(d;e)')).to.equal('(`x`y`z!(1 9;3 4;5 6);`x`y!(1 2;3 4))');
  });

  it('a vector - refuses values of another type, an index outside is an error', () => {
    const q = new QSession().run('a:1 2 3');
    expect(q.show('a[0]:1.5')).to.equal("'type");
    expect(q.show('a[3]:1')).to.equal("'length");
    expect(q.show('a,:"x"')).to.equal("'type");
    expect(q.literal('a')).to.equal('1 2 3');
  });

  it('functional forms - amend globals by name at depth and repeat for repeated indices', () => {
    const q = new QSession().run(
      'w:`a`b!(();())',
      '.[`w;enlist`a;,;enlist(1i;`)]',
      'v:0 0 0',
      '@[`v;0 0 2;+;1 1 5]',
    );
    expect(q.literal('w')).to.equal('`a`b!(,(1i;`);())');
    expect(q.literal('v')).to.equal('2 0 5');
    expect(q.literal('@[1 2 3;1;neg]')).to.equal('1 -2 3');
    expect(q.literal('.[(1 2;3 4);(1;0);:;9]')).to.equal('(1 2;9 4)');
  });
});

describe('q-engine pattern assignment', () => {
  it('takes values apart and checks constants', () => {
    const q = new QSession().run('(b;(c;)):(1;2 3)', 'f:{(p;q):x;p+q}');
    expect(q.literal('(b;c;f 3 4)')).to.equal('1 2 7');
    expect(q.show('(1):2')).to.equal("'match");
    expect(q.show('(b;c):1 2 3')).to.equal("'length");
    expect(q.show('p')).to.equal("'p");
  });
});
