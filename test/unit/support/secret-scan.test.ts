import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { SecretScanner } from '../../support/secret-scan/scanner.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FIXTURE = 'test/fixtures/secret-scan/leaks.mjs';

/** Not registered: this process is scanned as well. */
const OWN = 'AnotherSecretOfThisTest';

describe('secret scan - the run of tests', () => {
  it('fails where a secret is shown, and names each place without showing it', () => {
    const { status, stdout } = runFixture({ LEAK: '1' });
    expect(status).to.equal(1);
    const shownBy = stdout.slice(stdout.indexOf('is shown by'));
    for (const place of [
      /the errors of .*in-two-pieces \(as it is\)/,
      /what .*waited-for printed \(as it is\)/,
      /removed-\w+\/deep\/log\.txt \(as it is\): "key=planted\[secret\]\+\/= refused"/,
      /left-\w+\/headers\.txt \(in base64\)/,
      /what .*prints-its-token printed \(as it is\)/,
      /what GET \/page was answered \(as it is\)/,
      /what 127\.0\.0\.1:\d+ answered \(as it is\)/,
      /the stdout of the tests \(as it is\)/,
    ]) {
      expect(shownBy).to.match(place);
    }
    expect(shownBy.match(/\(as it is\)|\(in base64\)/g), 'and nothing else').to.have.lengthOf(8);
  });

  it('passes where none is, though secrets were told and kept', () => {
    const { status, stdout } = runFixture({});
    expect(status, stdout.slice(stdout.indexOf('is shown by'))).to.equal(0);
  });

  function runFixture(environment: Readonly<Record<string, string>>) {
    const line = ['node_modules/mocha/bin/mocha.js', FIXTURE];
    const { status, stdout } = spawnSync(process.execPath, line, {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      encoding: 'utf8',
      timeout: 60_000,
    });
    return { status, stdout };
  }
});

describe('secret scan - looking', () => {
  const found = (text: string | Buffer): string[] => {
    const scanner = new SecretScanner(OWN);
    scanner.scan('test', 'here', Buffer.from(text));
    return scanner.leaks.map(({ form }) => form);
  };

  it('finds it in base64 behind anything, and in hexadecimal digits', () => {
    for (const before of ['', 'a', 'ab', 'user:', 'pässword:']) {
      const encoded = Buffer.from(`${before}${OWN} and more`).toString('base64');
      expect(found(encoded)[0], before).to.match(/^in base64/);
    }
    expect(found(Buffer.from(OWN).toString('hex').toUpperCase())).to.deep.equal(['in hexadecimal digits']);
    expect(found(OWN.slice(0, -1))).to.deep.equal([]);
  });

  it('finds it across any number of pieces', () => {
    const scanner = new SecretScanner(OWN);
    const look = scanner.stream('test', 'pieces');
    for (const character of `before ${OWN} after`) look(Buffer.from(character));
    expect(scanner.leaks).to.have.lengthOf(1);
    expect(scanner.looked.get('test')).to.equal(`before ${OWN} after`.length);
  });
});
