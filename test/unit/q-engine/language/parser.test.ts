import { expect } from 'chai';
import { splitStatements } from '../../../../src/q-engine/language/script.ts';
import { string } from '../../../../src/q-engine/values/make.ts';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine parser', () => {
  const q = new QSession();

  it('expressions - are read from the right without precedence', () => {
    expect(q.literal('2*3+4')).to.equal('14');
    expect(q.literal('10-5-2')).to.equal('7');
  });

  it('a verb without its right argument - composes what stands left of it', () => {
    q.run('f:count reverse 2#');
    expect(q.literal('f 1 2 3')).to.equal('2');
    expect(q.literal('(1+2*)10')).to.equal('21');
  });

  it('implicit parameters - are not taken from the phrases of a query', () => {
    q.run('u:([]a:1 2 3;b:4 5 6)');
    expect(q.literal('(value {select from u where a=x,b=z})1')).to.equal(',`x');
    expect(q.literal('(value {select from y where a=x})1')).to.equal('`x`y');
  });

  it('assignment - of a keyword is refused', () => {
    expect(q.show('count:3')).to.equal("'assign");
  });

  it('from and by - are names like others outside of a query', () => {
    expect(q.literal('{[from;by]from-by}[9;4]')).to.equal('5');
  });

  it('a global definition - may take the name of a keyword that is written in q, not of a built-in one', () => {
    q.run('view::2');
    expect(q.show('cols::3')).to.equal('');
    expect(q.show('max::3')).to.equal("'assign");
  });

  it('text after a letter and a parenthesis - goes to the handler of that language', () => {
    q.run('.H.e:{(`handled;x)}');
    expect(q.literal('H)any "text"')).to.equal('(`handled;"any \\"text\\"")');
    expect(q.show('J)1')).to.equal("'.J.e");
    expect(q.show('k)#x')).to.equal("'nyi: k)");
  });

  it('locals - are those that are plainly assigned; op-assignment reaches the global', () => {
    q.run('g:10', 'up:{g+:x}', 'own:{g:x;g}');
    q.run('up 5', 'own 99');
    expect(q.literal('g')).to.equal('15');
  });

  it('a nested function - does not see the locals of the outer one', () => {
    expect(q.show('{a:1;{a+x}[2]}[0]')).to.equal("'a");
  });

  it('unknown keywords of q - are nyi by name, never another meaning', () => {
    expect(q.show('dsave[1;2]')).to.match(/^'/);
    expect(q.show('nosuchname 1')).to.equal("'nosuchname");
  });

  it('parse - gives trees that eval evaluates to the same', () => {
    for (const text of [
      '2+3*4',
      '(1;`a;"s")',
      'select sum a by b from u where a>1',
      'exec a from u',
      '{x+y}[1;2]',
    ]) {
      q.engine.setGlobal('s', string(text));
      expect(q.literal('(value s)~eval parse s'), text).to.equal('1b');
    }
  });
});

describe('q-engine scripts', () => {
  it('statements - start in the first column, comments and what follows a lone backslash are left out', () => {
    const text = [
      '/ a comment',
      'a:1',
      'f:{',
      '  x+1',
      '  }',
      '/',
      'not q',
      '\\',
      'b:2',
      '\\',
      'the end',
    ].join('\n');
    expect(splitStatements(text).map(statement => statement.source)).to.deep.equal([
      'a:1',
      'f:{\n  x+1\n  }',
      'b:2',
    ]);
  });

  it('namespace - of a script does not outlive it', () => {
    const q = new QSession();
    q.host.files.set('lib.q', new TextEncoder().encode('\\d .lib\na:42\nget_a:{a}\n'));
    q.run('\\l lib.q');
    expect(q.literal('.lib.get_a[]')).to.equal('42');
    expect(q.show('a')).to.equal("'a");
  });
});
