import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { seededRandom } from '../../../../src/base/random.ts';
import {
  DOWNLOAD_DEFAULTS,
  type DownloadOptions,
  FlatDownloads,
} from '../../../../src/massive/flat/download.ts';
import { FolderStore } from '../../../../src/massive/flat/folder-store.ts';
import { errorXml } from '../../../support/s3-server.ts';
import { errorOf, KEY, type StoreHarness, startStore } from './store-harness.ts';

const random = seededRandom(3);
const BYTES = Buffer.from(Uint8Array.from({ length: 200_000 }, () => random() * 256));
const OTHER_BYTES = BYTES.map(byte => byte ^ 1);

describe('flat downloads', () => {
  let harness: StoreHarness;
  let directory: string;
  beforeEach(async () => {
    harness = await startStore();
    directory = mkdtempSync(join(tmpdir(), 'flat-downloads-'));
    harness.server.put(KEY, BYTES);
  });
  afterEach(async () => {
    await harness.stop();
    rmSync(directory, { recursive: true });
  });

  const downloads = (options: Partial<DownloadOptions> = {}) =>
    new FlatDownloads(harness.store, { ...DOWNLOAD_DEFAULTS, directory, ...options }, harness.parts);
  const fetch = () => downloads().fetch(KEY, harness.signal);
  const gets = () => harness.server.seen.filter(({ method }) => method === 'GET');
  const target = () => join(directory, KEY);
  const expectFetched = async (bytes: Uint8Array) => {
    const file = await fetch();
    expect(file?.path).to.equal(target());
    expect(file?.identity.sizeBytes).to.equal(bytes.length);
    expect(readFileSync(target()).equals(bytes)).to.equal(true);
    expect(readdirSync(dirname(target())).filter(name => name.includes('.part'))).to.deep.equal([]);
  };
  const cutAt = (...bytes: number[]) => {
    harness.server.faults.push(undefined, ...bytes.map(cutAfterBytes => ({ cutAfterBytes })));
  };

  it('gives the file whole, and does not fetch it twice', async () => {
    await expectFetched(BYTES);
    await expectFetched(BYTES);
    expect(gets()).to.have.length(1);
  });

  it('gives nothing where the store has no such file', async () => {
    harness.server.delete(KEY);
    expect(await fetch()).to.equal(undefined);
  });

  it('is fetched anew once the source has replaced it', async () => {
    await expectFetched(BYTES);
    harness.server.put(KEY, OTHER_BYTES);
    await expectFetched(OTHER_BYTES);
  });

  it('goes on after cuts at any byte, asking only for what is missing of the same version', async () => {
    for (let round = 0; round < 20; round++) {
      rmSync(target(), { force: true });
      harness.server.seen.length = 0;
      const cuts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * 40_000));
      cutAt(...cuts);
      await expectFetched(BYTES);
      // What a connection held when it broke may be lost with it: the next goes on at or before the cut.
      let sent = 0;
      let from = 0;
      for (const [index, { range, ifMatch }] of gets().entries()) {
        const first = Number(/^bytes=(\d+)-$/.exec(range ?? 'bytes=0-')?.[1]);
        expect(first, `round ${round}`).to.be.within(from, sent);
        expect(ifMatch).to.match(/^"[0-9a-f]{32}"$/);
        from = first;
        sent = first + (cuts[index] ?? 0);
      }
    }
  });

  it('goes on where an earlier process ended', async () => {
    cutAt(70_000);
    const controller = new AbortController();
    harness.parts.clock.after = () => {
      setImmediate(() => controller.abort(new Error('killed')));
      return { cancel: () => {} };
    };
    expect((await errorOf(downloads().fetch(KEY, controller.signal))).message).to.equal('killed');
    expect(existsSync(target())).to.equal(false);
    const { size } = statSync(`${target()}.part`);
    expect(size).to.be.within(1, 70_000);
    await expectFetched(BYTES);
    expect(gets().at(-1)?.range).to.equal(`bytes=${size}-`);
  });

  it('does not join parts of two versions', async () => {
    cutAt(70_000);
    let asked = 0;
    harness.server.onRequest = ({ method }) => {
      if (method === 'GET' && ++asked === 2) harness.server.put(KEY, OTHER_BYTES);
    };
    await expectFetched(OTHER_BYTES);
    expect(harness.logger.messages('warn').join()).to.contain('replaced while it was fetched');
  });

  it('does not join parts of two versions over two processes, where the store does not know If-Match', async () => {
    harness.server.knowsIfMatch = false;
    cutAt(70_000, ...Array(6).fill(0));
    expect((await errorOf(fetch())).code).to.equal('FLAT_UNAVAILABLE');
    harness.server.put(KEY, OTHER_BYTES);
    await expectFetched(OTHER_BYTES);
  });

  it('ends where the file is replaced again and again', async () => {
    let version = 0;
    harness.server.onRequest = ({ method }) => {
      if (method === 'GET') harness.server.put(KEY, Buffer.from(`version ${version++}`));
    };
    expect((await errorOf(fetch())).message).to.contain('replaced 5 times');
  });

  it('begins again where the store does not know ranges', async () => {
    harness.server.knowsRanges = false;
    cutAt(70_000);
    await expectFetched(BYTES);
  });

  it('gives up after connections that bring nothing, and keeps what is there', async () => {
    cutAt(50_000, ...Array(6).fill(0));
    const error = await errorOf(fetch());
    expect(error.code).to.equal('FLAT_UNAVAILABLE');
    const { size } = statSync(`${target()}.part`);
    expect(size).to.be.within(1, 50_000);
    await expectFetched(BYTES);
    expect(gets().at(-1)?.range).to.equal(`bytes=${size}-`);
  });

  it('refuses a file above the limit before it is fetched', async () => {
    const error = await errorOf(downloads({ maxFileBytes: 1000 }).fetch(KEY, harness.signal));
    expect(error.code).to.equal('FLAT_FILE_SIZE');
    expect(gets()).to.deep.equal([]);
  });

  it('never takes more than the store says that there is', async () => {
    const { head } = harness.store;
    harness.store.head = async (key, signal) => {
      const identity = await head.call(harness.store, key, signal);
      return identity && { ...identity, sizeBytes: 1000 };
    };
    const error = await errorOf(fetch());
    expect(error.code).to.equal('FLAT_ANSWER');
    expect(error.message).to.contain('more than its 1000 bytes');
    expect(existsSync(target())).to.equal(false);
  });

  it('refuses keys that lead elsewhere', async () => {
    harness.server.put('a/../../b', BYTES);
    expect((await errorOf(downloads().fetch('a/../../b', harness.signal))).name).to.equal('RangeError');
  });

  it('ends at a refusal without trying again', async () => {
    harness.server.faults.push(undefined, { status: 403, body: errorXml('AccessDenied') });
    expect((await errorOf(fetch())).code).to.equal('FLAT_NOT_IN_PLAN');
    expect(gets()).to.have.length(1);
  });

  it('says in one line that the disk is full', async function () {
    if (!existsSync('/dev/full')) return this.skip();
    // The part goes to a device that is always full, and is kept as it is: its version is known.
    cutAt(0, 0, 0, 0, 0, 0);
    await errorOf(fetch());
    rmSync(`${target()}.part`);
    symlinkSync('/dev/full', `${target()}.part`);
    const error = await errorOf(fetch());
    expect(error.code).to.equal('FLAT_DISK');
    expect(error.exitCode).to.equal(ExitCode.io);
    expect(error.message).to.match(/^no space is left for .*\.part\. Free some space/);
  });

  it('says which place cannot be written', async () => {
    mkdirSync(`${target()}.part`, { recursive: true });
    const error = await errorOf(fetch());
    expect(error.code).to.equal('FLAT_DISK');
    expect(error.message).to.contain(`${target()}.part`);
  });

  it('removes what it fetched', async () => {
    await expectFetched(BYTES);
    await downloads().remove(KEY);
    expect(readdirSync(dirname(target()))).to.deep.equal([]);
  });

  it('uses a file of a mirror where it is, and never removes it', async () => {
    await expectFetched(BYTES);
    const mirror = new FlatDownloads(
      new FolderStore(directory),
      { ...DOWNLOAD_DEFAULTS, directory: join(directory, 'downloads') },
      harness.parts,
    );
    const file = await mirror.fetch(KEY, harness.signal);
    expect(file).to.deep.include({ path: target() });
    await mirror.remove(KEY);
    expect(existsSync(target())).to.equal(true);
    expect(existsSync(join(directory, 'downloads'))).to.equal(false);
  });
});
