import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine reval', () => {
  const q = () => new QSession().run('a:1 2 3').run('.u.w:5').run('t:([]p:1 2)');

  it('reads - globals, its own locals and files below the current directory', () => {
    const session = q();
    session.host.files.set('f.txt', new TextEncoder().encode('one\n'));
    expect(session.literal('reval(value;"sum a")')).to.equal('6');
    expect(session.literal('reval({b:x;b[0]:7;b};a)')).to.equal('7 2 3');
    expect(session.literal('reval(read0;enlist`:f.txt)')).to.equal(',"one"');
  });

  it('globals - stay as they were, also where an amend works in place', () => {
    const session = q().run('a[0]:1');
    expect(session.literal('reval(value;enlist"a:4")')).to.equal("'noupdate: `. `a");
    expect(session.literal('reval(value;enlist"a[0]:9")')).to.equal("'noupdate: `. `a");
    expect(session.literal('reval(value;enlist"a,:9")')).to.equal("'noupdate: `. `a");
    expect(session.literal('reval(value;enlist".u.w:9")')).to.equal("'noupdate: `.u `w");
    expect(session.literal('reval(insert;enlist`t;enlist 3)')).to.equal("'noupdate: `. `t");
    expect(session.literal('reval(value;enlist"delete a from `.")')).to.equal("'noupdate: `. `a");
    expect(session.literal('reval(value;enlist"v::a")')).to.equal("'noupdate: `. `v");
    expect(session.literal('reval(value;enlist"\\\\d .x")')).to.equal("'noupdate");
    expect(session.literal('(a;.u.w;t)')).to.equal('(1 2 3;5;+(,`p)!,1 2)');
  });

  it('files, commands and the process - are out of reach', () => {
    const session = q();
    expect(session.literal('reval(set;enlist`:x;1)')).to.equal("'noupdate");
    expect(session.literal('reval(system;"ls")')).to.equal("'access");
    expect(session.literal('reval(hopen;enlist`:somefile)')).to.equal("'access: somefile");
    expect(session.literal('reval(exit;0)')).to.equal("'access");
    expect(session.host.files.size).to.equal(0);
  });

  it('ends with the evaluation - also with one that fails', () => {
    const session = q();
    session.literal('reval(value;enlist"a:4")');
    expect(session.run('a:5').literal('a')).to.equal('5');
  });
});
