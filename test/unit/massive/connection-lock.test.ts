import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Processes, systemProcesses } from '../../../src/base/process-lock.ts';
import {
  acquireConnectionLock,
  ConnectionInUseError,
  ConnectionLockError,
} from '../../../src/massive/connection-lock.ts';

/** The processes of an imaginary machine, by pid with their starts. */
function machine(self: number, running: Readonly<Record<number, string>>): Processes {
  return { self, startOf: async pid => running[pid] };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('massive connection lock', () => {
  let directory: string;
  let child: ChildProcess | undefined;

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), 'massive-kdb-lock-')), 'state');
  });

  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(join(directory, '..'), { recursive: true, force: true });
  });

  it('lock - a second process is refused, with the pid of the first and not a word of the key', async () => {
    await acquireConnectionLock(directory, 'stocks', 'the-key', machine(1, { 1: 'a', 2: 'b' }));
    const error = await failure(
      acquireConnectionLock(directory, 'stocks', 'the-key', machine(2, { 1: 'a', 2: 'b' })),
    );
    expect(error).to.be.instanceOf(ConnectionInUseError);
    expect((error as ConnectionInUseError).pid).to.equal(1);
    expect((error as Error).message)
      .to.include('process 1 already has the connection')
      .and.not.include('the-key');
    const [file] = readdirSync(directory);
    expect(file).to.match(/^massive-stocks-[0-9a-f]{12}\.1\.lock$/);
    expect(readFileSync(join(directory, file!), 'utf8')).to.equal('{"pid":1,"started":"a"}');
    expect(statSync(directory).mode & 0o077).to.equal(0);
    expect(statSync(join(directory, file!)).mode & 0o077).to.equal(0);
  });

  it('lock - a directory that cannot be made is told, in /proc and below a file too', async () => {
    writeFileSync(join(directory, '..', 'file'), '');
    for (const impossible of [join(directory, '../file/state'), '/proc/state']) {
      const error = await failure(acquireConnectionLock(impossible, 'stocks', 'the-key'));
      expect(error).to.be.instanceOf(ConnectionLockError);
      expect((error as Error).message).to.include(impossible);
    }
  });

  it('lock - another key, market or exchange is another connection', async () => {
    const processes = machine(1, { 1: 'a' });
    await acquireConnectionLock(directory, 'stocks', 'k1', processes);
    await acquireConnectionLock(directory, 'stocks', 'k2', processes);
    await acquireConnectionLock(directory, 'options', 'k1', processes);
    await acquireConnectionLock(directory, 'futures', 'k1', processes);
    await acquireConnectionLock(directory, 'futures/cme', 'k1', processes);
    expect(readdirSync(directory)).to.have.length(5);
  });

  it('lock - released, it is free, though the process that had it goes on', async () => {
    const processes = machine(2, { 1: 'a', 2: 'b' });
    const first = await acquireConnectionLock(directory, 'stocks', 'k', { ...processes, self: 1 });
    await first.release();
    await acquireConnectionLock(directory, 'stocks', 'k', processes);
    const error = await failure(acquireConnectionLock(directory, 'stocks', 'k', { ...processes, self: 1 }));
    expect((error as ConnectionInUseError).pid).to.equal(2);
    expect(readdirSync(directory)).to.have.length(1);
  });

  it('lock - that of a process that is gone is taken over', async () => {
    await acquireConnectionLock(directory, 'stocks', 'k', machine(1, { 1: 'a' }));
    await acquireConnectionLock(directory, 'stocks', 'k', machine(2, { 2: 'b' }));
    expect(readdirSync(directory)).to.have.length(1);
  });

  it('lock - a pid that now belongs to another process does not hold it', async () => {
    await acquireConnectionLock(directory, 'stocks', 'k', machine(1, { 1: 'a' }));
    await acquireConnectionLock(directory, 'stocks', 'k', machine(2, { 1: 'later', 2: 'b' }));
  });

  it('lock - of many that find a stale lock at once, one gets it', async () => {
    const running = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i + 2, `start ${i}`]));
    await acquireConnectionLock(directory, 'stocks', 'k', machine(1, { 1: 'a' }));
    const outcomes = await Promise.allSettled(
      Object.keys(running).map(pid =>
        acquireConnectionLock(directory, 'stocks', 'k', machine(Number(pid), running)),
      ),
    );
    const refused = outcomes.filter(outcome => outcome.status === 'rejected').map(outcome => outcome.reason);
    expect(refused).to.have.length(19);
    for (const reason of refused) expect(reason).to.be.instanceOf(ConnectionInUseError);
    expect(readdirSync(directory)).to.have.length(1);
  });

  it('lock - the real processes of this machine: held while one runs, free once it was killed', async () => {
    const running = spawn('sleep', ['600'], { stdio: 'ignore' });
    child = running;
    await once(running, 'spawn');
    const pid = running.pid!;
    await acquireConnectionLock(directory, 'stocks', 'k', { ...systemProcesses, self: pid });
    const error = await failure(acquireConnectionLock(directory, 'stocks', 'k'));
    expect((error as ConnectionInUseError).pid).to.equal(pid);
    running.kill('SIGKILL');
    await once(running, 'exit');
    const lock = await acquireConnectionLock(directory, 'stocks', 'k');
    expect(JSON.parse(readFileSync(lock.file, 'utf8')).pid).to.equal(process.pid);
  });

  it('lock - a damaged file, and a directory that cannot be written, are one clear line', async () => {
    const lock = await acquireConnectionLock(directory, 'stocks', 'k', machine(1, { 1: 'a' }));
    writeFileSync(lock.file, 'garbage');
    const damaged = await failure(acquireConnectionLock(directory, 'stocks', 'k', machine(2, { 2: 'b' })));
    expect(damaged).to.be.instanceOf(ConnectionLockError);
    expect((damaged as Error).message).to.include('delete the file if its content is damaged');

    writeFileSync(join(directory, 'plain'), '');
    const beneathFile = join(directory, 'plain', 'state');
    const unusable = await failure(acquireConnectionLock(beneathFile, 'stocks', 'k'));
    expect(unusable).to.be.instanceOf(ConnectionLockError);
  });

  it('lock - a read-only directory is one clear line', async function () {
    if (process.getuid?.() === 0) this.skip();
    const lock = await acquireConnectionLock(directory, 'stocks', 'k', machine(1, { 1: 'a' }));
    await lock.release();
    chmodSync(directory, 0o500);
    const error = await failure(acquireConnectionLock(directory, 'stocks', 'k'));
    expect((error as Error).message).to.include('Make its directory writable');
  });
});
