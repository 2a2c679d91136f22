import { expect } from 'chai';
import type { ConfigurationError } from '../../../src/config/errors.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

const GOOD = `
feeds:
  - market: stocks
    channels: [A]
targets:
  - name: main
    port: 5010
`;

describe('configuration - mistakes', () => {
  it('tells all of them at once, in the order of the file, each with its line and column', () => {
    const content = `
feeds:
  - market: stoks
    channels: [A]
    symbols: [AAPL, TRUE]
targets:
  - name: main
    port: 70000
    convention: kdbtick
logging:
  level: verbose
  fromat: json
drain: fast
`;
    expect(problemsIn(content)).to.deep.equal([
      'a.yaml:3:5: feeds[0].market is "stoks"; allowed: one of stocks, options, indices, forex, crypto, futures; did you mean stocks?',
      'a.yaml:5:21: feeds[0].symbols[1] is true; allowed: a symbol (in quotes where YAML reads it as something else)',
      'a.yaml:8:5: targets[0].port is 70000; allowed: a whole number from 1 to 65535 (TCP port)',
      'a.yaml:9:5: targets[0].convention is "kdbtick"; allowed: one of kdb-tick, torq, torq-stp; did you mean kdb-tick?',
      'a.yaml:11:3: logging.level is "verbose"; allowed: one of debug, info, warn, error',
      'a.yaml:12:3: logging.fromat is not a setting; did you mean format?',
      'a.yaml:13:1: drain is "fast"; allowed: a section with intervalMs',
    ]);
  });

  it('a misspelt setting is one mistake, not also a missing one', () => {
    expect(problemsIn(GOOD.replace('channels', 'chanels'))).to.deep.equal([
      'a.yaml:4:5: feeds[0].chanels is not a setting; did you mean channels?',
    ]);
  });

  it('an unknown setting that resembles none is answered with those that there are', () => {
    expect(problemsIn(`${GOOD}drain:\n  speed: 1\n`)).to.deep.equal([
      'a.yaml:9:3: drain.speed is not a setting; allowed here: intervalMs',
    ]);
  });

  it('values of variables and flags are told under their own names', () => {
    const environment = { MASSIVE_KDB_DRAIN_INTERVAL_MS: '1s', MASSIVE_KDB_FAIL_FAST: 'yes' };
    expect(problemsIn(GOOD, { environment, flags: { 'logging-max-files': '0' } })).to.deep.equal([
      'MASSIVE_KDB_DRAIN_INTERVAL_MS is "1s"; allowed: a whole number from 10 to 60000 (milliseconds)',
      '--logging-max-files is 0; allowed: a whole number from 1 to 1000 (files)',
      'MASSIVE_KDB_FAIL_FAST is "yes"; allowed: true or false',
    ]);
  });

  it('unknown variables are warned of, with the one that was meant, also when the start fails', () => {
    const environment = { MASSIVE_KDB_LOGING_LEVEL: 'debug', MASSIVE_KDB_DEBUG: '1' };
    const warning =
      'MASSIVE_KDB_LOGING_LEVEL is not a setting and is ignored; did you mean MASSIVE_KDB_LOGGING_LEVEL?';
    const sources = configurationSources({
      files: { '/here/a.yaml': GOOD },
      flags: { config: 'a.yaml' },
      environment,
    });
    expect(loadConfiguration(sources).warnings).to.deep.equal([warning]);
    try {
      loadConfiguration(configurationSources({ environment }));
      expect.fail('an empty configuration was accepted');
    } catch (error) {
      expect((error as ConfigurationError).warnings).to.deep.equal([warning]);
    }
  });

  it('text that is not YAML, and a setting given twice, are told with their place', () => {
    expect(problemsIn('feeds: [\nlogging: }')[0]).to.match(/^a\.yaml:\d+:\d+: this is not YAML: /);
    expect(problemsIn(`${GOOD}failFast: true\nfailFast: false\n`)[0]).to.match(/^a\.yaml:9:1: .*unique/);
    expect(problemsIn('just words')).to.deep.equal([
      'a.yaml:1:1: the file is not a list of settings, such as "logging:"',
    ]);
  });

  it('neither feed nor target is a mistake that names the way out', () => {
    expect(problemsOf(() => loadConfiguration(configurationSources()))).to.deep.equal([
      'feeds is empty; give --market and --channels, or a list of feeds in the file',
      'targets is empty; give --target :5010, or a list of targets in the file',
    ]);
  });

  it('contradictions between settings name both places', () => {
    const content = `
feeds:
  - market: stocks
    exchange: cme
    channels: [A]
    targets: [mian]
  - market: crypto
    channels: [XA]
  - market: crypto
    channels: [XAS]
targets:
  - {name: main, port: 5010}
  - {name: main, port: 5011}
  - {name: other, port: 5010, passwordFile: secret}
`;
    expect(problemsIn(content)).to.deep.equal([
      'a.yaml:4:5: feeds[0].exchange is given for stocks; only futures have it',
      'a.yaml:6:15: feeds[0].targets[0] is "mian"; allowed: one of main, main, other; did you mean main?',
      'a.yaml:9:5: feeds[2].market is "crypto", as at a.yaml:7, with the same key; Massive allows one connection, so list all channels in one feed',
      'a.yaml:13:6: targets[1].name is "main", as at a.yaml:12; each target has its own name',
      'a.yaml:14:19: targets[2].port makes 127.0.0.1:5010, as at a.yaml:12; each row would arrive there twice',
      'a.yaml:14:31: targets[2].passwordFile is given without a user; give user',
    ]);
  });

  it('what Massive would not take is told at the very item', () => {
    const rules = () => [
      { path: ['symbols', 1], problem: "'BTC/USD' is not how the stocks stream spells a ticker" },
    ];
    const content = GOOD.replace('[A]', '[A]\n    symbols: [AAPL, BTC/USD]');
    expect(problemsIn(content, { rules })).to.deep.equal([
      "a.yaml:5:21: feeds[0].symbols[1] cannot be used: 'BTC/USD' is not how the stocks stream spells a ticker",
    ]);
  });

  it('a secret in a wrong place is never repeated', () => {
    const secret = 'Sup3rS3cretKey';
    const cases: Parameters<typeof problemsIn>[] = [
      [GOOD.replace('[A]', `[A]\n    key: ${secret}`)],
      [GOOD.replace('[A]', `[A]\n    host: "wss://u:${secret}@host/x y"`)],
      [GOOD.replace('5010', `5010\n    password: ${secret}`)],
      [GOOD, { flags: { target: `:5010:user:${secret}` } }],
      [GOOD, { environment: { MASSIVE_KDB_TARGET: `kdb1:5010:user:${secret}` } }],
    ];
    for (const [content, given] of cases) {
      const problems = problemsIn(content, given);
      expect(problems).to.have.lengthOf(1);
      expect(problems[0]).not.to.include(secret);
    }
  });
});

function problemsIn(
  content: string,
  given: Parameters<typeof configurationSources>[0] = {},
): readonly string[] {
  const flags = { ...given.flags, config: 'a.yaml' };
  return problemsOf(() =>
    loadConfiguration(configurationSources({ ...given, flags, files: { '/here/a.yaml': content } })),
  );
}
