import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { FolderStore } from '../../../../src/massive/flat/folder-store.ts';

const KEYS = [
  'us_stocks_sip/day_aggs_v1/2026/09/2026-09-30.csv.gz',
  'us_stocks_sip/day_aggs_v1/2026/10/2026-10-01.csv.gz',
  'us_stocks_sip/day_aggs_v1/2026/10/2026-10-02.csv.gz',
  'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz',
  'us_stocks_sip_old/note.txt',
];
const signal = new AbortController().signal;

describe('folder store', () => {
  let folder: string;
  let store: FolderStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flat-folder-'));
    store = new FolderStore(folder);
    for (const key of KEYS) {
      mkdirSync(dirname(join(folder, key)), { recursive: true });
      writeFileSync(join(folder, key), key);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const list = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix, signal)) keys.push(key);
    return keys;
  };

  it('lists as a bucket does: by what keys begin with, in their order', async () => {
    expect(await list('')).to.deep.equal(KEYS);
    expect(await list('us_stocks_sip')).to.deep.equal(KEYS);
    expect(await list('us_stocks_sip/')).to.deep.equal(KEYS.slice(0, 4));
    expect(await list('us_stocks_sip/day_aggs_v1/2026/10/')).to.deep.equal(KEYS.slice(1, 3));
    expect(await list('us_stocks_sip/day_aggs_v1/2026/10/2026-10-01')).to.deep.equal([KEYS[1]]);
    expect(await list('global_forex/')).to.deep.equal([]);
  });

  it('follows links, as mirrors on several disks have them', async () => {
    symlinkSync(join(folder, 'us_stocks_sip/day_aggs_v1'), join(folder, 'us_stocks_sip/linked'));
    expect(await list('us_stocks_sip/linked/2026/09/')).to.have.length(1);
  });

  it('gives the identity that it lists, and another once the file is replaced', async () => {
    for await (const { key, ...identity } of store.list(KEYS[0]!, signal)) {
      expect(await store.head(key)).to.deep.equal(identity);
    }
    const before = await store.head(KEYS[0]!);
    utimesSync(join(folder, KEYS[0]!), 1, 1);
    const after = await store.head(KEYS[0]!);
    expect(after?.etag).not.to.equal(before?.etag);
    expect((await store.get(KEYS[0]!, { ifMatch: before!.etag, signal })).kind).to.equal('changed');
  });

  it('gives the bytes from where they are wanted', async () => {
    const result = await store.get(KEYS[0]!, { from: 14, signal });
    if (result.kind !== 'body') throw new Error(result.kind);
    let text = '';
    for await (const chunk of result.body) text += Buffer.from(chunk).toString();
    expect(text).to.equal(KEYS[0]!.slice(14));
  });

  it('has no file where there is none, or a folder', async () => {
    expect(await store.head('us_stocks_sip/nothing')).to.equal(undefined);
    expect(await store.head('us_stocks_sip/day_aggs_v1')).to.equal(undefined);
    expect((await store.get('us_stocks_sip/nothing', { signal })).kind).to.equal('missing');
  });

  it('is an error where the folder itself is not there', async () => {
    store = new FolderStore(join(folder, 'elsewhere'));
    let message = '';
    await list('').catch(error => (message = error.message));
    expect(message).to.contain('elsewhere').and.to.contain('ENOENT');
  });
});
