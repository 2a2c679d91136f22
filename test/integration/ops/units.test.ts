import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ExitCode } from '../../../src/base/exit-codes.ts';

const FOLDER = fileURLToPath(new URL('../../../config/systemd/', import.meta.url));
const UNITS = readdirSync(FOLDER).filter(name => /@\.(service|target)$/.test(name));

describe('systemd units', () => {
  it('are what systemd understands', function () {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
      console.log('    skipped: systemd-analyze is not here');
      this.skip();
    }
    const environment = { ...process.env, SYSTEMD_UNIT_PATH: `${FOLDER}:` };
    for (const unit of UNITS) {
      const instance = unit.replace('@.', unit === 'massive-kdb@.service' ? '@main.' : '@stocks.');
      const { status, stderr } = spawnSync(
        'systemd-analyze',
        ['verify', '--man=no', '--recursive-errors=no', instance],
        { env: environment, encoding: 'utf8', timeout: 60_000 },
      );
      // Drop-ins may be for newer releases; what is left out of them is said, and the rest holds.
      const wrong = stderr.split('\n').filter(line => line !== '' && !line.includes('growing-pause.conf'));
      expect(wrong, unit).to.deep.equal([]);
      if (!stderr.includes('growing-pause.conf')) expect(status, unit).to.equal(0);
    }
  });

  it('start again after what a restart may mend only, and wait long enough for a stop', () => {
    const unit = readFileSync(join(FOLDER, 'massive-kdb@.service'), 'utf8');
    const prevented = /^RestartPreventExitStatus=(.*)$/m.exec(unit)![1]!.split(' ').map(Number);
    const { usage, schema, refused, configuration } = ExitCode;
    expect(prevented).to.deep.equal([usage, schema, refused, configuration]);
    const defaults = readFileSync(join(FOLDER, '../default.yaml'), 'utf8');
    const stopMs = Number(/^ {2}stopMs: (\d+)/m.exec(defaults)![1]);
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)![1]) * 1000).to.be.greaterThan(2 * stopMs);
    const intervalMs = Number(/^ {2}intervalMs: (\d+)/m.exec(defaults)![1]);
    expect(Number(/^WatchdogSec=(\d+)$/m.exec(unit)![1]) * 1000).to.be.greaterThan(2 * intervalMs);
  });

  it('run scripts that are there', () => {
    for (const name of UNITS.filter(unit => unit.endsWith('.service'))) {
      const unit = readFileSync(join(FOLDER, name), 'utf8');
      for (const [, script] of unit.matchAll(/\$\{SCRIPTS\}\/([a-z]+\.q)/g)) {
        expect(readdirSync(join(FOLDER, '../../q')), name).to.include(script);
      }
    }
  });
});
