import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const SCRIPT = fileURLToPath(new URL('../../../scripts/kdb', import.meta.url));
const PROCESSES = 5;
/** Nothing else happens meanwhile, not even the end of a test that takes too long. */
const LIMIT_MS = 300_000;

describe('scripts/kdb', function () {
  this.timeout(600_000);
  let directory: string;
  let base: number;

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-script-'));
    base = await freePorts();
  });

  after(() => {
    kdb('stop');
    rmSync(directory, { recursive: true });
  });

  /** The port is told once, at the first start. */
  function kdb(action: string, ...args: readonly string[]) {
    const where = ['--market', 'crypto', '--directory', directory];
    const { status, stdout, stderr } = spawnSync(SCRIPT, [action, ...where, ...args], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
    });
    return { status, text: stdout + stderr };
  }

  function processId(name: string): number {
    return Number(readFileSync(join(directory, 'crypto/run', `${name}.pid`), 'utf8').split(' ')[0]);
  }

  it('mistakes are told before anything is started', () => {
    expect(kdb('start', '--market', 'bonds')).to.deep.equal({
      status: 64,
      text: 'massive-kdb: --market bonds: expected one of stocks, options, indices, forex, crypto, futures\n',
    });
    expect(kdb('start', '--directory', '/tmp/a b').status).to.equal(64);
    expect(kdb('start', '--port').status).to.equal(64);
    expect(kdb('begin').status).to.equal(64);
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('starts what does not run, says what does, and ends only its own', () => {
    expect(kdb('status').status).to.equal(1);
    const started = kdb('start', '--port', String(base));
    expect(started.status, started.text).to.equal(0);
    expect(started.text).to.match(/Running on /);
    expect(started.text.match(/answers on port/g)).to.have.length(PROCESSES);
    const status = kdb('status');
    expect(status.status, status.text).to.equal(0);
    expect(kdb('start', '--port', String(base + 100)).status).to.equal(69);

    // It was killed while it wrote.
    process.kill(processId('tickerplant'), 'SIGKILL');
    const logs = join(directory, 'crypto/log');
    const log = readdirSync(logs).find(name => /^crypto\.[\d.]+$/.test(name))!;
    appendFileSync(join(logs, log), 'torn');
    expect(kdb('status').status).to.equal(1);
    const others = ['loader', 'hdb', 'rdb', 'gateway'].map(processId);
    const again = kdb('start');
    expect(again.status, again.text).to.equal(0);
    expect(again.text.match(/runs already/g)).to.have.length(PROCESSES - 1);
    expect(['loader', 'hdb', 'rdb', 'gateway'].map(processId)).to.deep.equal(others);
    expect(kdb('logs').text).to.match(/cut 4 bytes that were no whole message/);

    const stopped = kdb('stop');
    expect(stopped.status, stopped.text).to.equal(0);
    expect(stopped.text.match(/has ended/g)).to.have.length(PROCESSES);
    for (const id of others) expect(() => process.kill(id, 0)).to.throw();
    expect(kdb('stop').text.match(/does not run/g)).to.have.length(PROCESSES);
  });
});

/** The first of some neighbouring ports that are free now. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await listen(0);
    const { port } = first.address() as { port: number };
    const rest = await Promise.allSettled(
      Array.from({ length: PROCESSES - 1 }, (_, i) => listen(port + 1 + i)),
    );
    const open = rest.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
    for (const server of [first, ...open]) await new Promise(resolve => server.close(resolve));
    if (open.length === PROCESSES - 1) return port;
  }
}

async function listen(port: number) {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}
