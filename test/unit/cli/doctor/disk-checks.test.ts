import { expect } from 'chai';
import { LockDamagedError } from '../../../../src/base/process-lock.ts';
import {
  type DiskEffects,
  directoryCheck,
  isOwnPlace,
  logFileCheck,
  type SpoolSubject,
  spaceCheck,
  spoolCheck,
} from '../../../../src/cli/doctor/disk-checks.ts';
import { requireVersion } from '../../../../src/realtime/spool/identity.ts';
import { lineOfOnly } from '../../../support/doctor-findings.ts';

const OWN = 1000;
const GIB = 1024 ** 3;

/** A disk with these directories; a file has a name with a dot. */
function disk(paths: Readonly<Record<string, number>>, effects: Partial<DiskEffects> = {}): DiskEffects {
  return {
    ownUser: OWN,
    look: async path =>
      path in paths ? { isDirectory: !path.includes('.'), user: paths[path]! } : undefined,
    tryWriting: async () => {},
    tryAppending: async () => {},
    freeBytes: async () => 100 * GIB,
    ...effects,
  };
}

const refusal = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('doctor - directories', () => {
  const look = (system: DiskEffects) =>
    lineOfOnly([
      directoryCheck({ name: 'state directory', path: '/var/state', setting: 'state.directory' }, system),
    ]);

  it('one that can be written passes, and one that can be made', async () => {
    expect(await look(disk({ '/var/state': OWN }))).to.equal('pass: /var/state can be written');
    expect(await look(disk({ '/': 0 }))).to.equal('pass: /var/state is not there yet, and can be made');
  });

  it('one that may not be written fails, and so does one that may not be made', async () => {
    const tryWriting = refusal('EACCES');
    const text =
      /^fail: \/var\/state cannot be written \(EACCES\) -> Give this user the permission, or set state\.dir/;
    expect(await look(disk({ '/var/state': 0 }, { tryWriting }))).to.match(text);
    expect(await look(disk({ '/var': 0 }, { tryWriting }))).to.match(text);
    expect(await look(disk({ '/var/state': 0 }, { tryWriting: refusal('EROFS') }))).to.match(
      /^fail: .*EROFS/,
    );
  });

  it('a full disk says that it is full', async () => {
    const line = await look(disk({ '/var/state': OWN }, { tryWriting: refusal('ENOSPC') }));
    expect(line).to.match(/^fail: no space is left for \/var\/state \(ENOSPC\) -> Make room/);
  });

  it('a file in its place fails', async () => {
    const system = disk({}, { look: async () => ({ isDirectory: false, user: OWN }) });
    expect(await look(system)).to.match(/^fail: \/var\/state is not a directory/);
  });

  it("another user's is a warning: what root may write, a daemon may not", async () => {
    expect(await look(disk({ '/var/state': 33 }))).to.match(
      /^warn: .*belongs to another user \(33; this is 1000\)/,
    );
    expect(await isOwnPlace('/var/state/deep', disk({ '/var/state': 33 }))).to.equal(false);
    expect(await isOwnPlace('/var/state/deep', disk({ '/var/state': OWN }))).to.equal(true);
  });

  it('a log file needs its directory, and must itself be writable', async () => {
    const log = (file: string | null, system: DiskEffects) => lineOfOnly([logFileCheck(file, system)]);
    expect(await log(null, disk({}))).to.match(/^skipped: .*standard error/);
    expect(await log('/log/a.log', disk({ '/log': OWN }))).to.equal('pass: /log can be written');
    const both = { '/log': OWN, '/log/a.log': 0 };
    expect(await log('/log/a.log', disk(both))).to.equal('pass: /log/a.log can be written');
    const denied = disk(both, { tryAppending: refusal('EACCES') });
    expect(await log('/log/a.log', denied)).to.match(/^fail: \/log\/a\.log cannot be written/);
  });
});

describe('doctor - spool', () => {
  const look = (spool: Partial<SpoolSubject>) =>
    lineOfOnly([
      spoolCheck({
        name: 'stocks',
        directory: '/spool/stocks',
        identity: async () => ({ source: 'stocks.1', openings: 1 }),
        holder: async () => undefined,
        daemonPid: async () => undefined,
        usedBytes: async () => 0,
        ...spool,
      }),
    ]);

  it('a new one, a free one, and one that the daemon has pass', async () => {
    expect(await look({ identity: async () => undefined })).to.match(/^pass: there is none yet/);
    expect(await look({})).to.equal('pass: of this release, and free');
    const held = { holder: async () => 77, daemonPid: async () => 77 };
    expect(await look(held)).to.equal('pass: of this release, and the daemon has it (process 77)');
  });

  it('one that somebody else has is a warning', async () => {
    expect(await look({ holder: async () => 77 })).to.match(/^warn: process 77 has it, and does not answer/);
  });

  it('one of another release fails', async () => {
    const identity = async () => {
      requireVersion('/spool/stocks/spool.json', 9);
      return undefined;
    };
    expect(await look({ identity })).to.match(
      /^fail: .*of another release.*expected version 1 of a spool; received version 9/,
    );
  });

  it('a damaged identity is a warning, a damaged lock a failure', async () => {
    expect(await look({ identity: async () => 'damaged' })).to.match(/^warn: its identity .* is damaged/);
    const holder = () => Promise.reject(new LockDamagedError('/spool/stocks/spool.1.lock', 'not JSON'));
    expect(await look({ holder })).to.match(/^fail: its lock \/spool\/stocks\/spool\.1\.lock is damaged/);
  });
});

describe('doctor - free space', () => {
  const look = (freeBytes: number, ...used: readonly number[]) =>
    lineOfOnly([
      spaceCheck(
        {
          directory: '/spool',
          maxBytes: 8 * GIB,
          segmentBytes: GIB / 16,
          spools: used.map(bytes => ({ usedBytes: async () => bytes })),
        },
        disk({ '/spool': OWN }, { freeBytes: async () => freeBytes }),
      ),
    ]);

  it('it is compared with what the spools of all feeds may still grow by', async () => {
    expect(await look(16 * GIB, 0, 0)).to.equal('pass: 16.0 GiB free for spools that may grow by 16.0 GiB');
    expect(await look(15 * GIB, 0, 0)).to.match(/^warn: 15\.0 GiB free .* 16\.0 GiB -> Make room/);
    expect(await look(15 * GIB, 0, GIB)).to.match(/^pass/);
    expect(await look(0, 9 * GIB)).to.match(/^fail: .*not enough for one file of the spool/);
  });
});
