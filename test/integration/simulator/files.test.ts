import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXml, type XmlElement } from '@rgrove/parse-xml';
import { expect } from 'chai';
import type { SimulatorOptions } from '../../../src/simulator/options.ts';
import { FileClient } from './file-client.ts';
import { SimulatorHarness } from './simulator-harness.ts';

/** The wall clock of the harness. */
const date = '20261002T175957Z';
const MINUTES = 'us_stocks_sip/minute_aggs_v1';
const KEY = `${MINUTES}/2026/10/2026-10-01.csv.gz`;

/** Texts of all elements of a name. */
function texts(xml: string, name: string): string[] {
  const found: string[] = [];
  const visit = (element: XmlElement): void => {
    for (const child of element.children) {
      if (child.type !== 'element') continue;
      if ((child as XmlElement).name === name) found.push((child as XmlElement).text);
      visit(child as XmlElement);
    }
  };
  visit(parseXml(xml).root!);
  return found;
}

describe('simulator files', () => {
  let harness: SimulatorHarness;
  let files: FileClient;

  before(async () => {
    harness = await start({ filesFrom: '2026-09-24' });
    files = new FileClient(harness.simulator.httpUrl);
  });

  after(() => harness.simulator.close());

  function start(options: Partial<SimulatorOptions> = {}): Promise<SimulatorHarness> {
    return SimulatorHarness.start({
      markets: ['stocks', 'crypto'],
      symbols: 3,
      rate: 2,
      fileKeys: [
        { keyId: 'demo', secret: 'demo-secret', markets: 'all' },
        { keyId: 'coins', secret: 'coin-secret', markets: ['crypto'] },
      ],
      ...options,
    });
  }

  async function expectCode(response: Response, status: number, code: string): Promise<string> {
    const text = await response.text();
    expect([response.status, ...texts(text, 'Code')], text).to.deep.equal([status, code]);
    return text;
  }

  describe('signature', () => {
    it('wrong keys - are told as S3 tells them', async () => {
      const { httpUrl } = harness.simulator;
      await expectCode(await fetch(`${httpUrl}/flatfiles/${KEY}`), 403, 'AccessDenied');
      const unknown = new FileClient(httpUrl, 'nobody', 'demo-secret');
      await expectCode(await unknown.fetch(`/flatfiles/${KEY}`, { date }), 403, 'InvalidAccessKeyId');
      const wrong = new FileClient(httpUrl, 'demo', 'guess');
      const text = await expectCode(
        await wrong.fetch(`/flatfiles/${KEY}`, { date }),
        403,
        'SignatureDoesNotMatch',
      );
      expect(text).not.to.include('demo-secret');
    });

    it('another clock - is too skewed beyond a quarter of an hour', async () => {
      const at = (time: string): Promise<Response> =>
        files.fetch(`/flatfiles/${KEY}`, { method: 'GET', date: time });
      await expectCode(await at('20261002T174000Z'), 403, 'RequestTimeTooSkewed');
      await expectCode(await at('20261002T182000Z'), 403, 'RequestTimeTooSkewed');
      expect((await at('20261002T175000Z')).status).to.equal(200);
    });

    it('what is signed - cannot be changed: path, query and headers', async () => {
      const path = `/flatfiles?list-type=2&prefix=${encodeURIComponent(`${MINUTES}/2026/`)}`;
      expect((await files.fetch(path, { date })).status).to.equal(200);
      const ranged = await files.fetch(`/flatfiles/${KEY}`, { date, headers: { Range: 'bytes=0-9' } });
      expect(ranged.status).to.equal(206);
    });

    it('entitlement - everything may be listed, and read what is in the plan', async () => {
      const coins = new FileClient(harness.simulator.httpUrl, 'coins', 'coin-secret');
      const listed = await (
        await coins.fetch('/flatfiles?list-type=2&prefix=us_stocks_sip', { date })
      ).text();
      expect(texts(listed, 'Key')).to.include(KEY);
      await expectCode(await coins.fetch(`/flatfiles/${KEY}`, { date }), 403, 'AccessDenied');
      const head = await coins.fetch(`/flatfiles/${KEY}`, { method: 'HEAD', date });
      expect([head.status, await head.text()]).to.deep.equal([403, '']);
      const crypto = KEY.replace('us_stocks_sip', 'global_crypto');
      expect((await coins.fetch(`/flatfiles/${crypto}`, { date })).status).to.equal(200);
    });
  });

  describe('listing', () => {
    it('pages - by token, in the order of keys, with size and tag of every file', async () => {
      const keys: string[] = [];
      const prefix = encodeURIComponent('us_stocks_sip/');
      let token: string | undefined;
      let pages = 0;
      do {
        const next = token === undefined ? '' : `&continuation-token=${encodeURIComponent(token)}`;
        const path = `/flatfiles/?list-type=2&max-keys=3&prefix=${prefix}${next}`;
        const xml = await (await files.fetch(path, { date })).text();
        keys.push(...texts(xml, 'Key'));
        for (const [at, key] of texts(xml, 'Key').entries()) {
          const head = await files.fetch(`/flatfiles/${key}`, { method: 'HEAD', date });
          expect(head.headers.get('content-length')).to.equal(texts(xml, 'Size')[at]);
          expect(head.headers.get('etag')).to.equal(texts(xml, 'ETag')[at]);
          const modified = new Date(texts(xml, 'LastModified')[at]!);
          expect(head.headers.get('last-modified')).to.equal(modified.toUTCString());
        }
        [token] = texts(xml, 'NextContinuationToken');
        expect(texts(xml, 'IsTruncated')).to.deep.equal([String(token !== undefined)]);
        pages++;
      } while (token !== undefined);
      // 24, 25, 28, 29 and 30 September and 1 October; not the weekend, and not today.
      const days = [
        '09/2026-09-24',
        '09/2026-09-25',
        '09/2026-09-28',
        '09/2026-09-29',
        '09/2026-09-30',
        '10/2026-10-01',
      ];
      const named = (dataset: string): string[] =>
        days.map(day => `us_stocks_sip/${dataset}/2026/${day}.csv.gz`);
      expect(keys).to.deep.equal([...named('day_aggs_v1'), ...named('minute_aggs_v1')]);
      expect(pages).to.equal(4);
    });

    it('delimiter - gives folders, each once', async () => {
      const folders = async (prefix: string): Promise<string[]> => {
        const path = `/flatfiles?list-type=2&delimiter=%2F&prefix=${encodeURIComponent(prefix)}`;
        const xml = await (await files.fetch(path, { date })).text();
        return texts(xml, 'Prefix').slice(1);
      };
      expect(await folders('')).to.deep.equal(['global_crypto/', 'us_stocks_sip/']);
      expect(await folders(`${MINUTES}/2026/`)).to.deep.equal([`${MINUTES}/2026/09/`, `${MINUTES}/2026/10/`]);
    });
  });

  describe('reading', () => {
    it('missing - is told: a holiday, tomorrow, no file at all', async () => {
      for (const key of [
        `${MINUTES}/2026/09/2026-09-26.csv.gz`,
        `${MINUTES}/2026/10/2026-10-02.csv.gz`,
        `${MINUTES}/2026/10/nothing`,
        'us_indices/day_aggs_v1/2026/10/2026-10-01.csv.gz',
      ]) {
        const text = await expectCode(await files.fetch(`/flatfiles/${key}`, { date }), 404, 'NoSuchKey');
        expect(texts(text, 'Key')).to.deep.equal([key]);
      }
    });

    it('ranges - are parts of the same file, and the tag is its digest', async () => {
      const whole = await files.fetch(`/flatfiles/${KEY}`, { date });
      const bytes = Buffer.from(await whole.arrayBuffer());
      expect(whole.headers.get('etag')).to.equal(`"${createHash('md5').update(bytes).digest('hex')}"`);
      for (const [range, from, to] of [
        ['bytes=0-99', 0, 100],
        ['bytes=1000-', 1000, bytes.length],
        ['bytes=-50', bytes.length - 50, bytes.length],
        [`bytes=10-${bytes.length + 10}`, 10, bytes.length],
      ] as const) {
        const part = await files.fetch(`/flatfiles/${KEY}`, { date, headers: { Range: range } });
        expect(part.status).to.equal(206);
        expect(part.headers.get('content-range')).to.equal(`bytes ${from}-${to - 1}/${bytes.length}`);
        expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to))).to.equal(true);
      }
      const beyond = await files.fetch(`/flatfiles/${KEY}`, {
        date,
        headers: { Range: `bytes=${bytes.length}-` },
      });
      await expectCode(beyond, 416, 'InvalidRange');
    });

    it('replaced - has another tag, later time and corrected bars, and If-Match notices', async () => {
      const before = await files.fetch(`/flatfiles/${KEY}`, { method: 'HEAD', date });
      const etag = before.headers.get('etag')!;
      const lines = await files.lines(KEY, date);
      const truth = await harness.simulator.historyTruth({
        market: 'stocks',
        table: 'agg1m',
        date: '2026-10-01',
      });
      const control = `${harness.simulator.httpUrl}/control/replace-file?key=`;
      const replaced = (await (await fetch(control + KEY, { method: 'POST' })).json()) as { etag: string };
      expect(replaced).to.include({ key: KEY, revision: 1 });
      const after = await files.fetch(`/flatfiles/${KEY}`, { method: 'HEAD', date });
      expect(after.headers.get('etag')).to.equal(replaced.etag).and.not.equal(etag);
      expect(Date.parse(after.headers.get('last-modified')!)).to.be.above(
        Date.parse(before.headers.get('last-modified')!),
      );
      const stale = await files.fetch(`/flatfiles/${KEY}`, { date, headers: { 'If-Match': etag } });
      await expectCode(stale, 412, 'PreconditionFailed');
      const corrected = await files.lines(KEY, date);
      expect(corrected.length).to.equal(lines.length);
      const changed = corrected.filter((line, at) => line !== lines[at]);
      expect(changed.length).to.be.within(5, lines.length / 20);
      const now = await harness.simulator.historyTruth({
        market: 'stocks',
        table: 'agg1m',
        date: '2026-10-01',
      });
      expect(now.rows).to.equal(truth.rows);
      expect(now.columns.start).to.equal(truth.columns.start);
      expect(now.columns.close).not.to.equal(truth.columns.close);
      expect((await fetch(`${control}nothing`, { method: 'POST' })).status).to.equal(400);
    });
  });

  it('publication - at 11:00 in New York on the next day, or as soon as bars are final', async () => {
    const today = KEY.replace('10-01', '10-02');
    const status = async (client: FileClient, time: string): Promise<number> =>
      (await client.fetch(`/flatfiles/${today}`, { method: 'HEAD', date: time })).status;
    const atMs = Date.parse('2026-10-03T14:59:58Z');
    const next = await start({ atMs, filesFrom: '2026-10-01' });
    const atOnce = await start({
      atMs: Date.parse('2026-10-03T00:15:01Z'),
      filesFrom: '2026-10-01',
      publish: 'at-once',
    });
    try {
      const client = new FileClient(next.simulator.httpUrl);
      expect(await status(client, date)).to.equal(404);
      await next.clock.advance(5000);
      expect(await status(client, '20261002T180002Z')).to.equal(200);
      expect(await status(new FileClient(atOnce.simulator.httpUrl), date)).to.equal(200);
    } finally {
      await next.simulator.close();
      await atOnce.simulator.close();
    }
  });

  it('writing a file - lets everything else have its turn', async () => {
    const large = await start({ symbols: 400, rate: 60, filesFrom: '2026-10-01' });
    try {
      const client = new FileClient(large.simulator.httpUrl);
      let written = false;
      let turns = 0;
      const file = client.lines(KEY, date).finally(() => {
        written = true;
      });
      while (!written) {
        await new Promise(resolve => setImmediate(resolve));
        turns++;
      }
      expect((await file).length).to.be.above(100_000);
      expect(turns).to.be.above(400);
    } finally {
      await large.simulator.close();
    }
  });

  it('files - are the same in another run, whether kept or removed in between', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'simulator-files-'));
    try {
      const tags: (string | null)[] = [];
      for (const filesDirectory of [directory, directory, undefined]) {
        // Every file is more than may be kept, so that each takes the place of the one before.
        const run = await start({ filesDirectory, filesBytes: 1, filesFrom: '2026-09-29' });
        const client = new FileClient(run.simulator.httpUrl);
        for (const key of [KEY, KEY.replace('10/2026-10-01', '09/2026-09-30'), KEY]) {
          const response = await client.fetch(`/flatfiles/${key}`, { date });
          const bytes = Buffer.from(await response.arrayBuffer());
          expect(response.headers.get('etag')).to.equal(`"${createHash('md5').update(bytes).digest('hex')}"`);
          tags.push(response.headers.get('etag'));
        }
        await run.simulator.close();
      }
      expect(new Set(tags).size).to.equal(2);
      const [folder] = readdirSync(directory);
      const kept = readdirSync(join(directory, folder!)).filter(name => !name.endsWith('.json'));
      expect(kept.length).to.equal(1);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
