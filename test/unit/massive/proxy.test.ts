import { expect } from 'chai';
import { ProxyError, proxyFor } from '../../../src/massive/proxy.ts';

const FEED = 'wss://socket.massive.com/stocks';

describe('massive proxy', () => {
  it('proxy - HTTPS_PROXY in either case, lower case first, with or without a scheme', () => {
    expect(proxyFor(FEED, {})).to.equal(undefined);
    expect(proxyFor(FEED, { HTTPS_PROXY: '' })).to.equal(undefined);
    expect(proxyFor(FEED, { HTTPS_PROXY: 'http://up:3128' })?.host).to.equal('up:3128');
    expect(proxyFor(FEED, { HTTPS_PROXY: 'http://up:3128', https_proxy: 'low:3128' })?.host).to.equal(
      'low:3128',
    );
  });

  it('proxy - what goes to this machine in clear takes none', () => {
    expect(proxyFor('ws://127.0.0.1:9001/stocks', { HTTPS_PROXY: 'http://p:3128' })).to.equal(undefined);
  });

  it('proxy - an address that is none is refused, without what may be a password in it', () => {
    for (const value of ['socks5://me:SECRET@p:1080', 'http://me:SECRET@:bad:']) {
      expect(() => proxyFor(FEED, { HTTPS_PROXY: value }))
        .to.throw(ProxyError)
        .with.property('message')
        .that.does.not.include('SECRET');
    }
  });

  for (const [list, exempt] of [
    ['*', true],
    ['socket.massive.com', true],
    ['massive.com', true],
    ['.massive.com', true],
    ['*.massive.com', true],
    ['example.com, massive.com:443', true],
    ['massive.com:8443', false],
    ['assive.com', false],
    ['com.massive', false],
    ['', false],
    [' , ', false],
  ] as const) {
    it(`proxy - NO_PROXY '${list}' ${exempt ? 'exempts' : 'does not exempt'} the host`, () => {
      expect(proxyFor(FEED, { HTTPS_PROXY: 'http://p:3128', NO_PROXY: list }) === undefined).to.equal(exempt);
    });
  }

  it('proxy - NO_PROXY knows addresses, IPv6 included, and takes no part of one for a domain', () => {
    const proxied = (url: string, list: string) =>
      proxyFor(url, { HTTPS_PROXY: 'http://p:3128', no_proxy: list }) !== undefined;
    expect(proxied('wss://10.1.2.3/stocks', '10.1.2.3')).to.equal(false);
    expect(proxied('wss://10.1.2.3/stocks', '2.3')).to.equal(true);
    expect(proxied('wss://[2001:db8::7]/stocks', '2001:db8::7')).to.equal(false);
    expect(proxied('wss://[2001:db8::7]:8443/stocks', '[2001:db8::7]:8443')).to.equal(false);
    expect(proxied('wss://[2001:db8::7]:8443/stocks', '[2001:db8::7]:9999')).to.equal(true);
  });
});
