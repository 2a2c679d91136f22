import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine attributes', () => {
  const q = () => new QSession();

  it('general lists - are sorted, unique or grouped; parted is for simple ones', () => {
    expect(
      q().literal('attr each (`s#("ab";"cd");`u#(1;`a);`g#(1 2;`a);asc (3 4;1 2);`#`s#("a";"bc"))'),
    ).to.equal('`s`u`g`s`');
    expect(q().literal('`p#("ab";"cd")')).to.equal("'type");
    expect(q().literal('`s#("cd";"ab")')).to.equal("'s-fail");
    expect(q().literal('`u#("ab";"ab")')).to.equal("'u-fail");
  });

  it('appends - keep s and u while they stay true, g always, p never', () => {
    const kept = (list: string, added: string) => q().run(`v:${list}`, `v,:${added}`).literal('attr v');
    expect(kept('`s#1 2 3', '3 4')).to.equal('`s');
    expect(kept('`s#1 2 3', '2')).to.equal('`');
    expect(kept('`s#`a`c', '`d`b')).to.equal('`');
    expect(kept('`u#1 2 3', '4')).to.equal('`u');
    expect(kept('`u#1 2 3', '5 5')).to.equal('`');
    expect(kept('`u#til 1000', '5')).to.equal('`');
    expect(kept('`g#1 2 3', '1')).to.equal('`g');
    expect(kept('`p#1 1 2', '2')).to.equal('`');
    expect(kept('`s#("ab";"cd")', 'enlist "ce"')).to.equal('`s');
  });

  it('keyed tables - a unique key stays unique however rows come', () => {
    const session = q().run(
      't:`u#([k:til 1000]a:0)',
      '`t upsert (2000;1)',
      '`t upsert (2000;2)',
      '`t insert (3000;3)',
    );
    expect(session.literal('(attr exec k from t;t[2000]`a;t[3000]`a;count t)')).to.equal('(`u;2;3;1002)');
  });

  it('step functions - of one or more keys give the last row not after; nothing is added in place', () => {
    const session = q().run(
      'm:`s#([k:1 3 5]v:`a`b`c)',
      'n:`s#([s:`a`a`b;k:1 3 5]v:`a`b`c)',
      'd:`s#1 3 5!`a`b`c',
    );
    expect(session.literal('(m 4;m ([]k:0 2 6);n(`a;4);n(`b;4);d 0 1 4)')).to.equal(
      '((,`v)!,`b;+(,`v)!,``a`c;(,`v)!,`b;(,`v)!,`;``a`b)',
    );
    for (const text of ['d[7]:`z', 'd,:7 8!`y`z', '`m upsert (7;`z)', '`m insert (7;`z)'])
      expect(session.literal(text), text).to.equal("'step");
    expect(session.literal('(d,7 8!`y`z) 6')).to.equal('`');
  });

  it('s# and asc - mark a list that is in order where it is held, and copy any other', () => {
    const held = (...steps: string[]) =>
      q()
        .run('a:1 2 2', 'b:a', ...steps)
        .literal('attr each (a;b)');
    expect(held('asc b')).to.equal('`s`s');
    expect(held('`s#b')).to.equal('`s`s');
    expect(held('`s#b', '`#a')).to.equal('``');
    expect(held('`p#b')).to.equal('``');
    expect(q().run('a:2 1', 'asc a').literal('(a;attr a)')).to.equal('(2 1;`)');
    expect(q().run('a:1 2 3', 'b:a', 'asc a', 'b,:1').literal('(a;b)')).to.equal('(`s#1 2 3;1 2 3 1)');
  });

  it('s# of a keyed table - marks its keys, not the table', () => {
    expect(q().run('t:([1 2 4]y:7 8 9)', '`s#t').literal('attr each (t;key t)')).to.equal('``s');
  });
});
