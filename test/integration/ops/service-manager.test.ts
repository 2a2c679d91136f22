import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemdNotify } from '../../../src/ops/systemd-notify.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { CommandProcess } from '../../support/command-process.ts';
import { DatagramReceiver, whyNoReceiver } from '../../support/datagram-receiver.ts';
import { statusFrame } from '../../support/fake-sockets.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { MassiveServer, type ServerScript } from '../../support/massive-server.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { testSecret } from '../../support/secrets.ts';

describe('service manager - a daemon tells systemd', () => {
  let directory: string;
  let receiver: DatagramReceiver;
  let massive: MassiveServer | undefined;
  let tickerplant: FakeTickerplant;
  let daemon: CommandProcess | undefined;

  before(function () {
    const why = whyNoReceiver();
    if (why === undefined) return;
    console.log(`    skipped: ${why}`);
    this.skip();
  });
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-notify-'));
    receiver = await DatagramReceiver.bind(directory);
    tickerplant = await FakeTickerplant.listen([AGGREGATE_TABLES.agg1s]);
  });
  afterEach(async () => {
    daemon?.process.kill('SIGKILL');
    await daemon?.done;
    receiver.close();
    await massive?.stop();
    await tickerplant.server.close();
    rmSync(directory, { recursive: true });
  });

  async function start(script: ServerScript, environment: Record<string, string> = {}): Promise<void> {
    massive = await MassiveServer.start(script);
    const target = `:${tickerplant.server.target().port}`;
    const flags = ['--market', 'stocks', '--channels', 'A', '--host', massive.url, '--target', target];
    daemon = new CommandProcess(
      ['start', ...flags, '--drain-interval-ms', '50'],
      {
        MASSIVE_API_KEY: testSecret('massive'),
        HOME: directory,
        NOTIFY_SOCKET: receiver.path,
        ...environment,
      },
      directory,
    );
  }

  it('that it is ready, lives, reloads and stops', async () => {
    await start({}, { WATCHDOG_USEC: '1000000' });
    await receiver.has('READY=1');
    await receiver.has('WATCHDOG=1', 3);
    daemon!.process.kill('SIGHUP');
    await receiver.has('READY=1', 2);
    daemon!.process.kill('SIGTERM');
    expect((await daemon!.done).code).to.equal(0);
    await receiver.has('STATUS=stopping');
    await receiver.has('STOPPING=1');
    const phases = receiver.assignments.filter(line => /^(READY|RELOADING|STOPPING)=/.test(line));
    expect(phases).to.deep.equal(['READY=1', 'RELOADING=1', 'READY=1', 'STOPPING=1']);
    expect(receiver.assignments.some(line => /^STATUS=.*stocks/.test(line))).to.equal(true);
  });

  it('nothing of being ready where Massive refuses the key', async () => {
    await start({ authAnswer: statusFrame('auth_failed', 'no') });
    expect((await daemon!.done).code).to.equal(77);
    await receiver.has('STOPPING=1');
    expect(receiver.assignments).not.to.include('READY=1');
  });

  it('that it is ready where Massive is away, since waiting is its own work', async () => {
    massive = await MassiveServer.start();
    const { url } = massive;
    await massive.stop();
    massive = undefined;
    const line = ['start', '--market', 'stocks', '--channels', 'A', '--host', url, '--target', ':1'];
    const environment = {
      MASSIVE_API_KEY: testSecret('massive'),
      HOME: directory,
      NOTIFY_SOCKET: receiver.path,
    };
    daemon = new CommandProcess(line, environment, directory);
    await receiver.has('READY=1');
  });
});

describe('service manager - systemd-notify is not there', () => {
  it('is said once with what to do, and keeps nothing waiting', async () => {
    const logger = new RecordingLogger();
    const notify = systemdNotify({ NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' }, logger)!;
    await notify(['READY=1']);
    await notify(['WATCHDOG=1']);
    expect(logger.messages('warn')).to.have.lengthOf(1);
    expect(logger.messages('warn')[0]).to.match(/systemd-notify is not on PATH.*Type=exec/);
  });

  it('is no matter where no service manager wants to be told', () => {
    expect(systemdNotify({ PATH: '/nowhere' }, new RecordingLogger())).to.equal(undefined);
  });

  it('and goes on where the messenger cannot even be started', async () => {
    const logger = new RecordingLogger();
    const notify = systemdNotify({ NOTIFY_SOCKET: '/run/notify', PATH: '/usr/bin' }, logger)!;
    // Node throws this at once, as it does where there is no memory for a process.
    await notify(['STATUS=a\0b']);
    expect(logger.messages('warn')[0]).to.match(/^systemd could not be told STATUS=a\0b: /);
  });
});
