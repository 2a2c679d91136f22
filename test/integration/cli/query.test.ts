import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type QValue, textOf } from '../../../src/kdb/ipc/values.ts';
import { CommandProcess, runCommand } from '../../support/command-process.ts';
import { QServer } from '../../support/q-server.ts';
import { testSecret } from '../../support/secrets.ts';
import { TEST_AUTHORITY } from '../../support/tls-fixture.ts';

const PASSWORD = testSecret('kdb');
const WRONG_PASSWORD = testSecret('wrong');

const COUNTS: QValue = {
  kind: 'table',
  attribute: 'none',
  columns: [
    { name: 'sym', values: { kind: 'vector', attribute: 'none', type: 'symbol', values: ['AAPL', 'MSFT'] } },
    {
      name: 'n',
      values: { kind: 'vector', attribute: 'none', type: 'long', values: BigInt64Array.of(7n, 12n) },
    },
  ],
};

describe('massive-kdb query - a process', () => {
  let server: QServer;
  beforeEach(async () => {
    server = await QServer.listen({ reply: () => ({ value: COUNTS }) });
  });
  afterEach(() => server.close());

  it('prints the answer to its expression on standard output, and nothing else anywhere', async () => {
    const result = await runCommand(['query', `:${server.port}`, '-2#counts']);
    expect(result).to.deep.equal({ code: 0, stdout: 'sym   n\n-------\nAAPL  7\nMSFT 12\n', stderr: '' });
    expect(server.requests.map(({ type, value }) => [type, textOf(value)])).to.deep.equal([
      ['sync', '-2#counts'],
    ]);
    expect(server.credentials).to.deep.equal([':']);
  });

  it('prints CSV and JSON', async () => {
    const [asCsv, asJson] = await Promise.all([
      runCommand(['query', `127.0.0.1:${server.port}`, 'counts', '--csv']),
      runCommand(['query', '--json', `:${server.port}`, 'counts']),
    ]);
    expect(asCsv?.stdout).to.equal('sym,n\r\nAAPL,7\r\nMSFT,12\r\n');
    expect(JSON.parse(asJson?.stdout ?? '')).to.deep.equal([
      { sym: 'AAPL', n: 7 },
      { sym: 'MSFT', n: 12 },
    ]);
  });

  it('an error of q is one line as q shows it, and exit code 1', async () => {
    server.reply = () => ({ signal: 'type' });
    expect(await runCommand(['query', `:${server.port}`, '1+`a'])).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: "'type\n",
    });
  });

  it('gives the password of KDB_PASSWORD with a user, and shows it nowhere when it is refused', async () => {
    server.handshake = credentials => (credentials === `reader:${PASSWORD}` ? 'accept' : 'refuse');
    const target = `:${server.port}:reader`;
    const [right, wrong] = await Promise.all([
      runCommand(['query', target, 'counts'], { KDB_PASSWORD: PASSWORD }),
      runCommand(['query', target, 'counts'], { KDB_PASSWORD: WRONG_PASSWORD, MASSIVE_KDB_DEBUG: '1' }),
    ]);
    expect(right?.code).to.equal(0);
    expect(wrong?.code).to.equal(77);
    expect(wrong?.stderr).to.include('user "reader"').and.not.include(WRONG_PASSWORD);
  });

  it('ends at Ctrl-C while it waits for an answer', async () => {
    server.reply = () => 'nothing';
    const command = new CommandProcess(['query', `:${server.port}`, 'forever[]']);
    await server.watch.until(() => server.requests.length === 1);
    command.process.kill('SIGINT');
    expect(await command.done).to.deep.equal({ code: 130, stdout: '', stderr: '' });
  });

  it('one that does not answer in time, or is not there, is one line and exit code 69', async () => {
    server.reply = () => 'nothing';
    const { port } = server;
    const late = await runCommand(['query', `:${port}`, 'forever[]', '--timeout-ms', '2000']);
    expect(late).to.include({ code: 69, stdout: '' });
    expect(late.stderr).to.match(/^massive-kdb: 127\.0\.0\.1:\d+ has not answered for 2000 ms\. [^\n]*\n$/);
    await server.close();
    const gone = await runCommand(['query', `:${port}`, '1']);
    expect(gone).to.include({ code: 69, stdout: '' });
    expect(gone.stderr).to.match(
      /^massive-kdb: cannot connect to 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. Start [^\n]*\n$/,
    );
    server = await QServer.listen();
  });

  it('a reader that leaves early is no error', async () => {
    const values = BigInt64Array.from({ length: 200_000 }, (_, index) => BigInt(index));
    server.reply = () => ({ value: { kind: 'vector', attribute: 'none', type: 'long', values } });
    const command = new CommandProcess(['query', `:${server.port}`, 'til 200000']);
    command.process.stdout?.once('data', () => command.process.stdout?.destroy());
    expect(await command.done).to.include({ code: 0, stderr: '' });
  });

  it('a long answer arrives whole through a pipe', async () => {
    const values = BigInt64Array.from({ length: 100_000 }, (_, index) => BigInt(index));
    server.reply = () => ({ value: { kind: 'vector', attribute: 'none', type: 'long', values } });
    const { stdout } = await runCommand(['query', `:${server.port}`, 'til 100000']);
    expect(stdout.trimEnd().split('\n')).to.have.lengthOf(100_000);
    expect(stdout).to.match(/\n99999\n$/);
  });
});

describe('massive-kdb query - TLS', () => {
  it('trusts the authority of --tls-ca-file, and without it refuses a certificate that nobody vouches for', async () => {
    const server = await QServer.listen({ tls: true, reply: () => ({ value: COUNTS }) });
    const directory = mkdtempSync(join(tmpdir(), 'massive-kdb-query-'));
    const authority = join(directory, 'ca.pem');
    writeFileSync(authority, TEST_AUTHORITY);
    try {
      const line = ['query', `localhost:${server.port}`, 'counts', '--csv', '--tls'];
      const [trusted, refused] = await Promise.all([
        runCommand([...line, '--tls-ca-file', authority]),
        runCommand(line),
      ]);
      expect(trusted).to.include({ code: 0, stdout: 'sym,n\r\nAAPL,7\r\nMSFT,12\r\n' });
      expect(refused?.code).to.equal(78);
      expect(refused?.stderr).to.match(/^massive-kdb: TLS with tcps:\/\/localhost:\d+ failed [^\n]*\n$/);
    } finally {
      await server.close();
      rmSync(directory, { recursive: true });
    }
  });
});
