import { expect } from 'chai';
import { addressText } from '../../../src/base/address.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { loaderAddress, sharedLoaders } from '../../../src/config/loader-address.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

describe('configuration - loaders', () => {
  it('a market has the loader that is listed for it, every other the one of host and port', () => {
    const environment = {
      MASSIVE_KDB_HISTORY_LOADER_PORT: '5003',
      MASSIVE_KDB_HISTORY_LOADER_ADDRESSES: 'crypto=:5023, forex=kdb2:5033, futures=[::1]:5043',
    };
    const sources = configurationSources({ files: {}, environment, mayBeEmpty: true });
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

  it('is at the host of all where none is given, and a port by flag or variable is for every market', () => {
    const text = 'history: {loader: {host: kdb2, addresses: [crypto=:5023]}}';
    const load = (flags: object, environment: Readonly<Record<string, string>> = {}) => {
      const files = { '/here/a.yaml': text };
      const given = { files, flags: { config: 'a.yaml', ...flags }, environment, mayBeEmpty: true };
      const { loader } = loadConfiguration(configurationSources(given)).configuration.history;
      return addressText(loaderAddress(loader, 'crypto'));
    };
    expect(load({})).to.equal('kdb2:5023');
    expect(load({ 'history-loader-host': 'kdb3' })).to.equal('kdb3:5023');
    expect(load({ 'history-loader-port': '5099' })).to.equal('kdb2:5099');
    expect(load({}, { MASSIVE_KDB_HISTORY_LOADER_PORT: '5099' })).to.equal('kdb2:5099');
    const both = { 'history-loader-port': '5099', 'history-loader-addresses': 'crypto=:5033' };
    expect(load(both)).to.equal('kdb2:5033');
  });

  it('says of each address what is wrong with it, and never shows what may be a password', () => {
    const wrong: readonly (readonly [address: string, problem: RegExp])[] = [
      ['cripto=:5023', /addresses\[0\] is of no market; allowed: stocks, .*, such as crypto=:5023$/],
      [':5023', /is not MARKET=:PORT or MARKET=HOST:PORT/],
      ['crypto=5023', /is not MARKET=:PORT or MARKET=HOST:PORT/],
      ['crypto=:70000', /has no usable port; allowed: a whole number from 1 to 65535/],
      ['crypto=kdb 2:5023', /has no usable host; allowed: a host name or an IP address/],
      ['crypto=:5023:me', /user and password are those of history\.loader/],
      ['crypto=:5023:me:hunter2', /user and password are those of history\.loader/],
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
    expect(problems('"crypto=:5023", "crypto=:5023"')).to.have.lengthOf(1);
  });

  it('tells the markets that share one', () => {
    const files = { '/here/a.yaml': 'history: {loader: {addresses: [forex=:5023]}}' };
    const sources = configurationSources({ files, flags: { config: 'a.yaml' }, mayBeEmpty: true });
    const { loader } = loadConfiguration(sources).configuration.history;
    expect([...sharedLoaders(loader, ['futures', 'futures', 'forex'])]).to.deep.equal([]);
    expect([...sharedLoaders(loader, ['stocks', 'forex', 'crypto', 'stocks'])]).to.deep.equal([
      ['127.0.0.1:5013', ['stocks', 'crypto']],
    ]);
  });
});

function problems(addresses: string): readonly string[] {
  const files = { '/here/a.yaml': `\nhistory: { loader: { addresses: [${addresses}] } }` };
  return problemsOf(() =>
    loadConfiguration(configurationSources({ files, flags: { config: 'a.yaml' }, mayBeEmpty: true })),
  );
}
