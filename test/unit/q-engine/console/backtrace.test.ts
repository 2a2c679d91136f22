import { expect } from 'chai';
import { backtraceText, framesOf } from '../../../../src/q-engine/console/backtrace.ts';
import { QError } from '../../../../src/q-engine/values/value.ts';
import { QSession } from '../../../support/q-session.ts';

/** The frames of the error that an expression ends in, without the blanks that begin them all. */
function framesAfter(q: QSession, expression: string): string[] {
  try {
    q.run(expression);
  } catch (error) {
    if (!(error instanceof QError)) throw error;
    return backtraceText(framesOf(error.calls ?? []))
      .split('\n')
      .slice(0, -1);
  }
  throw new Error('no error');
}

describe('q-engine backtraces', () => {
  it('caret - stands below the function, name or sign that failed', () => {
    const q = new QSession().run('v:1 2').run('t:([]a:1 2)');
    const caretOf = (expression: string) => framesAfter(q, expression)[1]!.indexOf('^') - '  [0]  '.length;
    expect(caretOf('10+til `a')).to.equal(3);
    expect(caretOf('(1;2)+1 2 3')).to.equal(5);
    expect(caretOf('v[1;2;3]')).to.equal(0);
    expect(caretOf('1+noSuch*2')).to.equal(2);
    expect(caretOf('v[9]:1')).to.equal(4);
    expect(caretOf("til 3;'`stop")).to.equal(6);
    expect(caretOf('count select a,1 2 3 from t')).to.equal(6);
    expect(caretOf('(1;2]')).to.equal(4);
  });

  it('frames - name functions, and those inside of them with @, back to the text', () => {
    const q = new QSession().run('f:{{x+`a}[x]}').run('g:{[n] f n*2}');
    expect(framesAfter(q, 'g 3')).to.deep.equal([
      '  [3]  f@:{x+`a}',
      '            ^',
      '  [2]  f:{{x+`a}[x]}',
      '          ^',
      '  [1]  g:{[n] f n*2}',
      '              ^',
      '  [0]  g 3',
      '       ^',
    ]);
  });

  it('scripts - give the file and line of the text and of the functions', () => {
    const q = new QSession();
    q.host.files.set('s.q', new TextEncoder().encode('a:1\n\nf:{\n  b:x+a;\n  b}\nf`a\n'));
    expect(framesAfter(q, '\\l s.q').slice(0, 6)).to.deep.equal([
      '  [3]  /s.q:3: f:{',
      '  b:x+a;',
      '     ^',
      '  b}',
      '  [2]  /s.q:6: f`a',
      '               ^',
    ]);
  });

  it('an error that was trapped - leaves no trace in the next one', () => {
    const q = new QSession().run('f:{@[{x+`a};x;{x}]; 1+`b}');
    expect(framesAfter(q, 'f 1')[0]).to.equal('  [1]  f:{@[{x+`a};x;{x}]; 1+`b}');
    expect(framesAfter(q, 'f 1')[1]!.indexOf('^')).to.equal('  [1]  f:{@[{x+`a};x;{x}]; 1'.length);
  });

  it('.Q.trp - hands the handler the error and where it happened', () => {
    const q = new QSession().run('f:{x+`a}');
    expect(q.literal('.Q.trp[f;1;{(x;.Q.sbt 2#y)}]')).to.equal(
      '("type";"  [2]  f:{x+`a}\\n           ^\\n  [1]  (.Q.trp)\\n\\n")',
    );
    expect(q.literal('.Q.trpd[{x+y};1 2;{x}]')).to.equal('3');
    expect(q.literal('.Q.trp[f;1;7]')).to.equal('7');
    expect(q.literal('.Q.trp[parse;"1;+1";{last first y}]')).to.equal('2');
  });

  it('.Q.bt - prints what is in progress', () => {
    const q = new QSession().run('f:{.Q.bt[];x}');
    expect(q.show('f 2')).to.equal('  [1]  f:{.Q.bt[];x}\n          ^\n  [0]  f 2\n       ^\n2');
  });

  it('value of a function - names it, its globals, constants and place', () => {
    const q = new QSession();
    q.host.files.set('s.q', new TextEncoder().encode('\n\\d .n\nf:{[a]b:a+7;g::b;h b}\n'));
    q.run('\\l s.q');
    expect(q.literal('1_value .n.f')).to.equal('(,`a;,`b;`n`g`h;7;();".n.f";"/s.q";3;"{[a]b:a+7;g::b;h b}")');
    expect(q.literal('value each(+;neg;get;value)')).to.equal('1 2 19 19');
  });
});
