import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine internal functions', () => {
  const literal = (text: string, ...before: string[]) => new QSession().run(...before).literal(text);

  it('tokens - are the whole text in pieces, blanks between them too', () => {
    const text = '"f[`a;\\"x y\\"] + 1 2  _ b_c / why"';
    expect(literal(`-4!${text}`)).to.equal(
      '(,"f";,"[";"`a";,";";"\\"x y\\"";,"]";," ";,"+";," ";"1 2";"  ";,"_";," ";"b_c";" / why")',
    );
    expect(literal(`${text}~raze -4!${text}`)).to.equal('1b');
    expect(literal('-4!`a')).to.equal("'type");
  });

  it('gzip - gives back what it packed, as text or bytes, and refuses what is not packed', () => {
    expect(literal('x~.Q.gz .Q.gz(6;x)', 'x:raze 100#enlist"abcabc"')).to.equal('1b');
    expect(literal('x~.Q.gz .Q.gz(1;x)', 'x:0x00ff00ff')).to.equal('1b');
    expect(literal('(.Q.gz[];.Q.gz"not packed")')).to.equal("'domain");
    expect(literal('.Q.gz(0;"abc")')).to.equal("'domain");
  });

  it('references - count the globals that hold the value itself, not those with an equal one', () => {
    expect(literal('-16!a', 'a:b:1 2 3', 'c:1 2 3', 'd:a')).to.equal('3');
    expect(literal("-120!'(1 2 3;.m.x:1 2 3)")).to.equal('0 1');
  });

  it('timing - answers with the result', () => {
    expect(literal('.Q.ts[{x+y};2 3]')).to.equal('(0 0;5)');
  });
});
