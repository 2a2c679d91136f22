import { expect } from 'chai';
import { loadConfiguration } from '../../../src/config/load.ts';
import { configurationSources, problemsOf } from '../../support/configuration-sources.ts';

describe('configuration - status', () => {
  it('is served to this machine alone unless TLS or a proxy protects it', () => {
    expect(problems('host: 127.0.0.1')).to.deep.equal([]);
    expect(problems('host: "::1"')).to.deep.equal([]);
    expect(problems('host: 127.9.9.9')).to.deep.equal([]);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'feed1', '127.0.0.1.example.com', '1270.0.0.1']) {
      const [problem, ...others] = problems(`host: "${host}"`);
      expect(others).to.deep.equal([]);
      expect(problem).to.include(`a.yaml:2:11: status.host is "${host}"`).and.include('behindProxy');
      expect(problems(`host: "${host}", behindProxy: true`)).to.deep.equal([]);
      expect(problems(`host: "${host}", tlsCertFile: a, tlsKeyFile: b`)).to.deep.equal([]);
      expect(problems(`host: "${host}", enabled: false`)).to.deep.equal([]);
    }
  });

  it('a certificate needs its key, and a key its certificate', () => {
    expect(problems('host: 0.0.0.0, tlsCertFile: a')[0]).to.match(/tlsCertFile is given without tlsKeyFile$/);
    expect(problems('tlsKeyFile: a')[0]).to.match(/tlsKeyFile is given without tlsCertFile$/);
  });

  it('names of hosts are names: no ports, no addresses, no patterns', () => {
    for (const name of ['feed1:443', 'https://feed1', '*', 'a b', ''])
      expect(problems(`allowedHosts: ["${name}"]`), name).to.have.lengthOf(1);
  });

  it('a list is given by a variable or a flag too, and paths are absolute', () => {
    const environment = { MASSIVE_KDB_STATUS_ALLOWED_HOSTS: 'feed1, feed1.example.com' };
    const flags = { config: 'a.yaml', 'status-port': '0' };
    const files = { '/here/a.yaml': 'status: {tlsCertFile: c.pem, tlsKeyFile: /etc/k.pem}' };
    const sources = configurationSources({ files, flags, environment, mayBeEmpty: true });
    expect(loadConfiguration(sources).configuration.status).to.include({
      port: 0,
      tlsCertFile: '/here/c.pem',
      tlsKeyFile: '/etc/k.pem',
    });
    expect(loadConfiguration(sources).configuration.status.allowedHosts).to.deep.equal([
      'feed1',
      'feed1.example.com',
    ]);
    const flagged = { ...sources, flags: { ...flags, 'status-allowed-hosts': ['a', 'b'] } };
    expect(loadConfiguration(flagged).configuration.status.allowedHosts).to.deep.equal(['a', 'b']);
  });
});

function problems(section: string): readonly string[] {
  const files = { '/here/a.yaml': `\nstatus: { ${section} }` };
  return problemsOf(() =>
    loadConfiguration(configurationSources({ files, flags: { config: 'a.yaml' }, mayBeEmpty: true })),
  );
}
