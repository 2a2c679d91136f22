import { expect } from 'chai';
import { skipped } from '../../../../src/cli/doctor/check.ts';
import {
  flatFileChecks,
  type LoaderSubject,
  loaderChecks,
  type Readers,
} from '../../../../src/cli/doctor/history-checks.ts';
import { KdbAnswerTimeoutError, KdbConnectError } from '../../../../src/kdb/errors.ts';
import { NotLoaderError } from '../../../../src/kdb/loader/errors.ts';
import { FlatCredentialsError, NotInPlanError } from '../../../../src/massive/flat/errors.ts';
import type { FlatStore } from '../../../../src/massive/flat/store.ts';
import { findingsOf, lineOf, lineOfOnly } from '../../../support/doctor-findings.ts';

const KEY = 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz';
const IDENTITY = { etag: '"1"', sizeBytes: 1, lastModifiedMs: 0 };

describe('doctor - flat files', () => {
  const look = (store: Partial<FlatStore>) => {
    const whole: FlatStore = {
      place: 'https://files.massive.com/flatfiles',
      async *list() {
        yield { key: KEY, ...IDENTITY };
      },
      head: async () => IDENTITY,
      get: () => Promise.reject(new Error('nothing is fetched')),
      localPath: () => undefined,
      close: async () => {},
      ...store,
    };
    return lineOfOnly(flatFileChecks([{ market: 'stocks', key: KEY }], whole));
  };

  it('a file that is listed and handed out passes, and is not fetched', async () => {
    expect(await look({})).to.match(/^pass: https:.* lists us_stocks_sip.* and hands it out$/);
  });

  it('credentials that are refused fail', async () => {
    const error = new FlatCredentialsError('https://files.massive.com', 'InvalidAccessKeyId');
    // biome-ignore lint/correctness/useYield: it is refused before the first
    const list = async function* (): AsyncGenerator<never> {
      throw error;
    };
    expect(await look({ list })).to.match(
      /^fail: .*refuses the flat file credentials \(InvalidAccessKeyId\) -> Take/,
    );
  });

  it('a file that is listed and not handed out is a warning, and so is one that is not listed', async () => {
    const refused = () => Promise.reject(new NotInPlanError(KEY));
    expect(await look({ head: refused })).to.match(/^warn: .* is not in your plan/);
    expect(await look({ async *list() {} })).to.match(
      /^warn: .*takes the credentials, and lists no us_stocks_sip/,
    );
  });

  it('without credentials none is asked', async () => {
    expect(await lineOfOnly(flatFileChecks([], skipped('no credentials')))).to.equal(
      'skipped: no credentials',
    );
  });
});

describe('doctor - loader and readers', () => {
  const look = async (loader: Partial<LoaderSubject>) => {
    const subject: LoaderSubject = {
      address: () => '127.0.0.1:5013',
      limitMs: 1_000,
      facts: async market => ({ protocol: 1, market, root: `/hdb/${market}`, identity: '1' }),
      readers: async () => ({ kind: 'generations', connected: 1, current: 1 }),
      ...loader,
    };
    const findings = await findingsOf(loaderChecks(['stocks', 'crypto', 'stocks'], subject));
    const [stocks, crypto, hdb, hdbOfCrypto] = Object.values(findings).map(lineOf);
    return { stocks, crypto, hdb, hdbOfCrypto };
  };
  const refusing = (error: Error) => look({ facts: () => Promise.reject(error) });

  it('a loader that is there passes for each market, and says where it writes', async () => {
    expect(await look({})).to.deep.equal({
      stocks: 'pass: 127.0.0.1:5013 writes /hdb/stocks',
      crypto: 'pass: 127.0.0.1:5013 writes /hdb/crypto',
      hdb: 'pass: 1 reader is connected, with the current generation',
      hdbOfCrypto: 'pass: 1 reader is connected, with the current generation',
    });
  });

  it('one that is away, or busy, is a warning: the stream goes on, and its late rows wait', async () => {
    const away = new KdbConnectError('KDB_UNREACHABLE', { what: 'cannot connect', remedy: 'Start it.' });
    const found = await refusing(away);
    expect(found.stocks).to.match(/^warn: cannot connect; rows of ended dates wait.* -> Start it/);
    expect(found.hdb).to.match(/^skipped/);
    const busy = new KdbAnswerTimeoutError('127.0.0.1:5013', 5_000);
    expect((await refusing(busy)).stocks).to.match(/^warn: .*does not answer in time -> .*while it merges/);
  });

  it('a password that is refused fails', async () => {
    const refused = new KdbConnectError('KDB_REFUSED_PASSWORD', { what: 'it closed', remedy: 'Check it.' });
    expect((await refusing(refused)).stocks).to.equal('fail: it closed -> Check it.');
  });

  it("one of another market fails; where it is another feed's, each market needs one of its own", async () => {
    const other = (market: string) => new NotLoaderError(':5013', `a loader of ${market}`, 'one of stocks');
    expect((await refusing(other('stocks'))).stocks).to.match(/^fail: .*expected a loader of stocks/);
    const facts: LoaderSubject['facts'] = async market => {
      if (market === 'crypto') throw other(market);
      return { protocol: 1, market, root: '/hdb', identity: '1' };
    };
    const found = await look({ facts });
    expect(found.stocks).to.match(/^pass/);
    expect(found.crypto).to.match(
      /^fail: 127.0.0.1:5013 is the loader of another market: .* -> .*history\.loader\.addresses: crypto=HOST:PORT/,
    );
    expect(found.hdbOfCrypto).to.match(/^skipped/);
    const apart = await look({ facts, address: market => (market === 'crypto' ? ':5023' : ':5013') });
    expect(apart.crypto).to.match(/^fail: .*expected a loader of crypto/);
  });

  it('nobody who reads, and readers that are behind, are warnings', async () => {
    const readers = async (found: Readers) => (await look({ readers: async () => found })).hdb;
    const none = { kind: 'generations', connected: 0, current: 0 } as const;
    expect(await readers(none)).to.match(/^warn: no reader is connected.* -> Start one: q q\/hdb\.q/);
    expect(await readers({ kind: 'generations', connected: 3, current: 1 })).to.match(
      /^warn: 3 readers are connected, of which 2 have an earlier generation/,
    );
    expect(await readers({ kind: 'unknown' })).to.match(/^skipped/);
  });

  it('a stock HDB has to answer to the loader', async () => {
    const plain = async (answers: boolean) =>
      (await look({ readers: async () => ({ kind: 'plain', address: ':5012', answers }) })).hdb;
    expect(await plain(true)).to.match(/^pass: the HDB at :5012 answers/);
    expect(await plain(false)).to.match(/^fail: the HDB at :5012 does not answer.*nothing can be published/);
  });
});
