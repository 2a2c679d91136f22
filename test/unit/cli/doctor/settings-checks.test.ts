import { expect } from 'chai';
import { configurationChecks, keyChecks, nodeCheck } from '../../../../src/cli/doctor/settings-checks.ts';
import { ConfigurationError } from '../../../../src/config/errors.ts';
import { loadConfiguration } from '../../../../src/config/load.ts';
import { configurationSources } from '../../../support/configuration-sources.ts';
import { findingsOf, lineOf, lineOfOnly } from '../../../support/doctor-findings.ts';
import { testSecret } from '../../../support/secrets.ts';

const TEXT =
  'feeds:\n  - {market: stocks, channels: [A]}\n  - {market: crypto, channels: [XA], keyFile: /secret/key}\ntargets:\n  - {name: main, port: 5010}\n';
const loaded = loadConfiguration(configurationSources({ files: { '/here/massive-kdb.yaml': TEXT } }));
const { configuration } = loaded;
const nothing = async () => {};

describe('doctor - Node.js and configuration', () => {
  it('an old Node.js fails', async () => {
    expect(await lineOfOnly([nodeCheck('20.19.0', '20.19')])).to.equal('pass: Node.js 20.19.0');
    expect(await lineOfOnly([nodeCheck('22.1.0', '20.19')])).to.equal('pass: Node.js 22.1.0');
    expect(await lineOfOnly([nodeCheck('20.9.1', '20.19')])).to.match(
      /^fail: .* too old -> Install Node.js 20.19/,
    );
    expect(await lineOfOnly([nodeCheck('18.20.0', '20.19')])).to.match(/^fail/);
  });

  it('all that is wrong with a configuration is told, one line each, after its warnings', async () => {
    const error = new ConfigurationError(
      ['a.yaml:1:1: one', 'a.yaml:2:1: two'],
      ['MASSIVE_KDB_X is ignored'],
    );
    const checks = configurationChecks(error, nothing);
    const outcomes = await Promise.all(checks.map(({ run }) => run(new AbortController().signal)));
    expect(outcomes.map(({ outcome, text }) => `${outcome} ${text}`)).to.deep.equal([
      'warn MASSIVE_KDB_X is ignored',
      'fail a.yaml:1:1: one',
      'fail a.yaml:2:1: two',
    ]);
  });

  it('one that is right says what goes where', async () => {
    const line = await lineOfOnly(configurationChecks(loaded, nothing));
    expect(line).to.equal('pass: /here/massive-kdb.yaml: stocks to main; crypto to main');
  });
});

describe('doctor - keys', () => {
  const sources = {
    environment: { MASSIVE_API_KEY: testSecret('massive') } as Record<string, string>,
    readText: () => 'anotherSecretKey\n',
    modeOf: (path: string): number | undefined => (path === '/secret/key' ? 0o100600 : undefined),
  };
  const check = async (other: Partial<typeof sources>) => {
    const findings = await findingsOf(keyChecks(configuration, { ...sources, ...other }));
    return [lineOf(findings['key stocks']), lineOf(findings['key crypto'])];
  };

  it('each says where it is given, and none is shown', async () => {
    const lines = await check({});
    expect(lines[0]).to.equal('pass: given by the variable MASSIVE_API_KEY');
    expect(lines[1]).to.match(/^fail: MASSIVE_API_KEY is given twice/);
    expect((await check({ environment: {} }))[1]).to.equal(
      'pass: given by /secret/key (from the configuration), which others cannot read',
    );
    expect(lines.join()).not.to.match(/SecretKey/i);
  });

  it('one that is missing fails with the ways to give it', async () => {
    expect((await check({ environment: {} }))[0]).to.match(
      /^fail: the key for stocks is missing: set MASSIVE_API_KEY/,
    );
  });

  it('a file that others can read fails with the command that mends it', async () => {
    const lines = await check({ environment: {}, modeOf: () => 0o100644 });
    expect(lines[1]).to.match(/^fail: \/secret\/key has mode 644.*chmod 600 \/secret\/key/);
  });

  it('one with quotes or blanks in it is one that was copied wrongly, and is not shown', async () => {
    for (const key of ['"aSecretKey"', 'a SecretKey', 'aSecret\u00e9Key']) {
      const [line] = await check({ environment: { MASSIVE_API_KEY: key } });
      expect(line)
        .to.match(/^fail: the key from the variable MASSIVE_API_KEY holds blanks/)
        .and.not.include('Secret');
    }
  });
});
