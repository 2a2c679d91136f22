import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { TokenFile } from '../../../../src/ops/http/token-file.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const OWN = 'a token of the operator, of 32 or more'.replaceAll(' ', '-');

describe('status access - token file', () => {
  let directory: string;
  let path: string;
  let clock: ManualClock;
  let logger: RecordingLogger;
  let hidden: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-token-'));
    path = join(directory, 'status-token');
    clock = new ManualClock();
    logger = new RecordingLogger();
    hidden = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (): Promise<TokenFile> =>
    TokenFile.open(directory, { clock, logger, hide: secret => void hidden.push(secret.reveal()) });

  it('is made at the first start, for its owner alone, and is the same at the next', async () => {
    const first = (await open()).value;
    expect(first).to.match(/^[\w-]{43}$/);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readFileSync(path, 'utf8').trim()).to.equal(first);
    expect((await open()).value).to.equal(first);
    expect(hidden).to.deep.equal([first, first]);
    expect(logger.lines).to.deep.equal([]);
  });

  it('one that others can read lets nobody in, and the log says so without the token', async () => {
    writeFileSync(path, OWN, { mode: 0o640 });
    chmodSync(path, 0o640);
    const file = await open();
    expect(file.value).to.equal(undefined);
    expect(logger.messages('warn')[0]).to.match(/status-token has mode 640, so that others can read/);
    expect(logger.messages('warn')[0]).not.to.include(OWN);
    chmodSync(path, 0o600);
    await file.look();
    expect(file.value).to.equal(OWN);
    chmodSync(path, 0o604);
    await file.look();
    expect(file.value).to.equal(undefined);
  });

  it('one that is short, empty, of several lines, or no file is none', async () => {
    for (const content of ['', 'short', `${OWN}\n${OWN}`]) {
      writeFileSync(path, content, { mode: 0o600 });
      expect((await open()).value, content).to.equal(undefined);
    }
    rmSync(path);
    symlinkSync('/etc/hostname', path);
    expect((await open()).value).to.equal(undefined);
    expect(logger.messages('warn')).to.have.lengthOf(4);
  });

  it('a new one takes the place of the old one while the daemon runs, and a deleted one is made anew', async () => {
    const file = await open();
    const first = file.value;
    writeFileSync(path, OWN, { mode: 0o600 });
    await file.look();
    expect(file.value).to.equal(OWN);
    rmSync(path);
    await file.look();
    expect(file.value)
      .to.match(/^[\w-]{43}$/)
      .and.not.equal(first);
    expect(hidden).to.deep.equal([first, OWN, file.value]);
  });
});
