import { expect } from 'chai';
import { loadConfiguration } from '../../../src/config/load.ts';
import { loaderAddress } from '../../../src/config/loader-address.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

describe('configuration - loaders', () => {
  it('a market has the loader that is listed for it, every other the one of host and port', () => {
    const environment = {
      MASSIVE_KDB_HISTORY_LOADER_ADDRESSES: 'crypto=:5023, forex=kdb2:5033, futures=[::1]:5043',
    };
    const flags = { 'history-loader-port': '5003' };
    const sources = configurationSources({ files: {}, environment, flags, mayBeEmpty: true });
    const { loader } = loadConfiguration(sources).configuration.history;
    const addressOf = (market: Parameters<typeof loaderAddress>[1]) => {
      const { host, port } = loaderAddress(loader, market);
      return `${host} ${port}`;
    };
    expect(addressOf('stocks')).to.equal('127.0.0.1 5003');
    expect(addressOf('crypto')).to.equal('127.0.0.1 5023');
    expect(addressOf('forex')).to.equal('kdb2 5033');
    expect(addressOf('futures')).to.equal('::1 5043');
  });

  it('says of each address what is wrong with it, and never shows what may be a password', () => {
    const wrong: readonly (readonly [address: string, problem: RegExp])[] = [
      [
        'cripto=:5023',
        /addresses\[0\] does not begin with a market and =; allowed: MARKET=:PORT or .* crypto/,
      ],
      [':5023', /does not begin with a market/],
      ['crypto=5023', /is not an address; allowed: :PORT, HOST:PORT/],
      ['crypto=:70000', /has port 70000; allowed: 1 to 65535/],
      ['crypto=:5023:me', /names a user; give it as history\.loader\.user/],
      ['crypto=:5023:me:hunter2', /holds a password.*KDB_PASSWORD/],
    ];
    for (const [address, problem] of wrong) {
      const [first, ...others] = problems(`"${address}"`);
      expect(first, address).to.match(problem);
      expect(first)
        .to.match(/^a\.yaml:2:\d+: history\.loader\./)
        .and.not.to.include('hunter2');
      expect(others).to.deep.equal([]);
    }
  });

  it('a market has one loader, and a loader one market', () => {
    expect(problems('"crypto=:5023", "crypto=:5033"')[0]).to.match(/gives crypto again, as at a\.yaml:2/);
    expect(problems('"crypto=:5023", "forex=127.0.0.1:5023"')[0]).to.match(
      /gives 127\.0\.0\.1:5023 again, as at a\.yaml:2/,
    );
  });
});

function problems(addresses: string): readonly string[] {
  const files = { '/here/a.yaml': `\nhistory: { loader: { addresses: [${addresses}] } }` };
  return problemsOf(() =>
    loadConfiguration(configurationSources({ files, flags: { config: 'a.yaml' }, mayBeEmpty: true })),
  );
}
