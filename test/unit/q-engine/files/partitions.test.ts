import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { textOf } from '../../../../src/q-engine/values/make.ts';
import type { ByteVector } from '../../../../src/q-engine/values/value.ts';
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
