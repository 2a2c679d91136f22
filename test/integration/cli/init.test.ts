import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../support/command-process.ts';

describe('massive-kdb init', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-init-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (line: readonly string[], environment = {}) =>
    runCommand(line, { HOME: directory, ...environment }, directory);

  it('by flags and defaults writes what config check accepts, and says what comes next', async () => {
    const written = await run([
      'init',
      '--yes',
      '--market',
      'crypto',
      '--symbols',
      'BTC-USD',
      '--target',
      'kdb1:5010:me',
    ]);
    expect(written.code, written.stderr).to.equal(0);
    expect(written.stdout).to.match(
      /^Wrote massive-kdb\.yaml\. Next:.*massive-kdb doctor\n.*massive-kdb start\n$/s,
    );
    expect(readdirSync(directory)).to.deep.equal(['massive-kdb.yaml']);
    const checked = await run(['config', 'check'], { MASSIVE_API_KEY: 'aKey' });
    expect(checked.code, checked.stderr).to.equal(0);
    expect(checked.stdout).to.match(/massive-kdb\.yaml is right: crypto to main/);
  });

  it('without a terminal and without answers it writes nothing, and never over a file', async () => {
    const unanswered = await run(['init', '--market', 'stocks']);
    expect(unanswered.code).to.equal(64);
    expect(unanswered.stderr).to.match(/no terminal on which to ask\. Give --channels, --symbols, --target/);
    expect(readdirSync(directory)).to.deep.equal([]);
    expect((await run(['init', '--yes', '--config', 'a.yaml'])).code).to.equal(0);
    const before = readFileSync(join(directory, 'a.yaml'), 'utf8');
    const again = await run(['init', '--yes', '--config', 'a.yaml', '--market', 'crypto']);
    expect(again.code).to.equal(64);
    expect(again.stderr).to.match(/a\.yaml is there already\. Give --force/);
    expect(readFileSync(join(directory, 'a.yaml'), 'utf8')).to.equal(before);
  });
});
