import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { runCommand } from '../../support/command-process.ts';

describe('completion', () => {
  let directory: string;
  const script = (shell: string): string => join(directory, shell);

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-completion-'));
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout, stderr } = await runCommand(['completion', shell]);
      expect(code, stderr).to.equal(0);
      writeFileSync(script(shell), stdout);
    }
  });
  after(() => rmSync(directory, { recursive: true }));

  /** What bash offers behind these words, of which the last is begun. */
  function offered(...words: readonly string[]): string[] {
    const program = `source "$1"; shift; COMP_WORDS=(massive-kdb "$@"); COMP_CWORD=$#; _massive_kdb; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const arguments_ = ['--norc', '-c', program, 'bash', script('bash'), ...words];
    const { status, stdout, stderr } = spawnSync('bash', arguments_, {
      encoding: 'utf8',
      cwd: directory,
      timeout: 60_000,
    });
    expect(status, stderr).to.equal(0);
    expect(stderr).to.equal('');
    return stdout.split('\n').filter(line => line !== '');
  }

  it('offers every command, and those that begin so', () => {
    const names = COMMANDS.map(({ usage }) => usage.split(' ')[0]);
    expect(offered('')).to.have.members([...names, '--help', '--version']);
    expect(offered('qu')).to.have.members(['quarantine', 'query']);
  });

  it('offers the flags of the command, and what they can be', () => {
    expect(offered('reconcile', '2026-10-02', '--rep')).to.deep.equal(['--repair']);
    expect(offered('start', '--conv')).to.deep.equal(['--convention']);
    expect(offered('start', '--convention', '')).to.deep.equal(['kdb-tick', 'torq', 'torq-stp']);
    expect(offered('backfill', '--json', '--bar', '1')).to.deep.equal(['1s', '1m', '1d']);
    expect(offered('q', '-')).to.include('-p');
  });

  it('offers what the first argument can be, and flags instead once a dash is there', () => {
    expect(offered('gaps', '')).to.deep.equal(['list', 'fill', 'forget']);
    expect(offered('gaps', '--j')).to.deep.equal(['--json']);
    expect(offered('completion', 'f')).to.deep.equal(['fish']);
  });

  it('offers files where one is named, and nothing where a value is free', () => {
    expect(offered('start', '--config', 'ba')).to.deep.equal(['bash']);
    expect(offered('q', 'zs')).to.deep.equal(['zsh']);
    expect(offered('gaps', 'forget', 'stocks-1', '--reason', '')).to.deep.equal([]);
  });

  for (const shell of ['zsh', 'fish']) {
    it(`is a script that ${shell} can read`, function () {
      const { status, error, stderr } = spawnSync(shell, ['-n', script(shell)], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      if (error) {
        console.log(`    skipped: ${shell} is not here`);
        this.skip();
      }
      expect(status, stderr).to.equal(0);
    });
  }
});
