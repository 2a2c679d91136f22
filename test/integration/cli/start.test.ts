import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { CommandProcess, type CommandResult } from '../../support/command-process.ts';
import { statusFrame } from '../../support/fake-sockets.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { MassiveServer, type ServerScript } from '../../support/massive-server.ts';
import { testSecret } from '../../support/secrets.ts';

const KEY = testSecret('massive');
/** Nothing listens there. */
const NOBODY = 1;

describe('massive-kdb start - what an operator sees', () => {
  let directory: string;
  let massive: MassiveServer;
  let tickerplant: FakeTickerplant;
  let processes: CommandProcess[];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-start-'));
    processes = [];
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
  });
  afterEach(async () => {
    for (const { process } of processes) process.kill('SIGKILL');
    await Promise.all(processes.map(({ done }) => done));
    await massive.stop();
    await tickerplant.server.close();
    rmSync(directory, { recursive: true });
  });

  /** Starts a feed of A.* with a state directory of its own. */
  async function start(script: ServerScript, port: number, ...flags: string[]): Promise<CommandProcess> {
    massive = await MassiveServer.start(script);
    const line = ['--market', 'stocks', '--channels', 'A', '--host', massive.url, '--target', `:${port}`];
    return command(...line, ...flags);
  }
  const command = (...flags: string[]): CommandProcess => {
    const environment = { MASSIVE_API_KEY: KEY, HOME: directory };
    const started = new CommandProcess(['start', ...flags], environment, directory);
    processes.push(started);
    return started;
  };
  const tickerplantPort = (): number => tickerplant.server.target().port;

  it('a wrong key ends it with one line that says so, and not a word of the key', async () => {
    const feed = await start({ authAnswer: statusFrame('auth_failed', `no: ${KEY}`) }, tickerplantPort());
    const result = await feed.done;
    expect(result.code).to.equal(77);
    expect(complaints(result)).to.have.lengthOf(1);
    expect(complaints(result)[0]).to.match(/Massive refuses the API key at ws:.* Check the key/);
    expect(result.stdout + result.stderr).not.to.include(KEY);
    // However early it ends, what it had begun is whole.
    const left = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(left.filter(name => name.endsWith('.draft'))).to.deep.equal([]);
  });

  it('a table that is missing ends it with one line that says what to load', async () => {
    tickerplant.tables.clear();
    const result = await (await start({}, tickerplantPort())).done;
    expect(result.code).to.equal(65);
    expect(complaints(result)).to.have.lengthOf(1);
    expect(complaints(result)[0]).to.match(/table agg1s is missing.* Load q\/schema\.q/);
  });

  it('a tickerplant that is down ends it with --fail-fast, and nothing is said of another attempt', async () => {
    const result = await (await start({}, NOBODY, '--fail-fast')).done;
    expect(result.code).to.equal(69);
    expect(complaints(result)).to.have.lengthOf(1);
    expect(complaints(result)[0]).to.include('cannot connect to 127.0.0.1:1').and.not.include('Trying again');
  });

  it('Massive that is down ends it with --fail-fast, and nothing is said of another attempt', async () => {
    massive = await MassiveServer.start();
    const host = `wss://127.0.0.1:${massive.port}`;
    const flags = [
      '--market',
      'stocks',
      '--channels',
      'A',
      '--host',
      host,
      '--target',
      `:${tickerplantPort()}`,
    ];
    const result = await command(...flags, '--fail-fast').done;
    expect(result.code).to.equal(69);
    expect(complaints(result)).to.have.lengthOf(1);
    expect(complaints(result)[0]).to.include('does not speak TLS').and.not.include('Trying again');
  });

  it('a tickerplant that is down is waited for, and Ctrl-C ends the wait at once where no row waits', async () => {
    const feed = await start({}, NOBODY);
    await (await massive.connection(0)).subscribed;
    feed.process.kill('SIGINT');
    const result = await feed.done;
    expect(result.code).to.equal(0);
    expect(result.stderr).to.match(/cannot connect to 127\.0\.0\.1:1 .* Trying again in 0\.\d s/);
    expect(result.stderr).to.match(/SIGINT: stopping, within 10 s/);
  });

  it('a directory that cannot be made ends it before it connects', async () => {
    writeFileSync(join(directory, 'file'), '');
    const feed = await start({}, tickerplantPort(), '--state-directory', join(directory, 'file', 'state'));
    const result = await feed.done;
    expect(result.code).to.equal(74);
    expect(complaints(result)).to.have.lengthOf(1);
    expect(complaints(result)[0]).to.match(/cannot be written: .* or the state\.directory/);
    expect(massive.connections).to.have.lengthOf(0);
  });

  it('a second one with the same key and market is refused with the process that has it', async () => {
    const first = await start({}, tickerplantPort());
    await (await massive.connection(0)).subscribed;
    const line = ['--market', 'stocks', '--channels', 'A', '--host', massive.url, '--target', ':1'];
    const second = await command(...line).done;
    expect(second.code).to.equal(69);
    expect(complaints(second)).to.have.lengthOf(1);
    expect(complaints(second)[0]).to.include(`process ${first.process.pid} already has the connection`);
    first.process.kill('SIGTERM');
    expect((await first.done).code).to.equal(0);
  });

  it('a reload with a mistake changes nothing, and says where it is; the next one takes effect', async () => {
    massive = await MassiveServer.start();
    const configure = (symbols: string): void =>
      writeFileSync(
        join(directory, 'massive-kdb.yaml'),
        `feeds:\n  - {market: stocks, channels: [A], symbols: [${symbols}], host: "${massive.url}"}\n` +
          `targets:\n  - {name: main, port: ${tickerplantPort()}}\n`,
      );
    configure('AAPL');
    const feed = command();
    const connection = await massive.connection(0);
    await connection.subscribed;
    configure('AAPL, X:BTCUSD');
    feed.process.kill('SIGHUP');
    await said(feed, /reload refused.*massive-kdb\.yaml:2:53: .*'X:BTCUSD'/);
    configure('AAPL, MSFT');
    feed.process.kill('SIGHUP');
    await said(feed, /reloaded symbols/);
    feed.process.kill('SIGTERM');
    expect((await feed.done).code).to.equal(0);
    expect([...connection.pairs]).to.deep.equal(['A.AAPL', 'A.MSFT']);
  });
});

/** The lines that are not about the normal course of things; a stack trace fails the test. */
function complaints({ stderr }: CommandResult): string[] {
  expect(stderr).not.to.match(/\bat .*:\d+:\d+\)?$/m);
  return stderr.split('\n').filter(line => line !== '' && !/^[-\d]+ [\d:.]+Z info /.test(line));
}

/** Resolves when the process has said it on standard error. */
async function said({ process }: CommandProcess, text: RegExp): Promise<void> {
  let heard = '';
  await new Promise<void>(resolve => {
    process.stderr!.on('data', (chunk: string) => {
      heard += chunk;
      if (text.test(heard)) resolve();
    });
  });
}
