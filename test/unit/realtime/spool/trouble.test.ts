import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seededRandom } from '../../../../src/base/random.ts';
import { SpoolError } from '../../../../src/realtime/spool/errors.ts';
import { lockSpool } from '../../../../src/realtime/spool/lock.ts';
import type { SpoolOptions } from '../../../../src/realtime/spool/options.ts';
import { Spool } from '../../../../src/realtime/spool/spool.ts';
import { systemSpoolFiles } from '../../../../src/realtime/spool/system-files.ts';
import { CrashingFiles, type FileOperation, systemError } from '../../../support/crashing-files.ts';
import { settled } from '../../../support/manual-clock.ts';
import {
  type SpoolTestParts,
  spoolBatch,
  spoolBatches,
  spoolOptions,
  spoolParts,
} from '../../../support/spool-harness.ts';

const DIRECTORY = '/state/spool/stocks';

async function refusal(action: Promise<unknown>): Promise<SpoolError> {
  const error = await action.then(
    () => undefined,
    thrown => thrown,
  );
  expect(error).to.be.instanceOf(SpoolError);
  expect((error as SpoolError).message).not.to.include('\n');
  return error as SpoolError;
}

describe('spool - a disk that fails', () => {
  let files: CrashingFiles;
  let parts: SpoolTestParts;
  let operations: FileOperation[];

  beforeEach(() => {
    files = new CrashingFiles(seededRandom(1));
    operations = [];
    files.before = operation => void operations.push(operation);
  });

  function open(changes: Partial<SpoolOptions> = {}): Promise<Spool> {
    parts = spoolParts(files);
    return Spool.open(spoolOptions(DIRECTORY, changes), parts);
  }

  /** From now on `name` fails on segments, `times` times. */
  function failSegments(name: FileOperation['name'], code: string, times = Number.POSITIVE_INFINITY): void {
    let left = times;
    files.fault = operation => {
      if (operation.name !== name || !operation.path.endsWith('.log') || left-- <= 0) return undefined;
      return systemError(code, name, operation.path);
    };
  }

  async function sequences(spool: Spool): Promise<number[]> {
    return (await spool.read(0, Number.POSITIVE_INFINITY)).map(({ sequence }) => sequence);
  }

  it('one sync that fails: the records go to a new segment, and the old file is never touched again', async () => {
    const spool = await open();
    await spool.append([spoolBatch(1)]);
    failSegments('datasync', 'EIO', 1);
    await spool.append([spoolBatch(2)]);
    const touched = operations.splice(0).filter(({ path }) => path.endsWith('1.log'));
    expect(touched.filter(({ name }) => name === 'datasync')).to.have.lengthOf(2);
    await spool.append([spoolBatch(3)]);
    expect(spool.segments.map(({ first, last }) => [first, last])).to.deep.equal([
      [1, 1],
      [2, 3],
    ]);
    expect(await sequences(spool)).to.deep.equal([1, 2, 3]);
    expect(operations.filter(({ path }) => path.endsWith('1.log')).map(({ name }) => name)).to.deep.equal([
      'open',
      'read',
    ]);
    expect(parts.logger.messages('warn')).to.have.lengthOf(1);
  });

  it('a disk that goes on failing: append rejects with its class, and works again when the disk does', async () => {
    const cases = [
      ['write', 'ENOSPC', 'SPOOL_DISK_FULL'],
      ['write', 'EIO', 'SPOOL_WRITE'],
      ['datasync', 'EIO', 'SPOOL_WRITE'],
      ['create', 'EROFS', 'SPOOL_WRITE'],
    ] as const;
    const spool = await open();
    await spool.append([spoolBatch(1)]);
    for (const [name, code, errorCode] of cases) {
      failSegments(name, code);
      for (let attempt = 0; attempt < 2; attempt++) {
        // A create that fails shows only once the segment that is there was left.
        failSegments(name, code);
        const batch = spoolBatch(spool.lastSequence + 1);
        if (name === 'create' && attempt === 0) await spool.dateEnded(batch.tradingDate);
        expect(await refusal(spool.append([batch])), name).to.include({ code: errorCode, exitCode: 74 });
        expect(await sequences(spool)).not.to.include(batch.sequence);
      }
      files.fault = () => undefined;
      await spool.append([spoolBatch(spool.lastSequence + 1)]);
      expect(await sequences(spool)).to.include(spool.lastSequence);
    }
    expect(files.bytesOf(join(DIRECTORY, 'ledger.json'))).to.not.be.empty;
    const left = (await files.list(DIRECTORY)).filter(file => file.endsWith('.log'));
    expect(left).to.have.lengthOf(spool.segments.length);
  });

  it('appends that come during a sync share the next one', async () => {
    const spool = await open();
    await spool.append([spoolBatch(1)]);
    operations.length = 0;
    await Promise.all([2, 3, 4, 5, 6].map(sequence => spool.append([spoolBatch(sequence)])));
    expect(operations.filter(({ name }) => name === 'datasync')).to.have.lengthOf(1);
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    operations.length = 0;
    files.before = operation => {
      operations.push(operation);
      return operation.name === 'datasync' ? held : undefined;
    };
    const first = spool.append([spoolBatch(7)]);
    while (!operations.some(({ name }) => name === 'datasync')) await settled();
    const others = [8, 9, 10].map(sequence => spool.append([spoolBatch(sequence)]));
    release();
    await Promise.all([first, ...others]);
    expect(operations.filter(({ name }) => name === 'datasync')).to.have.lengthOf(2);
  });

  it('a disk that does not answer: what may wait for it has a limit', async () => {
    const spool = await open({ maxBytes: 1e9 });
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    files.before = () => held;
    const big = new Uint8Array(40 * 1024 * 1024);
    const first = spool.append([{ ...spoolBatch(1), columns: big }]);
    expect(await refusal(spool.append([{ ...spoolBatch(2), columns: big }]))).to.include({
      code: 'SPOOL_STALLED',
      exitCode: 74,
    });
    release();
    await first;
    expect(spool.waitingBytes).to.equal(0);
    await spool.append([spoolBatch(2)]);
  });

  it('interval - is synced within its time; what a failed sync left doubtful goes to a new segment', async () => {
    const spool = await open({ sync: 'interval' });
    await spool.append([spoolBatch(1)]);
    expect(operations.some(({ name, path }) => name === 'datasync' && path.endsWith('.log'))).to.equal(false);
    await parts.clock.advance(1000);
    expect(operations.some(({ name, path }) => name === 'datasync' && path.endsWith('.log'))).to.equal(true);
    await spool.append(spoolBatches(2, 3));
    failSegments('datasync', 'EIO', 1);
    await parts.clock.advance(1000);
    expect(spool.segments.map(({ first, last }) => [first, last])).to.deep.equal([
      [1, 4],
      [2, 4],
    ]);
    expect(await sequences(spool)).to.deep.equal([1, 2, 3, 4]);
    const after = await Spool.open(
      spoolOptions(DIRECTORY),
      spoolParts(files.crashed(seededRandom(1), { sectorBytes: 512, sectorSurvives: 0, nameSurvives: 0 })),
    );
    expect(await sequences(after)).to.deep.equal([1, 2, 3, 4]);
  });

  it('never - no segment is synced, and a kill of the process loses nothing', async () => {
    const spool = await open({ sync: 'never' });
    await spool.append(spoolBatches(1, 3));
    await spool.close();
    expect(operations.some(({ name, path }) => name === 'datasync' && path.endsWith('.log'))).to.equal(false);
    expect(await sequences(await open({ sync: 'never' }))).to.deep.equal([1, 2, 3]);
  });

  it('a ledger that cannot be written fails the flush, and the next one writes it', async () => {
    const spool = await open();
    await spool.append(spoolBatches(1, 3));
    spool.acknowledge('main', 2);
    files.fault = ({ name, path }) =>
      name === 'rename' && path.endsWith('ledger.json') ? systemError('EIO', name, path) : undefined;
    expect(await refusal(spool.flush())).to.include({ code: 'SPOOL_WRITE', exitCode: 74 });
    files.fault = () => undefined;
    await spool.flush();
    expect((await open()).position('main')).to.equal(2);
  });

  it('a read that fails is told, and works when the disk does', async () => {
    const spool = await open();
    await spool.append(spoolBatches(1, 3));
    failSegments('read', 'EIO');
    expect(await refusal(spool.read(0, 1000))).to.include({ code: 'SPOOL_READ', exitCode: 74 });
    files.fault = () => undefined;
    expect(await sequences(spool)).to.deep.equal([1, 2, 3]);
  });
});

