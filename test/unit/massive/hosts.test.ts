import { expect } from 'chai';
import { feedUrl, HOSTS, HostError } from '../../../src/massive/hosts.ts';

describe('massive hosts', () => {
  it('hosts - every name of the official clients gives its host, with the market as path', () => {
    expect(feedUrl('real-time', 'stocks')).to.equal('wss://socket.massive.com/stocks');
    expect(feedUrl('delayed', 'crypto')).to.equal('wss://delayed.massive.com/crypto');
    expect(feedUrl('nasdaq', 'stocks')).to.equal('wss://nasdaqfeed.massive.com/stocks');
    expect(Object.keys(HOSTS)).to.include.members([
      'business',
      'delayed-business',
      'polyfeed',
      'polyfeedplus',
      'starterfeed',
      'launchpad',
    ]);
    expect(new Set(Object.values(HOSTS)).size).to.equal(18);
  });

  it('hosts - the futures of one exchange have a path of their own', () => {
    expect(feedUrl('real-time', 'futures/cme')).to.equal('wss://socket.massive.com/futures/cme');
  });

  for (const [host, url] of [
    ['feed.example.com', 'wss://feed.example.com/options'],
    ['feed.example.com:8443', 'wss://feed.example.com:8443/options'],
    ['10.1.2.3', 'wss://10.1.2.3/options'],
    ['2001:db8::7', 'wss://[2001:db8::7]/options'],
    ['[2001:db8::7]:8443', 'wss://[2001:db8::7]:8443/options'],
    ['wss://feed.example.com', 'wss://feed.example.com/options'],
    ['wss://feed.example.com/some/path', 'wss://feed.example.com/some/path'],
    ['ws://127.0.0.1:9001', 'ws://127.0.0.1:9001/options'],
    ['ws://127.8.9.10:9001', 'ws://127.8.9.10:9001/options'],
    ['ws://[::1]:9001/', 'ws://[::1]:9001/options'],
    ['ws://localhost:9001', 'ws://localhost:9001/options'],
  ] as const) {
    it(`hosts - ${host} is taken as it is`, () => {
      expect(feedUrl(host, 'options')).to.equal(url);
    });
  }

  for (const [host, said] of [
    ['delyed', "Did you mean 'delayed'?"],
    ['production', 'no host of Massive is called'],
    ['https://socket.massive.com', 'not one of a WebSocket'],
    ['ws://socket.massive.com', 'the key would travel in clear'],
    ['ws://127.0.0.1.example.com', 'the key would travel in clear'],
    ['wss://socket.massive.com/stocks?apiKey=SECRET', 'never in the address'],
    ['wss://me:SECRET@socket.massive.com', 'never in the address'],
    ['wss://me:SECRET@:99999', 'is not an address'],
    ['wss://', 'is not an address'],
    ['', 'no host of Massive is called'],
  ] as const) {
    it(`hosts - '${host.replace('SECRET', '...')}' is refused in one clear line without a secret`, () => {
      expect(() => feedUrl(host, 'stocks'))
        .to.throw(HostError)
        .with.property('message')
        .that.includes(said)
        .and.does.not.include('SECRET');
    });
  }
});
