import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { simulatedRecording } from '../../../src/cli/verify/simulated.ts';
import { acquireConnectionLock } from '../../../src/massive/connection-lock.ts';
import { type VerifyReport, verifyRecording } from '../../../src/massive/recording/verify.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { type CommandResult, runCommand } from '../../support/command-process.ts';

const KEY = 'secret-key-of-a-test';
const FILE_SECRET = 'secret-of-the-files';

describe('massive-kdb record and verify', function () {
  this.timeout(240_000);
  let directory: string;
  let simulator: Simulator;
  let recorded: CommandResult;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-recording-'));
    simulator = await startSimulator({
      markets: ['stocks'],
      symbols: 10,
      rate: 8,
      keys: [{ key: KEY, markets: 'all' }],
      fileKeys: [{ keyId: 'file-key-of-a-test', secret: FILE_SECRET, markets: 'all' }],
      filesDirectory: join(directory, 'files'),
    });
    recorded = await record('recording', '--for', '3s');
  });

  after(async () => {
    await simulator.close();
    rmSync(directory, { recursive: true });
  });

  function record(name: string, ...flags: readonly string[]): Promise<CommandResult> {
    const feed = ['--market', 'stocks', '--channels', 'A,AM', '--symbols', '*', '--host', simulator.url];
    const history = ['--history-rest-address', simulator.httpUrl, '--history-rest-tier', 'paid'];
    const place = ['--history-flat-files-place', simulator.httpUrl];
    const state = ['--state-directory', join(directory, 'state')];
    return runCommand(
      ['record', join(directory, name), ...feed, ...history, ...place, ...state, ...flags],
      {
        MASSIVE_API_KEY: KEY,
        MASSIVE_S3_ACCESS_KEY: 'file-key-of-a-test',
        MASSIVE_S3_SECRET_KEY: FILE_SECRET,
        HOME: directory,
      },
      directory,
    );
  }

  it('keeps stream, REST and files for its user only, and no secret', () => {
    expect(recorded.code, recorded.stderr).to.equal(0);
    const folder = join(directory, 'recording');
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).to.equal(0o600);
      const text = readFileSync(join(folder, name), 'utf8');
      expect(text).not.to.contain(KEY);
      expect(text).not.to.contain(FILE_SECRET);
    }
    const stream = readFileSync(join(folder, 'stream.ndjson'), 'utf8');
    expect(stream).to.contain('{\\"action\\":\\"auth\\",\\"params\\":\\"<secret>\\"}');
    expect(stream).to.contain('subscribed to: A.*');
    expect(readFileSync(join(folder, 'rest.ndjson'), 'utf8').trim().split('\n')).to.have.length(8);
    expect(readdirSync(folder).filter(name => name.endsWith('.csv'))).to.have.length(2);
  });

  it('finds no difference in what the simulator sends, and each that is made', async () => {
    const same = await runCommand(['verify', join(directory, 'recording')]);
    expect(same.stdout, same.stdout).to.match(/no difference\n$/);
    expect(same.code, same.stderr).to.equal(0);

    const stream = join(directory, 'recording', 'stream.ndjson');
    const text = readFileSync(stream, 'utf8');
    const event = '[{\\"ev\\":\\"FMV\\",\\"sym\\":\\"A\\",\\"fmv\\":1}]';
    writeFileSync(
      stream,
      `${text.replaceAll('\\"vw\\":', '\\"vwp\\":')}{"receivedMs":1,"frame":"${event}"}\n`,
    );
    const other = await runCommand(['verify', join(directory, 'recording'), '--json']);
    expect(other.code).to.equal(2);
    const { differences } = JSON.parse(other.stdout) as VerifyReport;
    const texts = differences.map(({ severity, where, text: told }) => `${severity} ${where}: ${told}`);
    expect(texts).to.include('tolerated A: field vwp (number) is not known, and is not stored');
    expect(texts).to.include('misread events: the scanner rejects: channel-unknown');
  });

  for (const [market, path] of [
    ['indices', '/indices'],
    ['forex', '/forex'],
    ['futures', '/futures/cme'],
  ] as const) {
    it(`${market}: the readers take all that is expected, so that a difference is the service's`, async () => {
      const { recording, remove } = await simulatedRecording({ market }, path, new AbortController().signal);
      const { differences, events, missing } = await verifyRecording(recording, recording).finally(remove);
      // Its time goes faster than the clock by which it is received.
      expect(differences.filter(({ kind }) => kind !== 'delay')).to.deep.equal([]);
      expect(missing).to.deep.equal([]);
      expect(Object.values(events)).to.have.length(2);
    });
  }

  it('is refused while another process has the connection, and where something is already', async () => {
    const lock = await acquireConnectionLock(join(directory, 'state'), 'stocks', KEY);
    const busy = await record('busy', '--for', '1s');
    await lock.release();
    expect(busy.code).to.equal(69);
    expect(busy.stderr).to.match(new RegExp(`process ${process.pid} already has the connection to Massive`));
    const again = await record('recording', '--for', '1s');
    expect(again.code).to.equal(74);
    expect(again.stderr).to.match(/is not empty/);
  });

  it('stops at its size, and says so', async () => {
    const small = await record('small', '--for', '60s', '--max-mib', '0.005');
    expect(small.code, small.stderr).to.equal(0);
    expect(small.stdout).to.match(/ended by: size/);
  });
});
