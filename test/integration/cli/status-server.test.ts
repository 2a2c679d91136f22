import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import { START_MS, symbolsOf } from '../../support/feed-harness.ts';
import { checkMetrics } from '../../support/promtool.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { testSecret } from '../../support/secrets.ts';
import { StartedDaemon } from '../../support/started-daemon.ts';
import { StatusAbuser } from '../../support/status-abuser.ts';

describe('massive-kdb start - status server', () => {
  let daemon: StartedDaemon;
  let simulator: Simulator | undefined;
  let abuser: StatusAbuser | undefined;

  beforeEach(async () => {
    daemon = await StartedDaemon.prepare();
  });
  // Not left to a test, which may never come to its end.
  afterEach(async () => {
    abuser?.stop();
    await simulator?.close();
    await daemon.close();
    abuser = undefined;
    simulator = undefined;
  });

  const inState = (name: string): string => join(daemon.directory, '.local/state/massive-kdb', name);

  /** Where the daemon says that its status is: rows may be delivered before it has looked up its own address. */
  async function told(): Promise<{ readonly address: string; readonly pid: number }> {
    const file = inState('status-address.json');
    while (!existsSync(file) && existsSync(daemon.directory)) await delay(20);
    return JSON.parse(readFileSync(file, 'utf8'));
  }

  /** Asks the daemon with its token. */
  async function ask(path: string): Promise<Response> {
    const { address } = await told();
    const authorization = `Bearer ${readFileSync(inState('status-token'), 'utf8').trim()}`;
    return fetch(`${address}${path}`, { headers: { authorization } });
  }

  it('is where the state directory says, for whom has the token there, until the daemon ends', async () => {
    const { process, done } = daemon.start();
    await daemon.send(0, ['AAPL', 'MSFT']);
    await daemon.delivered();
    expect((await told()).pid).to.equal(process.pid);
    expect(statSync(inState('status-token')).mode & 0o777).to.equal(0o600);
    const status = JSON.parse(await (await ask('/api/status')).text());
    expect(status.feeds[0]).to.deep.include({ name: 'stocks', receivedRows: { agg1s: 2 } });
    expect((await ask('/health/live')).status).to.equal(200);
    expect((await (await ask('/')).text()).startsWith('<!doctype html>')).to.equal(true);
    expect((await ask('/assets/style.css')).status).to.equal(200);
    const metrics = await (await ask('/metrics')).text();
    expect(metrics).to.match(/^massive_kdb_feed_received_rows_total\{feed="stocks",table="agg1s"\} 2$/m);
    expect(metrics).to.match(
      /^massive_kdb_target_acknowledgement_seconds_count\{feed="stocks",target="[^"]+"\} [1-9]/m,
    );
    expect(metrics).not.to.match(/AAPL|MSFT/);
    expect(checkMetrics(metrics) ?? '').to.equal('');
    const token = readFileSync(inState('status-token'), 'utf8').trim();
    process.kill('SIGTERM');
    const { code, stdout, stderr } = await done;
    expect(code).to.equal(0);
    expect(existsSync(inState('status-address.json'))).to.equal(false);
    expect(stderr).to.match(/the status page is at http:\/\/127\.0\.0\.1:\d+\//);
    expect(stdout + stderr).not.to.include(token);
  });

  it('a port in use is a warning, and the rows arrive', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { process, done } = daemon.start('--status-port', String(port));
    await daemon.send(0, ['AAPL']);
    await daemon.delivered();
    process.kill('SIGTERM');
    const { code, stderr } = await done;
    expect(code).to.equal(0);
    expect(stderr).to.match(/warn.* there is no status page: .*EADDRINUSE/);
    expect(existsSync(inState('status-address.json'))).to.equal(false);
    await new Promise(resolve => other.close(resolve));
  });

  it('whatever is thrown at it, no row is lost', async () => {
    simulator = await startSimulator(
      {
        ...{ symbols: 2000, rate: 1000, lateShare: 0, atMs: START_MS },
        keys: [{ key: testSecret('massive'), markets: 'all' }],
      },
      { clock: systemClock, logger: new RecordingLogger() },
    );
    const { process, done } = daemon.startFrom(simulator.url);
    await daemon.delivered();
    const { address } = await told();
    abuser = new StatusAbuser(address);
    const abuse = abuser.run();
    const before = daemon.tickerplant.updates.length;
    await daemon.tickerplant.server.watch.until(
      () => abuser!.rounds >= 3 && daemon.tickerplant.updates.length > before + 5,
    );
    expect((await ask('/api/status')).status).to.equal(200);
    simulator.pause();
    const { sent } = simulator.truth().tables['agg1s']!;
    await daemon.tickerplant.server.watch.until(() => delivered() >= sent);
    abuser.stop();
    await abuse;
    process.kill('SIGTERM');
    const { code, stderr } = await done;
    expect([code, delivered()]).to.deep.equal([0, sent]);
    // Told once for each reason, and once for those in between.
    expect(stderr.split('\n').filter(line => line.includes('a request is refused')).length).to.be.lessThan(
      60,
    );
    expect(stderr.split('\n').filter(line => / error status page/.test(line))).to.deep.equal([]);
  });

  function delivered(): number {
    return daemon.tickerplant.updates.reduce((sum, { columns }) => sum + symbolsOf(columns).length, 0);
  }
});
