import { expect } from 'chai';
import { type NetworkEffects, networkChecks } from '../../../../src/cli/doctor/network-checks.ts';
import type { Reached } from '../../../../src/massive/probe/tls-probe.ts';
import { findingsOf, lineOf } from '../../../support/doctor-findings.ts';

const ADDRESS = 'wss://socket.massive.com/stocks';
const SUBJECT = 'stream: socket.massive.com';

async function look(reached: Reached, effects: Partial<NetworkEffects> = {}, address = ADDRESS) {
  const all: NetworkEffects = {
    lookup: async () => ['192.0.2.1', '2001:db8::1'],
    proxyOf: () => undefined,
    reach: async () => reached,
    ...effects,
  };
  const findings = await findingsOf(networkChecks([{ address, use: 'stream' }], 1_000, all));
  return { dns: lineOf(findings[`dns ${SUBJECT}`]), tls: lineOf(findings[`tls ${SUBJECT}`]), findings };
}

const trusted: Reached = { kind: 'trusted', protocol: 'TLSv1.3' };

describe('doctor - name and certificate of a host', () => {
  it('a name with addresses and a certificate that is trusted pass', async () => {
    const { dns, tls } = await look(trusted);
    expect(dns).to.equal('pass: socket.massive.com is 192.0.2.1, 2001:db8::1');
    expect(tls).to.equal('pass: TLSv1.3, with a certificate for socket.massive.com that is trusted');
  });

  it('a name without an address fails', async () => {
    const lookup = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect((await look(trusted, { lookup })).dns).to.match(
      /^fail: socket.massive.com has no address \(ENOTFOUND\) -> /,
    );
  });

  it("a certificate of another name says that Massive's DNS answers for every name", async () => {
    const subject = 'Kubernetes Ingress Controller Fake Certificate';
    const { tls } = await look({ kind: 'other-name', subject });
    expect(tls).to.match(/^fail: the certificate is not for socket.massive.com but for 'Kubernetes Ingress/);
    expect(tls).to.match(/-> Correct the host: Massive's DNS answers for every name/);
  });

  it('one of an authority that is not trusted says where to put it, one that has run out to look at the clock', async () => {
    const issuer = 'Corporate';
    const unknown = await look({ kind: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN', issuer });
    expect(unknown.tls).to.match(
      /^fail: .*not trusted \(SELF_SIGNED.*issuer is 'Corporate' -> .*NODE_EXTRA_CA_CERTS/,
    );
    const expired = await look({ kind: 'untrusted', code: 'CERT_HAS_EXPIRED', issuer });
    expect(expired.tls).to.match(/-> Check this machine's clock/);
  });

  it('no TLS, and no answer at all, fail apart', async () => {
    expect((await look({ kind: 'no-tls', code: 'EPROTO' })).tls).to.match(
      /^fail: .* does not speak TLS \(EPROTO\)/,
    );
    const problem = 'connect ECONNREFUSED';
    expect((await look({ kind: 'unreachable', problem })).tls).to.match(
      /^fail: .* cannot be reached: connect ECONN/,
    );
  });

  it('through a proxy that looks names up, the name is not looked up, and the way is told', async () => {
    const { dns, tls } = await look(trusted, { proxyOf: () => new URL('http://proxy:3128') });
    expect(dns).to.equal('skipped: the proxy proxy:3128 looks the name up');
    expect(tls).to.include('through the proxy proxy:3128');
  });

  it('an address of this machine needs neither', async () => {
    const { findings } = await look({ kind: 'plain' }, {}, 'ws://127.0.0.1:8765/stocks');
    expect(Object.values(findings).map(lineOf)).to.deep.equal([
      'skipped: 127.0.0.1 is an address already',
      'pass: answers on this machine, where no TLS is needed',
    ]);
  });

  it('a host of several uses is looked at once', async () => {
    const endpoints = [
      { address: 'wss://a.example/stocks', use: 'stream' },
      { address: 'wss://a.example/crypto', use: 'stream' },
      { address: 'wss://a.example', use: 'REST' },
      { address: 'wss://b.example', use: 'flat files' },
    ];
    const effects = { lookup: async () => [], proxyOf: () => undefined, reach: async () => trusted };
    expect(networkChecks(endpoints, 1_000, effects).map(({ name, of }) => `${name} ${of}`)).to.deep.equal([
      'dns stream, REST: a.example',
      'tls stream, REST: a.example',
      'dns flat files: b.example',
      'tls flat files: b.example',
    ]);
  });
});
