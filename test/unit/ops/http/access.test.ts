import { expect } from 'chai';
import { type AccessRules, identityOf, placeProblem } from '../../../../src/ops/http/access.ts';
import { AllowedHosts, LOOPBACK_NAMES } from '../../../../src/ops/http/hosts.ts';
import { sessionCookie } from '../../../../src/ops/http/session-cookie.ts';
import { testSecret } from '../../../support/secrets.ts';

const TOKEN = testSecret('status-token');
const NOW_MS = Date.UTC(2026, 9, 2, 14);
const HOUR_MS = 3_600_000;

type Headers = Readonly<Record<string, string>>;

const plain = rules('127.0.0.1', ['feed1', 'feed1.example.com', '2001:db8::5'], false, false);
const secure = rules('0.0.0.0', ['feed1'], false, true);
const proxied = rules('127.0.0.1', ['feed1.example.com'], true, false);

describe('status access - where a request comes from', () => {
  const cases: readonly (readonly [
    what: string,
    rules: AccessRules,
    method: string,
    headers: Headers,
    problem: string | undefined,
  ])[] = [
    // Host: names that this machine is asked for, with or without a port.
    ['the address', plain, 'GET', { host: '127.0.0.1:8910' }, undefined],
    ['localhost', plain, 'GET', { host: 'localhost:8910' }, undefined],
    ['capitals', plain, 'GET', { host: 'LOCALHOST' }, undefined],
    ['another port, as through a tunnel', plain, 'GET', { host: 'localhost:9999' }, undefined],
    ['IPv6', plain, 'GET', { host: '[::1]:8910' }, undefined],
    ['IPv6 written out', plain, 'GET', { host: '[0:0:0:0:0:0:0:1]:8910' }, undefined],
    ['an allowed IPv6 address', plain, 'GET', { host: '[2001:DB8:0::5]' }, undefined],
    ['another IPv6 address', plain, 'GET', { host: '[2001:db8::6]' }, 'host'],
    ['IPv4 in IPv6', plain, 'GET', { host: '[::ffff:127.0.0.1]' }, 'host'],
    ['IPv6 without brackets', plain, 'GET', { host: '::1' }, 'host'],
    ['brackets around nothing', plain, 'GET', { host: '[]' }, 'host'],
    ['brackets around no address', plain, 'GET', { host: '[::zz]' }, 'host'],
    ['an allowed name', plain, 'GET', { host: 'feed1.example.com' }, undefined],
    ['a name within an allowed one', plain, 'GET', { host: 'example.com' }, 'host'],
    ['a name that goes on', plain, 'GET', { host: 'feed1.example.com.evil.net' }, 'host'],
    ['a name that was made to lead here', plain, 'GET', { host: 'rebind.evil.net:8910' }, 'host'],
    ['a name that says where it leads', plain, 'GET', { host: '127.0.0.1.nip.io:8910' }, 'host'],
    ['the same address as a number', plain, 'GET', { host: '2130706433:8910' }, 'host'],
    ['the same address in hexadecimal', plain, 'GET', { host: '0x7f.0.0.1:8910' }, 'host'],
    ['the same address, shortened', plain, 'GET', { host: '127.1:8910' }, 'host'],
    ['the wildcard', secure, 'GET', { host: '0.0.0.0:8910' }, 'host'],
    ['a dot at the end', plain, 'GET', { host: 'localhost.:8910' }, 'host'],
    ['a user before it', plain, 'GET', { host: 'localhost@evil.net' }, 'host'],
    ['two', plain, 'GET', { host: 'localhost, evil.net' }, 'host'],
    ['a path', plain, 'GET', { host: 'localhost/evil' }, 'host'],
    ['a port that is none', plain, 'GET', { host: 'localhost:x' }, 'host'],
    ['an empty Host', plain, 'GET', { host: '' }, 'host'],
    ['no Host', plain, 'GET', {}, 'host'],
    // Sec-Fetch-Site: what browsers say of the page that asks.
    ['its own page', plain, 'GET', { host: 'localhost', 'sec-fetch-site': 'same-origin' }, undefined],
    ['the address bar', plain, 'GET', { host: 'localhost', 'sec-fetch-site': 'none' }, undefined],
    ['another site', plain, 'GET', { host: 'localhost', 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    [
      'another site that posts',
      plain,
      'POST',
      { host: 'localhost', origin: 'http://localhost', 'sec-fetch-site': 'cross-site' },
      'cross-site',
    ],
    // Origin: the page that asks, needed by what changes anything.
    ['its own origin', plain, 'POST', { host: 'localhost:8910', origin: 'http://localhost:8910' }, undefined],
    [
      'its own origin in capitals',
      plain,
      'POST',
      { host: 'localhost:8910', origin: 'http://LOCALHOST:8910' },
      undefined,
    ],
    [
      'its own origin over IPv6',
      plain,
      'POST',
      { host: '[::1]:8910', origin: 'http://[::1]:8910' },
      undefined,
    ],
    [
      'a port that goes without saying',
      plain,
      'POST',
      { host: 'localhost', origin: 'http://localhost:80' },
      undefined,
    ],
    [
      'another port of this machine',
      plain,
      'POST',
      { host: 'localhost:8910', origin: 'http://localhost:3000' },
      'origin',
    ],
    ['no port', plain, 'POST', { host: 'localhost:8910', origin: 'http://localhost' }, 'origin'],
    [
      'another name of this machine',
      plain,
      'POST',
      { host: '127.0.0.1:8910', origin: 'http://localhost:8910' },
      'origin',
    ],
    ['another scheme', plain, 'POST', { host: 'localhost:8910', origin: 'https://localhost:8910' }, 'origin'],
    ['TLS', secure, 'POST', { host: 'feed1:8910', origin: 'https://feed1:8910' }, undefined],
    ['no TLS', secure, 'POST', { host: 'feed1:8910', origin: 'http://feed1:8910' }, 'origin'],
    ['another site', plain, 'POST', { host: 'localhost:8910', origin: 'https://evil.net' }, 'origin'],
    [
      'another site that reads',
      plain,
      'GET',
      { host: 'localhost:8910', origin: 'https://evil.net' },
      'origin',
    ],
    ['a page of no origin', plain, 'POST', { host: 'localhost:8910', origin: 'null' }, 'origin'],
    ['an empty origin', plain, 'POST', { host: 'localhost:8910', origin: '' }, 'origin'],
    ['an extension', plain, 'POST', { host: 'localhost:8910', origin: 'chrome-extension://abc' }, 'origin'],
    [
      'an origin with more in it',
      plain,
      'POST',
      { host: 'localhost:8910', origin: 'http://localhost:8910@evil.net' },
      'origin',
    ],
    ['no origin', plain, 'POST', { host: 'localhost:8910' }, 'origin-missing'],
    [
      'no origin, but a token',
      plain,
      'POST',
      { host: 'localhost:8910', authorization: 'Bearer x' },
      undefined,
    ],
    [
      'another origin, and a token',
      plain,
      'POST',
      { host: 'localhost', origin: 'http://evil.net', authorization: 'Bearer x' },
      'origin',
    ],
    // Behind a proxy, which may ask by its own name for us.
    [
      'the proxy as it is asked',
      proxied,
      'POST',
      { host: 'feed1.example.com', origin: 'https://feed1.example.com' },
      undefined,
    ],
    [
      'the proxy as it asks',
      proxied,
      'POST',
      { host: '127.0.0.1:8910', origin: 'https://feed1.example.com' },
      undefined,
    ],
    [
      'the proxy without TLS in front',
      proxied,
      'POST',
      { host: '127.0.0.1:8910', origin: 'http://feed1.example.com' },
      'origin',
    ],
    [
      'another page through the proxy',
      proxied,
      'POST',
      { host: '127.0.0.1:8910', origin: 'https://evil.net' },
      'origin',
    ],
    [
      'a page of this machine through the proxy',
      proxied,
      'POST',
      { host: 'feed1.example.com', origin: 'https://localhost' },
      'origin',
    ],
  ];
  for (const [what, given, method, headers, problem] of cases) {
    it(`${method} ${JSON.stringify(headers)} - ${what}: ${problem ?? 'taken'}`, () => {
      expect(placeProblem({ method, headers }, given)).to.equal(problem);
    });
  }
});

describe('status access - who asks', () => {
  const cookie = (issuedMs: number, token = TOKEN): string =>
    sessionCookie(token, issuedMs, false).split(';')[0]!;
  const valid = cookie(NOW_MS - HOUR_MS);
  const [name, value] = valid.split('=') as [string, string];
  const [issued, code] = value.split('.') as [string, string];
  const cases: readonly (readonly [what: string, headers: Headers, outcome: string])[] = [
    ['the token', { authorization: `Bearer ${TOKEN}` }, 'known'],
    ['the token, the scheme in small letters', { authorization: `bearer  ${TOKEN}` }, 'known'],
    ['another token', { authorization: `Bearer ${TOKEN.replace('s', 't')}` }, 'token-wrong'],
    ['a part of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 'token-wrong'],
    ['more than the token', { authorization: `Bearer ${TOKEN}x` }, 'token-wrong'],
    ['no token', { authorization: 'Bearer ' }, 'token-wrong'],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 'token-wrong'],
    ['a wrong token beside a session', { authorization: 'Bearer x', cookie: valid }, 'token-wrong'],
    ['nothing', {}, 'token-missing'],
    ['another cookie', { cookie: 'a=b; massive_kdb=1' }, 'token-missing'],
    ['a session', { cookie: `a=b; ${valid}; c=d` }, 'known'],
    ['a session beside one of another port', { cookie: `${name}=1.x; ${valid}` }, 'known'],
    ['a session that has ended', { cookie: cookie(NOW_MS - 12 * HOUR_MS) }, 'session-expired'],
    ['a session of tomorrow', { cookie: cookie(NOW_MS + 24 * HOUR_MS) }, 'session-expired'],
    [
      'a session of before the token changed, or of another daemon',
      { cookie: cookie(NOW_MS - HOUR_MS, `${TOKEN}2`) },
      'token-missing',
    ],
    [
      'a session of another token under the name of this',
      { cookie: `${name}=${cookie(NOW_MS - HOUR_MS, `${TOKEN}2`).split('=')[1]}` },
      'session-forged',
    ],
    ['a session made longer', { cookie: `${name}=${Number(issued) + 1}.${code}` }, 'session-forged'],
    ['a session with another code', { cookie: `${name}=${issued}.${'A'.repeat(43)}` }, 'session-forged'],
    ['a session without a code', { cookie: `${name}=${issued}.` }, 'session-forged'],
    ['the token as a session', { cookie: `${name}=${TOKEN}` }, 'session-forged'],
    ['an empty session', { cookie: `${name}=` }, 'session-forged'],
  ];
  for (const [what, headers, outcome] of cases) {
    it(`${what}: ${outcome}`, () => {
      const identity = identityOf({ headers }, TOKEN, NOW_MS);
      expect(identity.name === 'known' ? 'known' : identity.reason).to.equal(outcome);
    });
  }

  it('a session lasts for twelve hours from its beginning', () => {
    const identity = identityOf({ headers: { cookie: valid } }, TOKEN, NOW_MS);
    expect(identity).to.deep.equal({ name: 'known', untilMs: NOW_MS + 11 * HOUR_MS });
  });

  it('two daemons of one host - a browser keeps the sessions of both', () => {
    const other = `${TOKEN}2`;
    const jar = new Map([TOKEN, other].map(token => cookie(NOW_MS, token).split('=') as [string, string]));
    const header = [...jar].map(([key, text]) => `${key}=${text}`).join('; ');
    for (const token of [TOKEN, other])
      expect(identityOf({ headers: { cookie: header } }, token, NOW_MS).name).to.equal('known');
  });

  it('nobody is known while there is no token', () => {
    for (const headers of [{}, { cookie: valid }, { authorization: 'Bearer undefined' }]) {
      expect(identityOf({ headers }, undefined, NOW_MS)).to.include({ reason: 'token-unusable' });
    }
  });

  it('the cookie is out of reach of scripts and other sites, and sent over TLS alone where there is TLS', () => {
    expect(sessionCookie(TOKEN, NOW_MS, false)).to.match(/; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(sessionCookie(TOKEN, NOW_MS, true)).to.match(/; SameSite=Strict; Secure$/);
    expect(sessionCookie(TOKEN, NOW_MS, true)).not.to.include(TOKEN);
  });
});

function rules(host: string, names: readonly string[], behindProxy: boolean, tls: boolean): AccessRules {
  return {
    hosts: new AllowedHosts([...LOOPBACK_NAMES, host, ...names]),
    proxyHosts: behindProxy ? new AllowedHosts(names) : null,
    tls,
  };
}