describe('spool - a directory that cannot be used', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-spool-'));
  });

  afterEach(() => {
    chmodSync(root, 0o700);
    rmSync(root, { recursive: true, force: true });
  });

  const open = (directory: string) =>
    Spool.open(spoolOptions(directory), spoolParts(systemSpoolFiles, lockSpool));

  it('below a file, and where nothing can be made', async () => {
    writeFileSync(join(root, 'file'), '');
    for (const directory of [join(root, 'file/stocks'), '/proc/spool/stocks']) {
      const error = await refusal(open(directory));
      expect(error).to.include({ code: 'SPOOL_DIRECTORY', exitCode: 74 });
      expect(error.message).to.include(directory).and.include('spool.directory');
    }
  });

  it('read-only', async function () {
    if (process.getuid?.() === 0) this.skip();
    mkdirSync(join(root, 'stocks'));
    chmodSync(join(root, 'stocks'), 0o500);
    expect(await refusal(open(join(root, 'stocks')))).to.include({ code: 'SPOOL_DIRECTORY', exitCode: 74 });
  });

  it('on a read-only file system', async () => {
    const files = new CrashingFiles(seededRandom(1));
    files.fault = ({ name, path }) =>
      ['makeDirectory', 'create'].includes(name) ? systemError('EROFS', name, path) : undefined;
    const error = await refusal(Spool.open(spoolOptions('/spool'), spoolParts(files)));
    expect(error).to.include({ code: 'SPOOL_DIRECTORY', exitCode: 74 });
  });

  it('of another process', async () => {
    const directory = join(root, 'stocks');
    const spool = await open(directory);
    const error = await refusal(open(directory));
    expect(error).to.include({ code: 'SPOOL_LOCKED', exitCode: 69 });
    expect(error.message).to.include(`process ${process.pid}`);
    await spool.close();
    await (await open(directory)).close();
  });
});
