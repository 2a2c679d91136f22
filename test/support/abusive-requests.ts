/** A request as it is sent, its lines given without their ends. */
export function requestBytes(line: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** Paths that try to reach files beside those that are served. */
export const CLIMBS: readonly string[] = [
  '/assets/../status-token',
  '/assets/../../etc/passwd',
  '/../../../../etc/passwd',
  '/assets/..%2f..%2fetc%2fpasswd',
  '/assets/%2e%2e/%2e%2e/etc/passwd',
  '/assets/%252e%252e%252fetc/passwd',
  '/assets/..%5c..%5cetc%5cpasswd',
  '/assets/..\\..\\etc\\passwd',
  '/assets/....//....//etc/passwd',
  '/assets/%c0%ae%c0%ae/etc/passwd',
  '/assets/%c0%af/etc/passwd',
  '/assets/..;/..;/etc/passwd',
  '/assets//etc/passwd',
  '/assets/%00',
  '/assets/style.css%00.html',
  '/assets/style.css/../../status-token',
  '/assets/./style.css',
  '/assets/',
  '/assets',
  '/assets/style%2ecss',
  '/assets/STYLE.CSS',
  '/assets/file:///etc/passwd',
  '/assets/__proto__',
  '/assets/constructor',
  '//etc/passwd',
  '/status-token',
  '/.git/config',
  '/%',
  '/api/feeds/../../status-token',
];

/** What is no request, or none that is answered, with the status that it gets. */
export const NO_REQUESTS: readonly (readonly [what: string, bytes: string, status: RegExp])[] = [
  ['no HTTP', 'hello\r\n\r\n', /400/],
  ['bytes', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', /400/],
  ['zeros', '\0'.repeat(1000), /400/],
  ['another version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', /400/],
  ['no version, so no Host', 'GET /\r\n\r\n', /403/],
  ['an unknown method', requestBytes('BREW /'), /400/],
  ['DELETE', requestBytes('DELETE /'), /405/],
  ['OPTIONS, as before a cross-origin request', requestBytes('OPTIONS /', 'Origin: http://evil.net'), /405/],
  ['TRACE', requestBytes('TRACE /'), /405/],
  ['CONNECT', requestBytes('CONNECT localhost:22'), /405/],
  ['an address of another host', requestBytes('GET http://evil.net/'), /400/],
  ['an address of its own', requestBytes('GET http://localhost/metrics'), /400/],
  ['a star', requestBytes('GET *'), /400/],
  ['a fragment of a path', requestBytes('GET metrics'), /400/],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', /403/],
  ['two Hosts', requestBytes('GET /', 'Host: evil.net'), /400/],
  ['two Origins', requestBytes('POST /logout', 'Origin: http://localhost', 'Origin: http://evil.net'), /400/],
  [
    'two tokens',
    requestBytes('GET /api/status', 'Authorization: Bearer a', 'Authorization: Bearer b'),
    /400/,
  ],
  ['a header without a name', requestBytes('GET /', ': x'), /400/],
  ['a blank before a colon', requestBytes('GET /', 'Host : evil.net'), /400/],
  ['a header that goes on in the next line', requestBytes('GET /', 'A: b', ' c'), /400/],
  ['a zero in a header', requestBytes('GET /', 'A: b\0c'), /400/],
  ['bare line ends', 'GET / HTTP/1.1\nHost: evil.net\n\n', /40[03]/],
  ['a huge header', requestBytes('GET /', `A: ${'x'.repeat(20_000)}`), /431/],
  ['a huge path', requestBytes(`GET /${'x'.repeat(20_000)}`), /431/],
  ['a long path', requestBytes(`GET /${'x'.repeat(4_000)}`), /400/],
  [
    'many headers',
    requestBytes('GET /', ...Array.from({ length: 100 }, (_, index) => `A${index}: b`)),
    /431/,
  ],
  ['an expectation', requestBytes('POST /login', 'Expect: 100-continue', 'Content-Length: 5'), /417/],
  ['another expectation', requestBytes('POST /login', 'Expect: cake', 'Content-Length: 5'), /417/],
  ['a body where there is none', `${requestBytes('GET /', 'Content-Length: 5')}hello`, /400/],
  ['chunks where there is no body', `${requestBytes('GET /', 'Transfer-Encoding: chunked')}0\r\n\r\n`, /400/],
];

const hidden = 'GET /api/status HTTP/1.1\r\nHost: localhost\r\n\r\n';
const own = ['Origin: http://localhost', 'Content-Type: application/x-www-form-urlencoded'];
/** Requests that hide a second one, for servers that disagree about where one ends. */
export const DOUBLED: readonly (readonly [what: string, bytes: string])[] = [
  [
    'length and chunks',
    `${requestBytes('POST /logout', ...own, 'Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden}`,
  ],
  [
    'chunks and length',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: chunked', 'Content-Length: 6')}0\r\n\r\n${hidden}`,
  ],
  [
    'two lengths',
    `${requestBytes('POST /logout', ...own, 'Content-Length: 0', 'Content-Length: 60')}${hidden}`,
  ],
  ['a length twice in one', `${requestBytes('POST /logout', ...own, 'Content-Length: 0, 60')}${hidden}`],
  ['a length with a sign', `${requestBytes('POST /logout', ...own, 'Content-Length: +6')}${hidden}`],
  ['a negative length', `${requestBytes('POST /logout', ...own, 'Content-Length: -1')}${hidden}`],
  ['a length in hexadecimal', `${requestBytes('POST /logout', ...own, 'Content-Length: 0x6')}${hidden}`],
  [
    'chunks that are called otherwise',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden}`,
  ],
  [
    'chunks called twice',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden}`,
  ],
  [
    'a size that is no number',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: chunked')}zz\r\n${hidden}`,
  ],
  [
    'a size beyond all',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: chunked')}${'f'.repeat(40)}\r\n${hidden}`,
  ],
  [
    'a chunk longer than it says',
    `${requestBytes('POST /logout', ...own, 'Transfer-Encoding: chunked')}1\r\nab\r\n${hidden}`,
  ],
];
