import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import type { QValue } from '../../../src/kdb/ipc/values.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { SessionCalendar } from '../../../src/tables/session-calendar.ts';
import { type CommandResult, runCommand } from '../../support/command-process.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { HttpServer } from '../../support/http-server.ts';
import { TickProcess } from '../../support/live-processes.ts';
import { LoaderProcess, ReaderProcess } from '../../support/loader-process.ts';
import { MassiveServer } from '../../support/massive-server.ts';
import { StartedDaemon } from '../../support/started-daemon.ts';

const KEY = 'aVerySecretMassiveKey';
const FILE_SECRET = 'aVerySecretFileKey';
const TIMEOUT_MS = 180_000;
/** Nothing listens there. */
const NOBODY = 1;
const DISK_BYTES = 64 * 1024;

/** The lines of a doctor: each finding with what to do about it, by the check that it is of. */
class Findings {
  readonly result: CommandResult;
  readonly #lines: readonly string[];

  constructor(result: CommandResult) {
    this.result = result;
    expect(result.stderr).to.equal('');
    expect(result.stdout).not.to.match(/aVerySecret/);
    this.#lines = result.stdout.replaceAll(/\n +-> /g, ' -> ').split('\n');
  }

  /** The finding of a check. */
  of(name: string): string {
    const found = this.#lines.find(line => line.slice(6).startsWith(name));
    return found ?? `${name} is not looked at:\n${this.result.stdout}`;
  }

  /** All findings that are neither well nor left out. */
  get bad(): readonly string[] {
    return this.#lines.filter(line => /^(WARN|FAIL)/.test(line));
  }
}

