import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { QError } from '../../../../src/q-engine/values/value.ts';
import { DirectoryHost } from '../../../support/q-directory-host.ts';

describe('files - tables by their names and place', () => {
  let host: DirectoryHost;
  let engine: Engine;

  beforeEach(() => {
    host = new DirectoryHost(mkdtempSync(join(tmpdir(), 'massive-kdb-on-disk-')));
    engine = new Engine(host);
    host.interpreter = engine.interpreter;
  });

  afterEach(() => host.dispose());

  function shown(text: string): string {
    try {
      return host.format(engine.evaluateText(text)).trimEnd();
    } catch (error) {
      if (!(error instanceof QError)) throw error;
      return `'${error.message}`;
    }
  }

  it('a splayed table - only the columns named are there, and only those looked at are read', () => {
    engine.evaluateText('`:db/t/ set ([]sym:`p#1 1 2;price:1 2 3f;size:7 8 9)');
    const read: string[] = [];
    const readFile = host.readFile.bind(host);
    host.readFile = (path, offset, length) => {
      if (length === undefined) read.push(path);
      return readFile(path, offset, length);
    };
    expect(shown('`sym`size!`:db/t/')).to.equal('`sym`size!`:db/t/');
    expect(shown('.Q.s1 flip`sym`size!`:db/t/')).to.equal('"+`sym`size!`:db/t/"');
    expect(shown('exec max size from flip`sym`size!`:db/t/')).to.equal('9');
    expect(read).to.include('db/t/size').and.not.include('db/t/price');
    expect(shown('select price from flip`sym`size!`:db/t/')).to.equal("'price");
    expect(shown('exec nosuch from flip`sym`nosuch!`:db/t/')).to.equal("'nosuch");
  });

  it('a partitioned table - by the name under which it is loaded; meta tells the attributes that are stored', () => {
    engine.evaluateText('t:([]sym:`b`a`b;price:1 5 3f)');
    engine.evaluateText('.Q.dpft[`:db;;`sym;`t]each 2024.01.01 2024.01.02');
    engine.evaluateText('\\l db');
    expect(shown('select from (flip`sym`price!`t) where date=2024.01.02,sym=`b')).to.equal(
      shown('select from t where date=2024.01.02,sym=`b'),
    );
    expect(shown('exec a from meta t')).to.equal('``p`');
  });

  it('what is not there is shown as it was written, and fails when it is queried', () => {
    expect(shown('flip`a`b!`:nosuch/')).to.equal('+`a`b!`:nosuch/');
    expect(shown('select from flip`a`b!`:nosuch/')).to.equal(
      "'nosuch/a. OS reports: No such file or directory",
    );
    expect(shown('flip`a`b!`nosuch')).to.equal('+`a`b!`nosuch');
    expect(shown('exec b from flip`a`b!`nosuch')).to.equal("'nosuch");
  });

  it('\\l of a splayed table - is the table under its name, from the directory where one is', () => {
    engine.evaluateText('`:db/t/ set ([]a:2 1)');
    expect(shown('system"l db/t/"')).to.equal('`t');
    expect(shown('.Q.s1 t')).to.equal('"+(,`a)!`:db/t/"');
    expect(shown('exec a from t')).to.equal('2 1');
  });

  it('the bracket of select - is for tables in memory and splayed ones, not for partitions', () => {
    engine.evaluateText('t:([]sym:`b`a`b;price:1 5 3f)');
    engine.evaluateText('.Q.dpft[`:db;2024.01.01;`sym;`t]');
    engine.evaluateText('\\l db');
    expect(shown('select[2] from t')).to.equal("'nyi");
    expect(shown('select[>price] from t')).to.equal("'nyi");
    expect(shown('count select[2] from select from t')).to.equal('2');
  });
});
