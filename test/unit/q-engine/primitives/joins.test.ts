import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine joins', () => {
  const q = () =>
    new QSession().run(
      't:([]s:`a`b`c;d:1 2 3;p:1 2 3)',
      'k:([s:`a`b;d:1 9]p:10 20;z:0N 7)',
      'r:([]s:`a`a`b;d:0 1 5;z:7 8 9)',
    );

  it('lj - takes what the right row has, nulls too; ljf keeps what a null would replace', () => {
    expect(q().literal('(exec p,z from t lj k)`p`z')).to.equal('(10 2 3;0N 0N 0N)');
    expect(q().literal('exec p from ([]s:`a`b;d:1 9;p:5 6) ljf ([s:`a`b;d:1 9]p:0N 7)')).to.equal('5 7');
    expect(q().literal('(t lj k)~t,\\:k')).to.equal('1b');
    expect(q().literal('t~t lj ()')).to.equal('1b');
  });

  it('uj of keyed tables - takes nulls of the right table, ujf keeps what they would replace', () => {
    const session = new QSession().run('x:([a:1 2]b:5 6)', 'y:([a:2 3]b:0N 8)');
    expect(session.literal('(exec b from x uj y;exec b from x ujf y)')).to.equal('(5 0N 8;5 6 8)');
  });

  it('lj and aj - by the name of a table change it', () => {
    expect(q().literal('(`t lj k;t`p)')).to.equal('(`t;1 2 3)');
    expect(q().run('`t lj k').literal('t`p')).to.equal('10 2 3');
    expect(q().run('aj[`s`d;`t;r]').literal('t`z')).to.equal('8 0N 0N');
  });

  it('aj - of columns of other types is a type error, of a missing one its name', () => {
    expect(q().literal('aj[`s`d;t;update d:`float$d from r]')).to.equal("'type");
    expect(q().literal('aj[`s`d;t;update s:1 2 3 from r]')).to.equal("'type");
    expect(q().literal('aj[`s`w;t;r]')).to.equal("'w");
    expect(q().literal('aj[();t;r]')).to.equal("'length");
  });

  it('aj0, ajf - give the time found, and keep what a null would replace', () => {
    expect(q().literal('(aj0[`s`d;t;r])`d')).to.equal('1 2 3');
    expect(q().literal('(aj0[`s`d;update d:4 6 6 from t;r])`d')).to.equal('1 5 6');
    expect(q().literal('(ajf[`s`d;update z:5 from t;update z:0N from r where d=1])`z')).to.equal('5 5 5');
  });

  it('bin - of a keyed table gives keys, null where there is no row', () => {
    const session = new QSession().run('kt:([k:`x`y`z]a:`p`p`q;b:1 3 1)');
    expect(session.literal('(kt bin ([]a:`p`q`r;b:2 5 5))`k')).to.equal('`x`z`');
  });

  it('foreign keys - meta tells the type of the key they point to', () => {
    const session = new QSession().run('f:([x:1 2]y:3 4)', 't:([]a:`f$2 1 2)');
    expect(session.literal('raze (meta t)[`a;`t`f]')).to.contain('`f');
    expect(session.literal('(meta t)[`a;`t]')).to.equal('"j"');
  });

  it('enumerations - an atom beside a plain symbol stays one; Enum Extend keeps an attribute', () => {
    const session = new QSession().run('sym:`a`b');
    expect(session.literal('type each (`sym$`b),`b')).to.equal('-20 -11h');
    expect(session.literal('(`sym$`a`b),`c')).to.equal('`a`b`c');
    expect(session.literal('attr `sym?`g#`c`a`c')).to.equal('`g');
  });

  it('cut - divides a table by rows', () => {
    expect(q().literal('count each 0 2 _ t')).to.equal('2 1');
    expect(q().literal('(0 2 _ t)[1]~([]s:enlist`c;d:3;p:3)')).to.equal('1b');
  });

  it('tables without columns or rows - end in a value or a signal of q', () => {
    const session = q().run('n:delete s from([]s:`a`b)', 'o:([s:0#`]p:0#0)');
    for (const text of [
      'group n',
      'distinct n',
      '() xgroup t',
      'k bin n',
      'asc n',
      'n lj k',
      'o lj n',
      'n?n',
      'n uj n',
      'ej[();n;n]',
    ])
      expect(() => session.literal(text), text).not.to.throw();
  });
});
