import { expect } from 'chai';
import { parseAddress, parseListenAddress } from '../../../../src/q-engine/server/address.ts';
import { decodeHandshake, encodeHandshake } from '../../../../src/q-engine/server/handshake.ts';
import { PasswordFile } from '../../../../src/q-engine/server/password-file.ts';
import * as make from '../../../../src/q-engine/values/make.ts';
import { QError } from '../../../../src/q-engine/values/value.ts';

describe('server - admission', () => {
  it('a handshake gives user, password and the common capability', () => {
    const decode = (text: string) => decodeHandshake(Buffer.from(text));
    expect(decode('me:pa:ss\x03')).to.deep.equal({ user: 'me', password: 'pa:ss', capability: 3 });
    expect(decode('me:pass\x06')).to.deep.equal({ user: 'me', password: 'pass', capability: 3 });
    expect(decode('me:pass\x01')?.capability).to.equal(1);
    expect(decode('me:pass')).to.deep.equal({ user: 'me', password: 'pass', capability: 0 });
    expect(decode('\x03')).to.deep.equal({ user: '', password: '', capability: 3 });
    expect(decode('GET / HTTP/1.1\r\nHost: x')).to.equal(undefined);
    expect(Buffer.from(encodeHandshake('a:b')).toString('latin1')).to.equal('a:b\x03\0');
  });

  it('passwords may be plain, MD5 or SHA-1', () => {
    const file = new PasswordFile(
      'plain:secret\nmd5:5ebe2294ecd0e0f08eab7690d2a6ee69\nsha1:e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4\n',
    );
    for (const user of ['plain', 'md5', 'sha1']) {
      expect(file.accepts(user, 'secret'), user).to.equal(true);
      expect(file.accepts(user, 'Secret'), user).to.equal(false);
    }
    expect(file.accepts('nobody', 'secret')).to.equal(false);
    expect(file.accepts('md5', '')).to.equal(false);
  });

  it('hopen takes ports, symbols, strings and a timeout', () => {
    const opened = (host: string, port: number, credentials = '', timeoutMs = 0) => ({
      kind: 'process',
      endpoint: { host, port },
      credentials,
      timeoutMs,
    });
    expect(parseAddress(make.long(5010))).to.deep.equal(opened('127.0.0.1', 5010));
    expect(parseAddress(make.symbol('::5010'))).to.deep.equal(opened('127.0.0.1', 5010));
    expect(parseAddress(make.symbol(':db:5010:me:pass'))).to.deep.equal(opened('db', 5010, 'me:pass'));
    expect(parseAddress(make.list([make.string('db:5010'), make.int(200)]))).to.deep.equal(
      opened('db', 5010, '', 200),
    );
    expect(parseAddress(make.symbol(':logs/x2020.01.01'))).to.deep.equal({
      kind: 'file',
      path: 'logs/x2020.01.01',
    });
    expect(() => parseAddress(make.symbol(':tcps://db:5010'))).to.throw(QError, 'nyi tcps');
    expect(() => parseAddress(make.float(1))).to.throw(QError, 'type');
  });

  it('a port to listen on may be a range or any, of one host', () => {
    expect(parseListenAddress('5010')).to.deep.equal({ host: undefined, ports: [5010] });
    expect(parseListenAddress('localhost:0W')).to.deep.equal({ host: 'localhost', ports: [0] });
    expect(parseListenAddress('2000/2002')).to.deep.equal({ host: undefined, ports: [2000, 2001, 2002] });
    for (const text of ['', 'x', '70000', '2002/2000', 'rp,5010'])
      expect(parseListenAddress(text), text).to.equal(undefined);
  });
});
