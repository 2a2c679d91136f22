import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine views', () => {
  it('definition - evaluates nothing, and use evaluates once', () => {
    const q = new QSession().run('n:0').run('f:{n+:1;x}').run('v::f a').run('a:3');
    expect(q.literal('n')).to.equal('0');
    expect(q.literal('v')).to.equal('3');
    expect(q.literal('v+n')).to.equal('4');
  });

  it('change - of a global, or of a view that it reads, makes a view pending', () => {
    const q = new QSession().run('a:1 2').run('v::sum a').run('w::v*10');
    expect(q.literal('w')).to.equal('30');
    q.run('a,:3');
    expect(q.literal('system"B"')).to.equal('`v`w');
    expect(q.literal('w')).to.equal('60');
    q.run('t:([]p:1 2)').run('u::exec sum p from t');
    expect(q.literal('u')).to.equal('3');
    q.run('`t insert enlist 4');
    expect(q.literal('u')).to.equal('7');
  });

  it('what can be asked - text, parse tree, dependencies, names', () => {
    const q = new QSession().run('v::a+b*2     / twice').run('u::v;select from t where c in a');
    expect(q.literal('view`v')).to.equal('"a+b*2"');
    expect(q.literal('value`. `v')).to.equal('(::;(+;`a;(*;`b;2));`a`b;"a+b*2")');
    expect(q.literal('(value`. `u)2')).to.equal('`v`t');
    expect(q.literal('views[]')).to.equal('`s#`u`v');
    expect(q.literal('.z.b')).to.equal('`a`b`v`t!(,`v;,`v;,`u;,`u)');
    expect(q.literal('tables[]')).to.equal('`symbol$()');
  });

  it('itself - a view has its last result in its own expression, or signals loop', () => {
    const q = new QSession().run('v::$[first b;1;v+1]').run('b:0b');
    expect(q.literal('v')).to.equal("'loop");
    q.run('b:1b');
    expect(q.literal('v')).to.equal('1');
    q.run('b:0b');
    expect(q.literal('v')).to.equal('2');
    expect(q.run('x1::x2').run('x2::x1').literal('x1')).to.equal("'loop");
  });

  it('assignment - in a function sets a global, which is a view no longer', () => {
    const q = new QSession().run('a:2').run('v::a+1').run('{v::x}10');
    q.run('a:5');
    expect(q.literal('v')).to.equal('10');
    expect(q.literal('views[]')).to.equal('`s#`symbol$()');
  });

  it('namespaces - a view reads the globals of the namespace it was defined in', () => {
    const q = new QSession().run('\\d .n').run('k:4').run('m::k+1').run('\\d .');
    expect(q.literal('.n.m')).to.equal('5');
    expect(q.run('.n.k:7').literal('.n.m')).to.equal('8');
    expect(q.literal('system"b .n"')).to.equal('`s#,`m');
  });

  it('dots - do not reach into a view', () => {
    expect(new QSession().run('a:2020.01.02').run('v::a').literal('v.year')).to.equal("'nyi");
  });
});
