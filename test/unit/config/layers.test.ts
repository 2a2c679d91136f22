import { expect } from 'chai';
import { effectiveSettings } from '../../../src/config/effective.ts';
import { type ConfigurationSources, loadConfiguration } from '../../../src/config/load.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

const FILE = `
feeds:
  - market: stocks
    channels: [A, AM]
    symbols: [AAPL, MSFT]
  - market: crypto
    channels: [XA]
targets:
  - name: main
    port: 5010
  - name: spare
    port: 5011
drain:
  intervalMs: 2000
logging:
  level: warn
`;

const files = { '/here/massive-kdb.yaml': FILE };

describe('configuration - layers', () => {
  it('flags win over the environment, the environment over the file, the file over the defaults', () => {
    const flags = { 'logging-level': 'debug' };
    const environment = { MASSIVE_KDB_LOGGING_LEVEL: 'error', MASSIVE_KDB_DRAIN_INTERVAL_MS: '500' };
    expect(load({}).logging.level).to.equal('info');
    expect(load({ files }).logging.level).to.equal('warn');
    expect(load({ files, environment }).logging.level).to.equal('error');
    expect(load({ files, environment, flags }).logging.level).to.equal('debug');
    expect(load({ files, environment, flags }).drain.intervalMs).to.equal(500);
  });

  it('an empty variable counts as not given', () => {
    expect(load({ files, environment: { MASSIVE_KDB_LOGGING_LEVEL: ' ' } }).logging.level).to.equal('warn');
  });

  it('the file is the one of --config, else of MASSIVE_KDB_CONFIG, else here, else of the system', () => {
    const level = (name: string) => `logging: {level: ${name}}`;
    const all = {
      '/here/flag.yaml': level('debug'),
      '/here/variable.yaml': level('info'),
      '/here/massive-kdb.yaml': level('warn'),
      '/etc/massive-kdb/massive-kdb.yaml': level('error'),
    };
    const environment = { MASSIVE_KDB_CONFIG: 'variable.yaml' };
    expect(load({ files: all, environment, flags: { config: 'flag.yaml' } }).logging.level).to.equal('debug');
    expect(load({ files: all, environment }).logging.level).to.equal('info');
    expect(load({ files: all }).logging.level).to.equal('warn');
    expect(load({ files: all, workingDirectory: '/elsewhere' }).logging.level).to.equal('error');
  });

  it('a file that is named and is not there is a mistake, one that is only looked for is not', () => {
    expect(problemsOf(() => load({ flags: { config: 'gone.yaml' } }))).to.have.lengthOf(1);
    expect(load({}).logging.level).to.equal('info');
  });

  it('sections that are named and empty keep their defaults', () => {
    const empty = { '/here/massive-kdb.yaml': 'logging:\n  # level: warn\nfeeds:\n' };
    expect(load({ files: empty }).logging.level).to.equal('info');
  });

  it('paths in the file are relative to it, others to the working directory, and ~ is the home directory', () => {
    const elsewhere = { '/etc/kdb/a.yaml': 'logging: {file: a.log}\nstate: {directory: ~/state}' };
    const { logging, state, spool, quarantine } = load({
      files: elsewhere,
      flags: { config: '/etc/kdb/a.yaml' },
    });
    expect(logging.file).to.equal('/etc/kdb/a.log');
    expect(state.directory).to.equal('/home/ops/state');
    expect(quarantine.directory).to.equal('/home/ops/state/quarantine');
    expect(spool.directory).to.equal('/home/ops/state/spool');
    expect(load({ flags: { 'logging-file': 'b.log' } }).logging.file).to.equal('/here/b.log');
    expect(load({ flags: { 'quarantine-directory': '/var/bad' } }).quarantine.directory).to.equal('/var/bad');
  });

  it('paths of the history are absolute as well, and an address of flat files stays what it is', () => {
    const text =
      'history: {keyFile: key, cacheDirectory: ~/cache, flatFiles: {place: mirror, accessKeyFile: id}, loader: {tlsCaFile: ca.pem}}';
    const flags = { config: '/etc/kdb/a.yaml' };
    const { history } = load({ files: { '/etc/kdb/a.yaml': text }, flags });
    expect(history.keyFile).to.equal('/etc/kdb/key');
    expect(history.cacheDirectory).to.equal('/home/ops/cache');
    expect(history.flatFiles.place).to.equal('/etc/kdb/mirror');
    expect(history.flatFiles.accessKeyFile).to.equal('/etc/kdb/id');
    expect(history.loader.tlsCaFile).to.equal('/etc/kdb/ca.pem');
    const standard = load({ files: {} }).history;
    expect(standard.cacheDirectory).to.equal('/home/ops/.cache/massive-kdb');
    expect(standard.flatFiles.place).to.equal('https://files.massive.com');
  });

  it('tells of each setting where it comes from', () => {
    const sources = configurationSources({
      files,
      mayBeEmpty: true,
      environment: { MASSIVE_KDB_DRAIN_INTERVAL_MS: '500', MASSIVE_API_KEY: 'do-not-show' },
      flags: { 'fail-fast': true },
    });
    const { configuration, origins } = loadConfiguration(sources);
    const settings = effectiveSettings(configuration, origins, { ...sources, modeOf: () => undefined });
    const origin = (name: string) => settings.find(({ setting }) => setting === name)?.origin;
    expect(origin('logging.level')).to.equal('massive-kdb.yaml:16');
    expect(origin('feeds[1].channels')).to.equal('massive-kdb.yaml:7');
    expect(origin('drain.intervalMs')).to.equal('MASSIVE_KDB_DRAIN_INTERVAL_MS');
    expect(origin('failFast')).to.equal('--fail-fast');
    expect(origin('memory.backlogBytes')).to.equal('default');
    expect(JSON.stringify(settings)).to.include('[secret] from the variable MASSIVE_API_KEY');
    expect(JSON.stringify(settings)).not.to.include('do-not-show');
  });
});

