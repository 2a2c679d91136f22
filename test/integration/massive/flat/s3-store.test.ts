import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { ConnectProxy } from '../../../support/connect-proxy.ts';
import { ACCESS_KEY_ID, errorXml, SECRET_ACCESS_KEY } from '../../../support/s3-server.ts';
import { bytesOf, errorOf, KEY, type StoreHarness, startStore } from './store-harness.ts';

const BYTES = Buffer.from('0123456789');

describe('s3 store', () => {
  let harness: StoreHarness;
  beforeEach(async () => {
    harness = await startStore();
    harness.server.put(KEY, BYTES);
  });
  afterEach(() => harness.stop());

  const list = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of harness.store.list(prefix, harness.signal)) keys.push(key);
    return keys;
  };
  const head = (store = harness.store) => store.head(KEY, harness.signal);
  const get = (options: { from?: number; ifMatch?: string } = {}) =>
    harness.store.get(KEY, { ...options, signal: harness.signal });

  describe('listing', () => {
    it('goes through every page, in order', async () => {
      const keys = Array.from(
        { length: 25 },
        (_, i) => `global_crypto/day/${String(i).padStart(2, '0')}.csv.gz`,
      );
      for (const key of keys) harness.server.put(key, BYTES);
      for (const pageSize of [1, 7, 25, 1000]) {
        harness.server.pageSize = pageSize;
        expect(await list('global_crypto/'), String(pageSize)).to.deep.equal(keys);
      }
      expect(await list('global_forex/')).to.deep.equal([]);
    });

    it('gives the identity that head gives, fractions of a second apart', async () => {
      harness.server.put(KEY, BYTES, new Date('2026-10-03T15:04:05.678Z'));
      for await (const { key, ...identity } of harness.store.list(KEY, harness.signal)) {
        expect(identity).to.deep.equal(await head());
      }
    });

    it('that repeats a page ends in an error, not in a loop', async () => {
      const page =
        '<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken></ListBucketResult>';
      harness.server.faults.push({ status: 200, body: page }, { status: 200, body: page });
      expect((await errorOf(list(''))).code).to.equal('FLAT_ANSWER');
    });

    it('that is no listing is said to be none', async () => {
      for (const body of [
        '<html></html>',
        '{}',
        '',
        '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>',
        '<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>',
      ]) {
        harness.server.faults.push({ status: 200, body });
        expect((await errorOf(list(''))).code, body).to.equal('FLAT_ANSWER');
      }
    });
  });

  describe('get', () => {
    it('gives the whole file, or what follows a byte', async () => {
      for (const from of [0, 1, 9]) {
        const result = await get({ from });
        if (result.kind !== 'body') throw new Error(result.kind);
        expect(result.fromByte).to.equal(from);
        expect(result.identity).to.deep.equal(await head());
        expect((await bytesOf(result.body)).toString()).to.equal('0123456789'.slice(from));
      }
    });

    it('says that a file was replaced, even by a store that does not know If-Match', async () => {
      const { etag } = (await head())!;
      harness.server.put(KEY, Buffer.from('another version'));
      expect((await get({ ifMatch: etag })).kind).to.equal('changed');
      harness.server.knowsIfMatch = false;
      expect((await get({ ifMatch: etag })).kind).to.equal('changed');
      expect((await get({ from: 100 })).kind).to.equal('changed');
    });

    it('begins at the first byte where the store does not know ranges', async () => {
      harness.server.knowsRanges = false;
      const result = await get({ from: 5 });
      if (result.kind !== 'body') throw new Error(result.kind);
      expect(result.fromByte).to.equal(0);
      expect(await bytesOf(result.body)).to.deep.equal(BYTES);
    });
  });

  it('says so where the store does not tell which version it has, or sends another part', async () => {
    const lastModified = 'Sat, 03 Oct 2026 15:04:05 GMT';
    const incomplete: Record<string, string>[] = [
      { 'last-modified': lastModified },
      { etag: '"a"' },
      { etag: '"a"', 'last-modified': 'lately' },
    ];
    for (const headers of incomplete) {
      harness.server.faults.push({ status: 200, headers, body: 'x' });
      expect((await errorOf(head())).code).to.equal('FLAT_ANSWER');
    }
    const part = { etag: '"a"', 'last-modified': lastModified, 'content-range': 'bytes 4-9/10' };
    harness.server.faults.push({ status: 206, headers: part, body: '456789' });
    expect((await errorOf(get({ from: 5 }))).message)
      .to.contain('another part')
      .and.to.contain('bytes 4-9/10');
  });

  describe('what is missing', () => {
    it('is a result, not an error', async () => {
      harness.server.delete(KEY);
      expect(await head()).to.equal(undefined);
      expect((await get()).kind).to.equal('missing');
      expect(harness.server.seen).to.have.length(2);
    });

    it('is an error where it is the bucket', async () => {
      const store = harness.storeWith({ bucket: 'other' });
      expect((await errorOf(store.get(KEY, { signal: harness.signal }))).message).to.contain('NoSuchBucket');
    });
  });

  describe('refusals', () => {
    it('that concern the plan say so, are not repeated, and end with their own exit code', async () => {
      harness.server.faults.push({ status: 403, body: errorXml('AccessDenied') });
      const error = await errorOf(get());
      expect(error.code).to.equal('FLAT_NOT_IN_PLAN');
      expect(error.exitCode).to.equal(ExitCode.refused);
      expect(error.message).to.contain('not in your plan').and.to.contain(KEY);
      expect(harness.server.seen).to.have.length(1);
    });

    it('of head, which have no body, are explained all the same', async () => {
      harness.server.faults.push({ status: 403 }, { status: 403, body: errorXml('AccessDenied') });
      expect((await errorOf(head())).code).to.equal('FLAT_NOT_IN_PLAN');
      for (const wrong of [{ accessKeyId: 'AKIDOTHER' }, { secretAccessKey: 'other' }]) {
        expect((await errorOf(head(harness.storeWith(wrong)))).code).to.equal('FLAT_CREDENTIALS');
      }
    });

    it('of head that are gone when asked for the reason are none', async () => {
      harness.server.faults.push({ status: 403 });
      expect(await head()).to.include({ sizeBytes: BYTES.length });
    });

    it('of a listing are errors, too', async () => {
      for (const [status, code, expected] of [
        [403, 'AccessDenied', 'FLAT_NOT_IN_PLAN'],
        [404, 'NoSuchBucket', 'FLAT_ANSWER'],
        [404, 'NoSuchKey', 'FLAT_ANSWER'],
        [301, 'PermanentRedirect', 'FLAT_ANSWER'],
      ] as const) {
        harness.server.faults.push({ status, body: errorXml(code) });
        expect((await errorOf(list(''))).code, code).to.equal(expected);
      }
    });

    it('of credentials say which part is wrong, and show neither', async () => {
      const expected = { accessKeyId: 'InvalidAccessKeyId', secretAccessKey: 'SignatureDoesNotMatch' };
      for (const [name, code] of Object.entries(expected)) {
        const store = harness.storeWith({ [name]: 'wrong-value' });
        const error = await errorOf(store.get(KEY, { signal: harness.signal }));
        expect(error.code).to.equal('FLAT_CREDENTIALS');
        expect(error.exitCode).to.equal(ExitCode.refused);
        expect(error.message).to.contain(code).and.not.to.contain('wrong-value');
        expect(error.message).not.to.contain(ACCESS_KEY_ID).and.not.to.contain(SECRET_ACCESS_KEY);
      }
    });

    it('that nobody expects carry what the store says', async () => {
      harness.server.faults.push({ status: 400, body: errorXml('InvalidRequest') });
      const error = await errorOf(get());
      expect(error.code).to.equal('FLAT_ANSWER');
      expect(error.message).to.contain('400 InvalidRequest');
    });
  });

  describe('failures', () => {
    it('that may pass are tried again, after longer and longer delays', async () => {
      harness.server.faults.push({ status: 500 }, { status: 503 }, 'hang-up', { status: 429 });
      expect(await head()).to.include({ sizeBytes: BYTES.length });
      const { delaysMs } = harness.clock;
      expect(delaysMs).to.have.length(4);
      for (const [index, delayMs] of delaysMs.entries()) {
        expect(delayMs).to.be.within(500 * 2 ** index, 1000 * 2 ** index);
      }
      expect(harness.logger.messages('warn')).to.have.length(4);
    });

    it('wait as long as Retry-After asks, as seconds or as a date, up to a limit', async () => {
      const in20s = new Date(Math.ceil(harness.clock.wallMs() / 1000) * 1000 + 20_000).toUTCString();
      for (const [value, leastMs, mostMs] of [
        ['17', 17_000, 17_000],
        [in20s, 20_000, 21_000],
        ['86400', 60_000, 60_000],
      ] as const) {
        harness.server.faults.push({ status: 429, headers: { 'retry-after': value } });
        await head();
        expect(harness.clock.delaysMs.at(-1), value).to.be.within(leastMs, mostMs);
      }
    });

    it('that last end in one error', async () => {
      for (const fault of [{ status: 503 }, 'hang-up'] as const) {
        harness.server.faults.push(...Array(6).fill(fault));
        const error = await errorOf(head());
        expect(error.code).to.equal('FLAT_UNAVAILABLE');
        expect(error.exitCode).to.equal(ExitCode.unavailable);
        expect(error.message).to.contain('6 times').and.not.to.contain(SECRET_ACCESS_KEY);
      }
    });

    it('count silence among them', async () => {
      const store = harness.storeWith({ silenceTimeoutMs: 50 });
      harness.server.faults.push('silence');
      expect(await head(store)).to.include({ sizeBytes: BYTES.length });
      expect(harness.logger.messages('warn').join()).to.match(/timeout/i);
    });

    it('within a listing repeat its page', async () => {
      harness.server.pageSize = 1;
      harness.server.put(`${KEY}2`, BYTES);
      harness.server.faults.push(undefined, { status: 500 });
      expect(await list(KEY)).to.deep.equal([KEY, `${KEY}2`]);
    });
  });

  it('goes through the proxy that the environment names, but for hosts that are exempt', async () => {
    const proxy = await ConnectProxy.start();
    const { host } = new URL(harness.server.endpoint);
    const proxied = { HTTP_PROXY: `http://${proxy.host}`, https_proxy: `http://${proxy.host}` };
    try {
      expect(await head(harness.storeWith({}, proxied))).to.include({ sizeBytes: BYTES.length });
      expect(proxy.targets).to.deep.equal([host]);
      await head(harness.storeWith({}, { ...proxied, NO_PROXY: '127.0.0.1' }));
      expect(proxy.targets).to.have.length(1);
      expect(() => harness.storeWith({}, { HTTP_PROXY: 'socks://nothing' })).to.throw('HTTP_PROXY');
    } finally {
      await proxy.stop();
    }
  });

  it('stops at once when told to, waiting or not', async () => {
    const controller = new AbortController();
    harness.server.onRequest = () => controller.abort(new Error('told to stop'));
    harness.server.faults.push('silence');
    expect((await errorOf(harness.store.head(KEY, controller.signal))).message).to.equal('told to stop');
  });

  it('refuses addresses that are none, or carry a secret, without showing them', () => {
    for (const endpoint of [
      'files.massive.com',
      'ftp://files',
      'https://user:pass@files',
      'https://files/?key=pass',
    ]) {
      expect(() => harness.storeWith({ endpoint }), endpoint)
        .to.throw()
        .that.satisfies(
          (error: Error & { code: string }) =>
            error.code === 'FLAT_ENDPOINT' && !error.message.includes('pass'),
        );
    }
  });
});
