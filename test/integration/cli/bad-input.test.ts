import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type CommandResult, runCommand } from '../../support/command-process.ts';
import { testSecret } from '../../support/secrets.ts';

const KEY = testSecret('massive');

const GOOD = `
feeds:
  - market: stocks
    channels: [A, AM]
    symbols: [AAPL, BRK.B]
targets:
  - name: main
    port: 5010
`;

describe('massive-kdb - bad input to a process', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const write = (name: string, content: string, mode = 0o600): string => {
    const file = join(directory, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  };
  const check = (
    content: string,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<CommandResult> => {
    write('massive-kdb.yaml', content);
    return runCommand(['config', 'check'], { HOME: directory, ...environment }, directory);
  };

  it('a right configuration is called so', async () => {
    const result = await check(GOOD, { MASSIVE_API_KEY: KEY });
    expect(result).to.include({ code: 0, stderr: '' });
    expect(result.stdout).to.match(/massive-kdb\.yaml is right: stocks to main\n$/);
  });

  it('typos are told with their lines, all at once, before a start does anything', async () => {
    write('massive-kdb.yaml', GOOD.replace('stocks', 'stoks').replace('port', 'prot'));
    const result = await runCommand(['start'], { MASSIVE_API_KEY: KEY }, directory);
    expect(result).to.include({ code: 78, stdout: '' });
    expect(linesOf(result)).to.deep.equal([
      'massive-kdb.yaml:3:5: feeds[0].market is "stoks"; allowed: one of stocks, options, indices, forex, crypto, futures; did you mean stocks?',
      'massive-kdb.yaml:8:5: targets[0].prot is not a setting; did you mean port?',
      'Correct it and check it with `massive-kdb config check`.',
    ]);
  });

  it('a wrong host, an unknown channel and a symbol of another market are refused with what is right', async () => {
    const result = await check(
      GOOD.replace('[A, AM]', '[A, XA]\n    host: delaid').replace('BRK.B', 'X:BTCUSD'),
      { MASSIVE_API_KEY: KEY },
    );
    expect(result.code).to.equal(78);
    const [channel, host, symbol] = linesOf(result);
    expect(channel).to.match(
      /^massive-kdb\.yaml:4:19: feeds\[0\]\.channels\[1\] cannot be used: 'XA' .*\(A, AM\)/,
    );
    expect(host).to.match(/^massive-kdb\.yaml:5:5: feeds\[0\]\.host cannot be used: .*'delaid'.*'delayed'/);
    expect(symbol).to.match(/^massive-kdb\.yaml:6:21: feeds\[0\]\.symbols\[1\] cannot be used: 'X:BTCUSD'/);
  });

  it('a missing key ends a start with the ways to give it', async () => {
    const line = ['start', '--market', 'stocks', '--channels', 'A', '--target', ':1'];
    const result = await runCommand(line, { HOME: directory }, directory);
    expect(result).to.include({ code: 78, stdout: '' });
    expect(linesOf(result)).to.have.lengthOf(1);
    expect(result.stderr).to.include('MASSIVE_API_KEY_FILE').and.include('systemd credential');
  });

  it('a key file that others can read, and a key given twice, are refused without the key', async () => {
    const file = write('key', `${KEY}\n`, 0o644);
    const [open, twice] = await Promise.all([
      check(GOOD, { MASSIVE_API_KEY_FILE: file }),
      check(GOOD, { MASSIVE_API_KEY_FILE: file, MASSIVE_API_KEY: KEY }),
    ]);
    expect(open?.code).to.equal(78);
    expect(open?.stderr).to.include(`chmod 600 ${file}`).and.not.include(KEY);
    expect(twice?.code).to.equal(78);
    expect(twice?.stderr).to.include('given twice').and.not.include(KEY);
  });

  it('a variable with a typo is warned of and ignored', async () => {
    const result = await check(GOOD, { MASSIVE_API_KEY: KEY, MASSIVE_KDB_LOGING_LEVEL: 'debug' });
    expect(result.code).to.equal(0);
    expect(linesOf(result)).to.deep.equal([
      'warning: MASSIVE_KDB_LOGING_LEVEL is not a setting and is ignored; did you mean MASSIVE_KDB_LOGGING_LEVEL?',
    ]);
  });

  it('a log file that cannot be written ends a start with exit code 74', async () => {
    write('massive-kdb.yaml', `${GOOD}logging:\n  file: ${write('file', '')}/x.log\n`);
    const result = await runCommand(['start'], { MASSIVE_API_KEY: KEY, HOME: directory }, directory);
    expect(result).to.include({ code: 74, stdout: '' });
    expect(linesOf(result)).to.have.lengthOf(1);
    expect(result.stderr).to.match(/^massive-kdb: the log file .*x\.log cannot be written: /);
  });

  it('a symbols file that is not there is told before a start', async () => {
    const result = await check(GOOD.replace('symbols: [AAPL, BRK.B]', 'symbolsFile: gone.txt'), {
      MASSIVE_API_KEY: KEY,
    });
    expect(result.code).to.equal(78);
    expect(linesOf(result)).to.have.lengthOf(1);
    expect(result.stderr).to.include(join(directory, 'gone.txt'));
  });

  it('commands and flags that do not exist, and secrets in flags, end with exit code 64', async () => {
    const [command, secret] = await Promise.all([
      runCommand(['strat']),
      runCommand(['start', '--api-key', KEY, '--market', 'stocks']),
    ]);
    expect(command).to.deep.equal({
      code: 64,
      stdout: '',
      stderr: 'massive-kdb: there is no command "strat". Did you mean start? See massive-kdb --help.\n',
    });
    expect(secret?.code).to.equal(64);
    expect(secret?.stderr).to.include('MASSIVE_API_KEY').and.not.include(KEY);
  });

  it('the sample is the commented default configuration, and print shows no secret', async () => {
    write('massive-kdb.yaml', GOOD);
    const [sample, print] = await Promise.all([
      runCommand(['config', 'sample']),
      runCommand(['config', 'print'], { MASSIVE_API_KEY: KEY, HOME: directory }, directory),
    ]);
    expect(sample?.stdout).to.equal(
      readFileSync(new URL('../../../config/default.yaml', import.meta.url), 'utf8'),
    );
    expect(print?.code).to.equal(0);
    expect(print?.stdout).to.match(/^feeds\[0\]\.channels: \["A","AM"\] +# massive-kdb\.yaml:4$/m);
    expect(print?.stdout).to.match(
      /^feeds\[0\]\.key: "MASSIVE_API_KEY" \(\[secret\] from the variable MASSIVE_API_KEY\) /m,
    );
    expect(print?.stdout).to.match(/^drain\.intervalMs: 1000 +# default$/m);
    expect(print?.stdout).not.to.include(KEY);
  });
});

/** What was said, without the program's name; a stack trace or an unprefixed line fails the test. */
function linesOf({ stderr }: CommandResult): string[] {
  return stderr
    .split('\n')
    .slice(0, -1)
    .map(line => {
      expect(line).to.match(/^massive-kdb: /);
      expect(line).not.to.match(/\bat .*:\d+:\d+\)?$/);
      return line.replace('massive-kdb: ', '');
    });
}
