import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ManualClock } from '../../../support/manual-clock.ts';
import { rejection } from '../../../support/rest-harness.ts';
import { StatusHarness } from '../../../support/status-harness.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../../support/tls-fixture.ts';

describe('status server - TLS', () => {
  let directory: string;
  let tls: { certFile: string; keyFile: string };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-status-tls-'));
    tls = { certFile: join(directory, 'cert.pem'), keyFile: join(directory, 'key.pem') };
    writeFileSync(tls.certFile, LOCALHOST_CERTIFICATE);
    writeFileSync(tls.keyFile, LOCALHOST_KEY, { mode: 0o600 });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('serves over TLS alone, and its cookie goes over nothing else', async () => {
    const harness = await StatusHarness.start({ tls });
    expect(harness.address).to.match(/^https:/);
    expect(await harness.logIn()).to.match(/^massive_kdb_session_[0-9a-f]{8}=/);
    const answer = await harness.ask('/login', {
      method: 'POST',
      headers: { ...harness.origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ token: harness.token }).toString(),
    });
    expect(answer.headers['set-cookie']?.[0]).to.match(/; Secure$/);
    expect(await harness.send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.to.include('200');
    await harness.close();
  });

  it('a handshake that never begins does not hold up the stop', async () => {
    const harness = await StatusHarness.start({ tls });
    const socket = await harness.connect();
    socket.on('error', () => {});
    const closed = new Promise(resolve => socket.on('close', resolve));
    await harness.close();
    await closed;
  });

  it('a certificate that is renewed is served without a restart, and one that is none leaves the old one', async () => {
    const clock = new ManualClock();
    const harness = await StatusHarness.start({ tls, clock });
    writeFileSync(tls.certFile, 'half a certificate');
    await clock.advance(600_000);
    expect(harness.logger.messages('warn')[0]).to.match(/the certificate stays as it was/);
    expect((await harness.ask('/health/live')).status).to.equal(200);
    writeFileSync(tls.certFile, `${LOCALHOST_CERTIFICATE}\n`);
    await clock.advance(600_000);
    expect(harness.logger.messages('info')).to.deep.equal(['status page: the certificate is renewed']);
    expect((await harness.ask('/health/live')).status).to.equal(200);
    await harness.close();
    expect(clock.pending).to.equal(0);
  });

  it('a key that others can read, or that is none, is refused with the reason', async () => {
    chmodSync(tls.keyFile, 0o644);
    const open = await rejection(StatusHarness.start({ tls }));
    expect(open.message).to.match(/others can read the key in .*key\.pem: chmod/);
    chmodSync(tls.keyFile, 0o600);
    writeFileSync(tls.keyFile, 'no key');
    expect((await rejection(StatusHarness.start({ tls }))).code).to.equal('STATUS_SERVER');
    rmSync(tls.certFile);
    expect((await rejection(StatusHarness.start({ tls }))).message).to.include('cert.pem');
  });

  it('a port in use is told with what to do', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const error = await rejection(StatusHarness.start({ port }));
    expect(error.message).to.match(/cannot be served at 127\.0\.0\.1:\d+: .*EADDRINUSE.* status\.port/);
    await new Promise(resolve => other.close(resolve));
  });
});
