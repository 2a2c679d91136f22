import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { probeTls } from '../../../src/massive/probe/tls-probe.ts';
import { ConnectProxy } from '../../support/connect-proxy.ts';
import { LOCALHOST_CERTIFICATE, LOCALHOST_KEY } from '../../support/tls-fixture.ts';

describe('TLS probe - what stands between this machine and a host', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
  });

  async function listening(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
  const tlsServer = () => listening(createTlsServer({ cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY }));
  const probe = (address: string, environment: NodeJS.ProcessEnv = {}) =>
    probeTls(address, { environment, signal: new AbortController().signal });

  it('a certificate of another name is told by the name it has, though nobody trusts it either', async () => {
    const found = await probe(`wss://127.0.0.1:${await tlsServer()}/stocks`);
    expect(found).to.deep.equal({ kind: 'other-name', subject: 'localhost' });
  });

  it('the right name of an authority that is not trusted is told by its issuer', async () => {
    const found = await probe(`wss://localhost:${await tlsServer()}/stocks`);
    expect(found).to.deep.equal({
      kind: 'untrusted',
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      issuer: 'massive-kdb test authority',
    });
  });

  it('something that does not speak TLS is told apart from nobody', async () => {
    const plain = createServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await probe(`wss://localhost:${await listening(plain)}`)).to.have.property('kind', 'no-tls');
    const nobody = await probe('wss://127.0.0.1:1');
    expect(nobody.kind).to.equal('unreachable');
    expect(nobody).to.have.property('problem').that.includes('ECONNREFUSED');
  });

  it('one that hangs up, and one that says nothing until the time is over, cannot be reached', async () => {
    const hangsUp = createServer(socket => socket.destroy());
    expect(await probe(`wss://localhost:${await listening(hangsUp)}`)).to.have.property(
      'kind',
      'unreachable',
    );
    const controller = new AbortController();
    const silent = createServer(() => controller.abort(new Error('too late')));
    const address = `wss://localhost:${await listening(silent)}`;
    const found = await probeTls(address, { environment: {}, signal: controller.signal });
    expect(found).to.deep.equal({ kind: 'unreachable', problem: 'too late' });
  });

  it('ws:// of this machine has no certificate to judge', async () => {
    const port = await listening(createServer());
    expect(await probe(`ws://127.0.0.1:${port}/stocks`)).to.deep.equal({ kind: 'plain' });
  });

  it('through a proxy the certificate of the far end is judged', async () => {
    const proxy = await ConnectProxy.start();
    try {
      const environment = { HTTPS_PROXY: `http://${proxy.host}` };
      const port = await tlsServer();
      const found = await probe(`wss://localhost:${port}/stocks`, environment);
      expect(found).to.have.property('kind', 'untrusted');
      expect(proxy.targets).to.deep.equal([`localhost:${port}`]);
    } finally {
      await proxy.stop();
    }
  });
});
