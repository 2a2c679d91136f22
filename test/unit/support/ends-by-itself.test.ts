import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const FIXTURE = 'test/fixtures/ends-by-itself/lingers.mjs';

describe('tests that leave something running', () => {
  it('end all the same, say what it is, and fail', () => {
    const { status, stdout, stderr } = runFixture({});
    expect(stdout).to.include('1 passing');
    expect(stderr).to.match(
      /The tests are over and something keeps running: .*TCPServerWrap.*\. Ended with it: /,
    );
    expect(status).to.equal(1);
  });

  it('do not leave their processes to whoever waits for them', function () {
    if (!existsSync('/proc/self/stat')) this.skip();
    // The process has the output of the run: as long as it lives, its readers wait.
    const { status, stderr } = runFixture({ LEAVE_PROCESS: '1' });
    expect(stderr).to.match(/Ended with it: .*node -e setInterval/);
    expect(status).to.equal(1);
  });

  function runFixture(environment: Readonly<Record<string, string>>) {
    return spawnSync(process.execPath, ['node_modules/mocha/bin/mocha.js', FIXTURE], {
      cwd: ROOT,
      env: { ...process.env, MOCHA_LINGER_MS: '200', ...environment },
      encoding: 'utf8',
      timeout: 60_000,
    });
  }
});