describe('configuration - one feed by flags', () => {
  const short = { market: 'stocks', channels: 'A,AM', symbols: 'AAPL, MSFT', target: ':5010' };

  it('flags alone make a feed and its target', () => {
    const { feeds, targets } = load({ flags: { ...short, convention: 'torq', tls: true } });
    expect(feeds).to.have.lengthOf(1);
    expect(feeds[0]).to.include({ market: 'stocks', host: 'real-time', key: 'MASSIVE_API_KEY' });
    expect(feeds[0]?.channels).to.deep.equal(['A', 'AM']);
    expect(feeds[0]?.symbols).to.deep.equal(['AAPL', 'MSFT']);
    expect(targets[0]).to.include({ host: '127.0.0.1', port: 5010, convention: 'torq', tls: true });
    expect(feeds[0]?.targets).to.deep.equal([targets[0]?.name]);
  });

  it('several targets are separated by commas or given by repeating the flag', () => {
    const ports = (target: unknown) => load({ flags: { ...short, target } }).targets.map(({ port }) => port);
    expect(ports(':5010,kdb1:5011')).to.deep.equal([5010, 5011]);
    expect(ports([':5010', 'kdb1:5011:feed'])).to.deep.equal([5010, 5011]);
  });

  it('an IPv6 address of a target stands in brackets', () => {
    const { targets } = load({ flags: { ...short, target: '[::1]:5010:feed' } });
    expect(targets[0]).to.include({ host: '::1', port: 5010, user: 'feed' });
  });

  it('variables make a feed too, under the flags', () => {
    const environment = {
      MASSIVE_KDB_MARKET: 'crypto',
      MASSIVE_KDB_CHANNELS: 'XA',
      MASSIVE_KDB_TARGET: 'kdb1:5010:feed',
    };
    const { feeds, targets } = load({ environment, flags: { channels: 'XAS' } });
    expect(feeds[0]).to.deep.include({ market: 'crypto', channels: ['XAS'], symbols: ['*'] });
    expect(targets[0]).to.include({ host: 'kdb1', port: 5010, user: 'feed' });
  });

  it('--market picks the feeds of the file, and mistakes are still told at their lines', () => {
    const { feeds } = load({ files, flags: { market: 'crypto' } });
    expect(feeds.map(({ market }) => market)).to.deep.equal(['crypto']);
    expect(feeds[0]?.targets).to.deep.equal(['main', 'spare']);
    const bad = { '/here/massive-kdb.yaml': FILE.replace('[XA]', '[]') };
    expect(problemsOf(() => load({ files: bad, flags: { market: 'crypto' } }))[0]).to.match(
      /^massive-kdb\.yaml:7:5: feeds\[0\]\.channels is \[\]/,
    );
  });

  it('flags change the picked feed, and --symbols replaces a list of symbols or a file of them', () => {
    const withFile = {
      '/here/massive-kdb.yaml': FILE.replace('symbols: [AAPL, MSFT]', 'symbolsFile: all.txt'),
    };
    expect(load({ files: withFile, flags: { market: 'stocks' } }).feeds[0]).to.include({
      symbolsFile: '/here/all.txt',
    });
    const { feeds } = load({ files: withFile, flags: { market: 'stocks', symbols: 'TSLA' } });
    expect(feeds[0]).to.deep.include({ channels: ['A', 'AM'], symbols: ['TSLA'], symbolsFile: null });
  });

  it('--target takes the place of all targets of the file', () => {
    const { feeds, targets } = load({ files, flags: { market: 'stocks', target: ':6000' } });
    expect(targets.map(({ port }) => port)).to.deep.equal([6000]);
    expect(feeds[0]?.targets).to.deep.equal(['127.0.0.1:6000']);
  });

  it('a flag that could mean several feeds or targets is refused, not guessed', () => {
    expect(problemsOf(() => load({ files, flags: { symbols: 'TSLA' } }))).to.deep.equal([
      '--symbols applies to one feed, and there are 2; pick one with --market, or set it in the file',
    ]);
    expect(problemsOf(() => load({ files, flags: { market: 'stocks', mode: 'sync' } }))).to.deep.equal([
      '--mode applies to one target, and there are 2; name it with --target, or set it in the file',
    ]);
  });

  it('what the short form lacks is asked for by its flag', () => {
    const problems = problemsOf(() => load({ flags: { market: 'stocks', target: ':5010' } }));
    expect(problems).to.deep.equal([
      '--market needs --channels beside it; allowed: a list of channels, such as [A, AM]',
    ]);
  });
});

function load(given: Parameters<typeof configurationSources>[0]) {
  const sources: ConfigurationSources = configurationSources({ mayBeEmpty: true, ...given });
  return loadConfiguration(sources).configuration;
}
