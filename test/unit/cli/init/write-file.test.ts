import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { requireFree, writeWhole } from '../../../../src/cli/init/write-file.ts';

describe('init - writing the file', () => {
  let directory: string;
  let file: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-init-'));
    file = join(directory, 'massive-kdb.yaml');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('a file that is there is never replaced without being told to, even one that came meanwhile', () => {
    requireFree(file, false);
    writeFileSync(file, 'mine');
    expect(() => requireFree(file, false)).to.throw(/is there already\. Give --force/);
    expect(() => writeWhole(file, 'new', false)).to.throw(/is there already/);
    expect(readFileSync(file, 'utf8')).to.equal('mine');
    requireFree(file, true);
    writeWhole(file, 'new', true);
    expect(readFileSync(file, 'utf8')).to.equal('new');
    expect(readdirSync(directory)).to.deep.equal(['massive-kdb.yaml']);
  });

  it('a directory in its place is refused, and one that is missing leaves nothing behind', () => {
    mkdirSync(file);
    expect(() => requireFree(file, true)).to.throw(/is a directory/);
    expect(() => writeWhole(join(directory, 'missing', 'a.yaml'), 'new', false)).to.throw(/ENOENT/);
    expect(readdirSync(directory)).to.deep.equal(['massive-kdb.yaml']);
  });
});
