import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { QError } from '../../../../src/q-engine/values/value.ts';
import { MemoryHost } from '../../../support/q-engine-host.ts';

describe('files - text and tables', () => {
  let host: MemoryHost;
  let engine: Engine;

  beforeEach(() => {
    host = new MemoryHost();
    engine = new Engine(host);
  });

  const shown = (text: string): string =>
    host
      .format(engine.evaluateText(text))
      .split('\n')
      .map(line => line.trimEnd())
      .join('\n')
      .trimEnd();
  const literal = (text: string): string => JSON.parse(shown(`-3!${text}`)) as string;
  const file = (path: string): string => Buffer.from(host.files.get(path)!).toString();

  it('a table goes to text and back, with quotes where the text needs them', () => {
    engine.evaluateText('t:([]a:1 0N;b:("x,y";"say \\"hi\\"");c:`p`q;d:2020.01.02 0Nd;f:1.5 0n)');
    engine.evaluateText('`:t.csv 0: csv 0: t');
    expect(file('t.csv')).to.equal('a,b,c,d,f\n1,"x,y",p,2020-01-02,1.5\n,say "hi",q,,\n');
    expect(literal('t~("J*SDF";enlist",")0:`:t.csv')).to.equal('1b');
  });

  it('columns without names, skipped ones, missing fields and line ends of both kinds', () => {
    host.files.set('x', Buffer.from('1,a,2.5\r\n2,b\n3,c,x\n'));
    expect(literal('("J F";",")0:`:x')).to.equal('(1 2 3;2.5 0n 0n)');
    expect(literal('("JS";",")0:"7,z"')).to.equal('(7;`z)');
    expect(literal('("S*";",";1)0:("a,\\"two";"lines\\"";"b,one")')).to.equal('(`a`b;("two\\nlines";"one"))');
  });

  it('fixed widths and keys with values', () => {
    expect(literal('("IS";3 2)0:("001ab";"002cd")')).to.equal('(1 2i;`ab`cd)');
    expect(literal('"S=;"0:"one=1;two=2"')).to.equal('(`one`two;(,"1";,"2"))');
    expect(literal('"J=*,"0:"5=\\"a,b\\",6=1"')).to.equal('(5 6;("a,b";,"1"))');
  });

  it('bytes are written and read in records of either byte order', () => {
    engine.evaluateText('`:b 1: 0x000102ff');
    expect(literal('read1`:b')).to.equal('0x000102ff');
    expect(literal('(enlist"h";enlist 2)1:`:b')).to.equal(',256 -254h');
    expect(literal('(enlist 2;enlist"h")1:`:b')).to.equal(',1 767h');
  });

  it('a splayed table needs enumerated symbols, and .Q.en gives it them', () => {
    engine.evaluateText('t:([]s:`a`b`a;n:1 2 3;w:("x";"";"yz"))');
    expect(() => engine.evaluateText('`:db/t/ set t')).to.throw(QError, 'type');
    expect(host.files.size).to.equal(0);
    engine.evaluateText('t:([]s:`a`b`a;n:1 2 3;w:(enlist"x";"";"yz"))');
    engine.evaluateText('`:db/t/ set .Q.en[`:db] t');
    expect([...host.files.keys()].sort()).to.deep.equal([
      'db/sym',
      'db/t/.d',
      'db/t/n',
      'db/t/s',
      'db/t/w',
      'db/t/w#',
    ]);
    expect(literal('t~update value s from get`:db/t/')).to.equal('1b');
    expect(literal('exec sum n*n from `:db/t/ where s=`a')).to.equal('10');
  });

  it('new symbols are appended to the file, and an older enumeration still reads right', () => {
    engine.evaluateText('`:db/t/ set .Q.en[`:db] ([]s:`a`b)');
    engine.evaluateText('`:db/u/ set .Q.en[`:db] ([]s:`c`a)');
    expect(Buffer.from(host.files.get('db/sym')!).toString('hex')).to.equal('ff010b0002000000610062006300');
    expect(literal('value exec s from get`:db/u/')).to.equal('`c`a');
    expect(literal('get`:db/sym')).to.equal('`a`b`c');
  });

  it('a log is a list that grows at its end and reads as one', () => {
    engine.evaluateText('.[`:log;();:;()]');
    engine.evaluateText('.[`:log;();,;enlist(`upd;`t;1 2)]');
    engine.evaluateText('.[`:log;();,;enlist(`upd;`t;3)]');
    expect(Buffer.from(host.files.get('log')!.subarray(0, 8)).toString('hex')).to.equal('ff01000000000000');
    expect(literal('get`:log')).to.equal('((`upd;`t;1 2);(`upd;`t;3))');
  });

  it('upsert, amend and sort change what is in files', () => {
    engine.evaluateText('`:v set 3 1');
    engine.evaluateText('`:v upsert 2');
    expect(literal('get`:v')).to.equal('3 1 2');
    engine.evaluateText('`:db/t/ set .Q.en[`:db] ([]s:`b`a;n:1 2)');
    engine.evaluateText('`:db/t/ upsert .Q.en[`:db] ([]s:`a`c;n:3 4)');
    engine.evaluateText('`s xasc `:db/t/; @[`:db/t/;`s;`p#]');
    expect(literal('exec n from `:db/t/')).to.equal('2 3 1 4');
    expect(literal('attr exec s from `:db/t/')).to.equal('`p');
  });

  it('a table goes to XML with what would be markup escaped', () => {
    engine.evaluateText('t:([]a:1 0N;s:("<&>";"b ")); save `:t.xml');
    expect(file('t.xml')).to.equal(
      '<R>\n<r><a>1</a><s>&lt;&amp;&gt;</s></r>\n<r><a></a><s>b </s></r>\n</R>\n',
    );
  });

  it('symbols are found in enumerations by what they stand for', () => {
    engine.evaluateText('sym:`c`b`a; x:`sym$`c`b`a');
    expect(literal('(x?`a;x?`sym$`a;x?`z;`c`b`a?`sym$`b;(x!1 2 3)`a)')).to.equal('2 2 3 1 3');
  });

  it('bytes are written compressed', () => {
    engine.evaluateText('(`:z;17;2;9) 1: 100#0x00');
    expect(literal('(count read1`:z;hcount`:z)')).to.equal('100 100');
    expect(host.files.get('z')!.length).to.be.lessThan(100);
  });

  it('a workbook - has the names of the columns and every cell, marks escaped', () => {
    engine.evaluateText('t:([]a:1 2;b:("x<y";"z"))');
    engine.evaluateText('save`t.xls');
    const cell = (kind: string, text: string) => `<Cell><Data ss:Type="${kind}">${text}</Data></Cell>`;
    expect(file('t.xls')).to.include(
      `<Table><Row>${cell('String', 'a')}${cell('String', 'b')}</Row>` +
        `<Row>${cell('Number', '1')}${cell('String', 'x&lt;y')}</Row>`,
    );
    expect(shown('count ss[last .h.edsn`p`q!(t;t);"<Worksheet"]')).to.equal('2');
  });

  it('text is read from a symbol that lacks its colon, and written only to one that has it', () => {
    engine.evaluateText('`:n.csv 0: ("1,a";"2,b")');
    expect(literal('("JS";",")0:`n.csv')).to.equal('(1 2;`a`b)');
    expect(() => engine.evaluateText('`n.csv 0: enlist"x"')).to.throw(QError, 'type');
  });
});