describe('massive-kdb doctor', function () {
  this.timeout(TIMEOUT_MS);
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-doctor-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** Runs it with a state directory of its own. */
  async function look(
    flags: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    state = join(directory, 'state'),
  ): Promise<Findings> {
    const line = ['doctor', '--market', 'stocks', '--state-directory', state, ...flags];
    return new Findings(
      await runCommand(line, { HOME: directory, MASSIVE_API_KEY: KEY, ...environment }, directory),
    );
  }
  const feed = (host: string, port: number, channels = 'A,AM') => [
    ...['--channels', channels, '--symbols', 'AAPL', '--host', host, '--target', `:${port}`],
  ];

  it('finds nothing where everything is well, from the key to the readers', async () => {
    const keys = {
      keys: [{ key: KEY, markets: 'all' }],
      fileKeys: [{ keyId: 'aKeyId', secret: FILE_SECRET, markets: 'all' }],
    } as const;
    const simulator = await startSimulator(
      { ...keys, symbols: 5, rate: 2 },
      { clock: systemClock, logger: silentLogger },
    );
    const tick = new TickProcess(['-log', join(directory, 'log'), '-market', 'stocks']);
    const loader = new LoaderProcess(join(directory, 'hdb'));
    const address = simulator.url.replace(/^ws/, 'http');
    let reader: ReaderProcess | undefined;
    try {
      const loaderPort = await loader.port();
      reader = new ReaderProcess(join(directory, 'hdb'), ['-loader', `:${loaderPort}`, '-name', 'one']);
      await reader.port();
      const found = await look(
        [
          ...feed(simulator.url, await tick.port()),
          ...['--history-rest-address', address, '--history-flat-files-place', address],
          ...['--history-loader-port', String(loaderPort), '--logging-file', join(directory, 'a.log')],
        ],
        { MASSIVE_S3_ACCESS_KEY: 'aKeyId', MASSIVE_S3_SECRET_KEY: FILE_SECRET },
      );
      expect(found.bad).to.deep.equal([]);
      expect(found.result.code).to.equal(0);
      expect(found.result.stdout).to.match(/25 pass, 0 warn, 0 fail, 2 skipped: everything .* is well\n$/);
      expect(found.of('dns')).to.match(/^skip/);
      expect(found.of('daemon')).to.match(/^skip .*none runs/);
      expect(found.of('channel (stocks AM)')).to.equal(
        'pass  channel (stocks AM): the plan includes it (AM.AAPL)',
      );
      expect(found.of('hdb')).to.match(/1 reader is connected/);
    } finally {
      for (const each of [reader, loader, tick]) await each?.stop();
      await simulator.close();
    }
  });

  it('a wrong key, a wrong port, and a file where the state should be: a line each, and the rest is looked at', async () => {
    const simulator = await startSimulator(
      { symbols: 5, rate: 2 },
      { clock: systemClock, logger: silentLogger },
    );
    try {
      writeFileSync(join(directory, 'file'), '');
      const address = simulator.url.replace(/^ws/, 'http');
      const flags = [...feed(simulator.url, NOBODY), '--history-rest-address', address];
      const quarantine = join(directory, 'file', 'quarantine');
      const found = await look([...flags, '--quarantine-directory', quarantine]);
      expect(found.result.code).to.equal(1);
      expect(found.of('authentication')).to.match(/^FAIL .*Massive refuses the API key .* -> Check the key/);
      expect(found.of('channel (stocks A)')).to.match(/^skip .*has not let this key in/);
      expect(found.of('rest ')).to.match(/^FAIL .*refuses the API key; received 401: Unknown API Key/);
      expect(found.of('tickerplant (')).to.match(
        /^FAIL .*cannot connect to 127\.0\.0\.1:1 .* -> Start the q process/,
      );
      expect(found.of('tickerplant log')).to.match(/^skip/);
      expect(found.of('quarantine directory')).to.match(/^FAIL .*file is not a directory -> Move it away/);
      expect(found.of('state directory')).to.match(/^pass/);
      expect(found.of('loader')).to.match(/^WARN .*rows of ended dates wait/);
    } finally {
      await simulator.close();
    }
  });

  it('a plan without the market; a tickerplant without a log, of another schema, date and function', async () => {
    const keys = [{ key: KEY, markets: ['crypto'] }] as const;
    const simulator = await startSimulator(
      { symbols: 5, rate: 2, keys, markets: ['stocks', 'crypto'] },
      { clock: systemClock, logger: silentLogger },
    );
    const tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s, AGGREGATE_TABLES.agg1m]);
    try {
      setToday(tickerplant);
      tickerplant.date -= 5;
      tickerplant.logHandle = 0n;
      tickerplant.tables.get('agg1s')!['open'] = 'e';
      tickerplant.replies.set('@[{value x;1b};`.u.upd;0b]', { value: FALSE });
      const address = simulator.url.replace(/^ws/, 'http');
      const port = tickerplant.server.port;
      const found = await look([...feed(simulator.url, port), '--history-rest-address', address]);
      expect(found.of('authentication')).to.match(/^FAIL .*the plan of this key does not include ws:/);
      expect(found.of('tickerplant (')).to.match(/^pass/);
      expect(found.of('tickerplant log')).to.match(/^FAIL .*writes no log.* -> Start it with a log/);
      expect(found.of('tickerplant date')).to.match(/^FAIL .*the market's date is/);
      expect(found.of('tickerplant schema')).to.match(
        /^FAIL .*column open is real, expected float -> Load q\/schema\.q/,
      );
      expect(found.of('tickerplant function')).to.match(/^FAIL .*there is no function \.u\.upd/);
    } finally {
      await tickerplant.server.close();
      await simulator.close();
    }
  });

  it('a channel that the plan lacks, a clock that is off, and a password that is refused', async () => {
    const massive = await MassiveServer.start({
      acknowledged: pairs => pairs.filter(pair => !pair.startsWith('AM.')),
    });
    const rest = await HttpServer.start();
    const tickerplant = await FakeTickerplant.listen([], 'kdb-tick', { handshake: () => 'refuse' });
    try {
      rest.answer = () => ({ body: {}, headers: { date: new Date(Date.now() + 3_600_000).toUTCString() } });
      const port = tickerplant.server.port;
      const found = await look(
        [
          ...feed(massive.url, port).slice(0, -1),
          ...[
            `127.0.0.1:${port}:feed`,
            '--history-rest-address',
            rest.address,
            '--timeouts-massive-answer-ms',
            '3000',
          ],
        ],
        { KDB_PASSWORD: 'aVerySecretPassword' },
      );
      expect(found.of('authentication')).to.match(/^pass/);
      expect(found.of('channel (stocks A)')).to.match(/^pass/);
      expect(found.of('channel (stocks AM)')).to.match(
        /^FAIL .*the plan does not include it \('not authorized'\)/,
      );
      expect(found.of('clock')).to.match(/^FAIL .*at least 3\d{3}(\.\d)? s behind .* -> Let a time server/);
      expect(found.of('tickerplant (')).to.match(
        /^FAIL .*given user "feed" and the password -> Check user and password/,
      );
    } finally {
      await tickerplant.server.close();
      await rest.stop();
      await massive.stop();
    }
  });

  it('a key that another machine may be using is not tried where that is not wanted', async () => {
    const massive = await MassiveServer.start();
    try {
      const found = await look([...feed(massive.url, NOBODY), '--no-connection']);
      expect(found.of('authentication')).to.match(/^skip .*left out by --no-connection/);
      expect(massive.connections).to.have.lengthOf(0);
    } finally {
      await massive.stop();
    }
  });

  it("a certificate of another name says that Massive's DNS answers for every name", async () => {
    const massive = await MassiveServer.start({ tls: true });
    try {
      const found = await look(feed(`wss://127.0.0.1:${massive.port}`, NOBODY));
      expect(found.of('tls')).to.match(
        /^FAIL .*the certificate is not for 127\.0\.0\.1 but for 'localhost' -> Correct the host: Massive's DNS/,
      );
      expect(found.of('authentication')).to.match(/^skip .*see tls/);
      expect(massive.connections).to.have.lengthOf(0);
    } finally {
      await massive.stop();
    }
  });

  it('a directory that may not be written', async function () {
    if (process.getuid?.() === 0) this.skip();
    const state = join(directory, 'state');
    mkdirSync(state);
    chmodSync(state, 0o500);
    const found = await look(feed('ws://127.0.0.1:1', NOBODY), {}, state);
    expect(found.of('state directory')).to.match(/^FAIL .*cannot be written \(EACCES\) -> Give this user/);
    expect(found.of('spool directory')).to.match(/^FAIL/);
  });

  it('a disk that is full', async function () {
    const state = join(directory, 'state');
    mkdirSync(state);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', state], { stdio: 'ignore' });
    } catch {
      // Only root may make a small disk.
      this.skip();
    }
    try {
      writeFileSync(join(state, 'filler'), Buffer.alloc(DISK_BYTES));
      const found = await look(feed('ws://127.0.0.1:1', NOBODY), {}, state);
      expect(found.of('state directory')).to.match(/^FAIL .*no space is left .*\(ENOSPC\) -> Make room/);
      expect(found.of('free space')).to.match(/^FAIL .*not enough for one file of the spool/);
    } finally {
      execFileSync('umount', [state]);
    }
  });

  it('beside a running daemon it asks that, and does not touch its session', async () => {
    const daemon = await StartedDaemon.prepare();
    try {
      setToday(daemon.tickerplant);
      const started = daemon.start('--state-directory', join(directory, 'state'));
      const connection = await daemon.massive.connection(0);
      await connection.subscribed;
      connection.send([currentBar()]);
      await daemon.delivered();
      const found = await look(
        ['--channels', 'A', '--host', daemon.massive.url, '--target', `:${daemon.tickerplant.server.port}`],
        { MASSIVE_API_KEY: 'aKey' },
      );
      expect(found.of('daemon')).to.match(new RegExp(`^pass .*process ${started.process.pid} is ready`));
      expect(found.of('authentication')).to.match(/^pass .*by the daemon/);
      expect(found.of('channel')).to.match(/^pass .*subscribed by the daemon/);
      expect(found.of('spool (')).to.match(/^pass .*the daemon has it/);
      expect(daemon.massive.connections).to.have.lengthOf(1);
      connection.send([currentBar()]);
      await daemon.delivered(1);
    } finally {
      await daemon.close();
    }
  });

  it('a wrong configuration is told whole, and as JSON', async () => {
    const { result } = await look([
      '--channels',
      'ZZ',
      '--target',
      ':70000',
      '--drain-interval-ms',
      '1',
      '--json',
    ]);
    expect(result.code).to.equal(1);
    const { checks, summary } = JSON.parse(result.stdout) as {
      checks: { name: string; outcome: string; text: string; remedy: string | null }[];
      summary: Record<string, number>;
    };
    const failed = checks.filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ text }) => text).join('\n'))
      .to.match(/--drain-interval-ms is 1/)
      .and.match(/--target has port/);
    expect(failed.every(({ remedy }) => remedy !== null)).to.equal(true);
    expect(summary).to.deep.equal({ pass: 1, warn: 0, fail: failed.length, skipped: 1 });
  });
});

const FALSE: QValue = { kind: 'atom', type: 'boolean', value: false };

function currentBar(): object {
  const s = Date.now() - 1_000;
  return { ev: 'A', sym: 'AAPL', v: 1, o: 2, c: 2, h: 2, l: 2, s, e: s + 1_000 };
}

/** Its date and zone are those of the market. */
function setToday(tickerplant: FakeTickerplant): void {
  const calendar = new SessionCalendar('stocks');
  tickerplant.date = calendar.tradingDate(Date.now());
  tickerplant.offsetMs = calendar.dateOffsetMs(Date.now());
}
