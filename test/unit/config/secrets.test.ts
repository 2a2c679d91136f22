import { inspect } from 'node:util';
import { expect } from 'chai';
import { loadConfiguration } from '../../../src/config/load.ts';
import { findSecret, resolveSecrets, Secret, type SecretSources } from '../../../src/config/secrets.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

const NAME = 'MASSIVE_API_KEY';

describe('secrets - sources', () => {
  it('a variable, a file that a variable names, a systemd credential and a key file each give one', () => {
    const files = { '/keys/a': 'from-file\n', '/run/credentials/MASSIVE_API_KEY': 'from-systemd' };
    expect(found({ [NAME]: ' from-variable ' })).to.equal('from-variable');
    expect(found({ [`${NAME}_FILE`]: '/keys/a' }, files)).to.equal('from-file');
    expect(found({ CREDENTIALS_DIRECTORY: '/run/credentials' }, files)).to.equal('from-systemd');
    expect(found({}, files, '/keys/a')).to.equal('from-file');
  });

  it('one that is given twice is refused, and both places are named without the values', () => {
    const environment = { [NAME]: 'value-one', [`${NAME}_FILE`]: '/keys/a' };
    expect(problemsOf(() => found(environment, { '/keys/a': 'value-two' }))).to.deep.equal([
      'MASSIVE_API_KEY is given twice, by the variable MASSIVE_API_KEY and /keys/a (from MASSIVE_API_KEY_FILE): keep one of them',
    ]);
    expect(
      problemsOf(() => found({ [NAME]: 'value-one' }, { '/keys/a': 'value-two' }, '/keys/a')),
    ).to.have.lengthOf(1);
  });

  it('a file that others can read is refused with the command that mends it', () => {
    for (const mode of [0o644, 0o640, 0o604, 0o660, 0o602]) {
      const problems = problemsOf(() => found({}, { '/keys/a': 'x' }, '/keys/a', mode));
      expect(problems[0]).to.equal(
        `/keys/a has mode ${mode.toString(8)}, so that others can read or change the secret in it: chmod 600 /keys/a`,
      );
    }
    expect(found({}, { '/keys/a': 'x' }, '/keys/a', 0o400)).to.equal('x');
  });

  it('a secret that a container runtime mounts for all of its container is taken', () => {
    const files = { '/run/secrets/key': 'mounted' };
    expect(found({ [`${NAME}_FILE`]: '/run/secrets/key' }, files, null, 0o444)).to.equal('mounted');
  });

  it('a file that is named and is not there is a mistake, and an empty one counts as missing', () => {
    expect(problemsOf(() => found({ [`${NAME}_FILE`]: '/keys/gone' }))).to.deep.equal([
      '/keys/gone holds no secret: there is no such file',
    ]);
    expect(found({}, { '/keys/a': ' \n' }, '/keys/a')).to.equal(undefined);
  });
});

describe('secrets - of a configuration', () => {
  const file = `
feeds:
  - {market: stocks, channels: [A]}
  - {market: crypto, channels: [XA], key: CRYPTO_KEY}
targets:
  - {name: open, port: 5010}
  - {name: guarded, port: 5011, user: feed}
  - {name: named, port: 5012, user: feed, password: NAMED_PASSWORD}
`;
  const sources = configurationSources({ files: { '/here/massive-kdb.yaml': file } });
  const { configuration } = loadConfiguration(sources);

  it('each feed has its key, and each target with a user the password that is given for it', () => {
    const environment = {
      MASSIVE_API_KEY: 'key-1',
      CRYPTO_KEY: 'key-2',
      KDB_PASSWORD: 'pw-1',
      NAMED_PASSWORD: 'pw-2',
    };
    const secrets = resolveSecrets(configuration, secretSources(environment));
    expect(configuration.feeds.map(feed => secrets.keyOf(feed).reveal())).to.deep.equal(['key-1', 'key-2']);
    expect(configuration.targets.map(target => secrets.passwordOf(target)?.reveal())).to.deep.equal([
      undefined,
      'pw-1',
      'pw-2',
    ]);
    expect(secrets.all).to.have.lengthOf(4);
  });

  it('a user without a password is let be, but a password that is named must be there', () => {
    const environment = { MASSIVE_API_KEY: 'key-1', CRYPTO_KEY: 'key-2' };
    const problems = problemsOf(() => resolveSecrets(configuration, secretSources(environment)));
    expect(problems).to.have.lengthOf(1);
    expect(problems[0]).to.match(/^the password of target named is missing: set NAMED_PASSWORD, or /);
  });

  it('all that is missing is told at once, with the ways to give it', () => {
    const problems = problemsOf(() => resolveSecrets(configuration, secretSources({})));
    expect(problems).to.have.lengthOf(3);
    expect(problems[0]).to.equal(
      'the key for stocks is missing: set MASSIVE_API_KEY, or MASSIVE_API_KEY_FILE to a file that holds it, or provide the systemd credential MASSIVE_API_KEY, or name a file in the configuration',
    );
  });
});

describe('secrets - shown nowhere', () => {
  it('texts, JSON, prints and own properties of a secret do not hold its value', () => {
    const secret = new Secret('hunter2', 'the variable X');
    const shown = [`${secret}`, JSON.stringify({ secret }), inspect({ secret }), String(secret)];
    for (const text of shown) expect(text).to.include('[secret]').and.not.include('hunter2');
    expect(JSON.stringify(Object.entries(secret))).not.to.include('hunter2');
    expect(secret.reveal()).to.equal('hunter2');
  });
});

function found(
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  keyFile: string | null = null,
  mode = 0o600,
): string | undefined {
  return findSecret(NAME, keyFile, secretSources(environment, files, mode))?.reveal();
}

function secretSources(
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  mode = 0o600,
): SecretSources {
  const { readText } = configurationSources({ files });
  return { environment, readText, modeOf: path => (path in files ? 0o100000 | mode : undefined) };
}
