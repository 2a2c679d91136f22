import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { textOf } from '../../../../src/q-engine/values/make.ts';
import { type ByteVector, QError } from '../../../../src/q-engine/values/value.ts';
import { DirectoryHost } from '../../../support/q-directory-host.ts';

describe('files - partitioned tables', () => {
  let host: DirectoryHost;
  let engine: Engine;
  let read: string[];

  beforeEach(() => {
    host = new DirectoryHost(mkdtempSync(join(tmpdir(), 'massive-kdb-partitions-')));
    engine = new Engine(host);
    host.interpreter = engine.interpreter;
    engine.evaluateText('t:([]sym:`b`a`b;price:1 5 3f;size:10 20 30)');
    engine.evaluateText(
      '.Q.dpft[`:db;2024.01.01;`sym;`t]; t:update price:2*price from 2#t; .Q.dpft[`:db;2024.01.02;`sym;`t]',
    );
    engine.evaluateText('\\l db');
    read = [];
    const readFile = host.readFile.bind(host);
    host.readFile = (path, offset, length) => {
      if (length === undefined) read.push(path);
      return readFile(path, offset, length);
    };
  });

  afterEach(() => host.dispose());

  const literal = (text: string): string => textOf(engine.evaluateText(`-3!${text}`) as ByteVector);

  it('a query reads the columns that it names of the partitions that it asks for, no others', () => {
    expect(literal('exec sum size from t where date=2024.01.02,sym=`a')).to.equal('20');
    expect(read.filter(path => !path.endsWith('.d')).sort()).to.deep.equal([
      './2024.01.02/t/size',
      './2024.01.02/t/sym',
    ]);
  });

  it('conditions and row numbers are for each partition by itself', () => {
    expect(literal('exec price from t where price=max price')).to.equal('5 10f');
    expect(literal('exec i from t')).to.equal('0 1 2 0 1');
    expect(literal('exec i from t where price>1')).to.equal('0 2 0 1');
    expect(literal('exec price from t where date within 2024.01.01 2024.01.02,i=1')).to.equal('1 2f');
    expect(literal('exec i from select from t')).to.equal('0 1 2 3 4');
    expect(literal('exec sum price by date from t where sym=`b')).to.equal('(`s#2024.01.01 2024.01.02)!4 2f');
    expect(literal('cols select from t where date=1999.01.01')).to.equal('`date`sym`price`size');
  });
});

describe('files - databases', () => {
  let host: DirectoryHost;
  let engine: Engine;

  beforeEach(() => {
    host = new DirectoryHost(mkdtempSync(join(tmpdir(), 'massive-kdb-database-')));
    engine = new Engine(host);
    host.interpreter = engine.interpreter;
  });

  afterEach(() => host.dispose());

  const literal = (text: string): string => textOf(engine.evaluateText(`-3!${text}`) as ByteVector);

  it('a segmented database says which partitions its segments hold', () => {
    engine.evaluateText('`:db/par.txt 0: ("one";"two")');
    engine.evaluateText('t:([]a:1 2); {.Q.dpt[`:db;x;`t]} each 2024.01.01 2024.01.02 2024.01.03');
    engine.evaluateText('\\l db');
    expect(literal('.Q.P!.Q.D')).to.equal('`:./one`:./two!(2024.01.01 2024.01.03;,2024.01.02)');
    expect(literal('(.Q.u;count t)')).to.equal('(1b;6)');
  });

  it('counts of partitions are known once asked for, and forgotten with a view', () => {
    engine.evaluateText('t:([]a:1 2 3); .Q.dpt[`:db;2024.01.01;`t]; .Q.dpt[`:db;2024.01.02;`t]');
    engine.evaluateText('\\l db');
    expect(literal('.Q.pn')).to.equal('(`s#,`t)!,()');
    expect(literal('.Q.cn t')).to.equal('3 3');
    expect(literal('.Q.pn`t')).to.equal('3 3');
    engine.evaluateText('.Q.view 1#date');
    expect(literal('(.Q.cn t;.Q.pn`t)')).to.equal('(,3;())');
  });

  it('a table that partitions lack is empty there once .Q.bv was asked, and .Q.chk makes it so on disk', () => {
    engine.evaluateText(
      't:([]s:`a`b); .Q.dpt[`:db;2024.01.01;`t]; u:t; {.Q.dpt[`:db;2024.01.02;x]} each`t`u',
    );
    engine.evaluateText('\\l db');
    expect(() => engine.evaluateText('select from u')).to.throw(QError);
    engine.evaluateText('.Q.bv[]');
    expect(literal('exec date from u')).to.equal('2024.01.02 2024.01.02');
    expect(literal('.Q.vp')).to.equal('(,`u)!,+`date`s!(`date$();`sym$())');
    expect(literal('.Q.chk`:.')).to.equal('(();,`:./2024.01.01)');
    engine.evaluateText('\\l .');
    expect(literal('exec count i by date from u')).to.equal('(`s#,2024.01.02)!,2');
  });

  it('tables on disk are shown as where they are', () => {
    engine.evaluateText('`:db/s/ set ([]a:1 2); t:([]a:1 2); .Q.dpt[`:db;2024.01.01;`t]');
    engine.evaluateText('\\l db');
    expect(literal('(s;t)')).to.equal('(+(,`a)!`:./s/;+(,`a)!`t)');
  });

  it('dsave enumerates, parts the first column and writes below a partition', () => {
    engine.evaluateText('t:([]s:`a`a`b;n:1 2 3); `:db`2024.01.01 dsave `t');
    engine.evaluateText('\\l db');
    expect(literal('exec attr s from t')).to.equal('`p');
    expect(literal('sym')).to.equal('`a`b');
  });

  it('a file goes through a function in whole lines, however small the chunks', () => {
    engine.evaluateText(
      'lines:("one";"";"three";"a line that is longer than a chunk";"end"); `:f.txt 0: lines; seen:()',
    );
    expect(literal('.Q.fsn[{seen,:x};`:f.txt;6]')).to.equal('50');
    expect(literal('seen~lines')).to.equal('1b');
  });

  it('a link counts the rows of a table, also on disk', () => {
    engine.evaluateText('t:([]k:`a`b;v:1.5 2.5); u:([]l:`t!1 0 1); `:db/u/ set u');
    expect(literal('exec l.v from u where l.v>2')).to.equal('2.5 2.5');
    expect(literal('exec l from `:db/u/')).to.equal('`t!1 0 1');
    expect(literal('value meta u')).to.contain('"j"');
  });
});
