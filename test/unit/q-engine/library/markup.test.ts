import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine .h', () => {
  it('elements - quote attributes that are strings, not symbols', () => {
    holds([
      ['.h.ha[`http://a.org/b;"x"]', '"<a href=http://a.org/b>x</a>"'],
      ['.h.hta[`td;`colspan`class!(2;"n")]', '"<td colspan=2 class=\\"n\\">"'],
      ['.h.code"see\\tf x\\tfirst"', '"see <code><nobr>f x</nobr></code> first"'],
      ['.h.text("a";"b")', '"<p>a</p>\\n<p>b</p>\\n"'],
    ]);
  });

  it('escapes - come back from the percent signs they became', () => {
    holds([
      ['.h.hu"a/b c%"', '"a%2fb%20c%25"'],
      ['.h.uh .h.hu"a/b c%"', '"a/b c%"'],
      ['.h.uh"50% of"', '"50% of"'],
      ['.h.xs"a<b&c"', '"a&lt;b&amp;c"'],
    ]);
  });

  it('formats - write nested columns with their own delimiter, names before values', () => {
    holds([
      ['.h.cd([k:1 2]v:(1 2;3 4);s:("ab";"bc"))', '("k,v,s";"1,1 2,ab";"2,3 4,bc")'],
      ['.h.tx[`json]([]a:1 2)', '("{\\"a\\":1}";"{\\"a\\":2}")'],
      [
        '.h.xd([]a:1 2;b:("<";"x y"))',
        '("<R>";"<r><a>1</a><b>&lt;</b></r>";"<r><a>2</a><b>x y</b></r>";"</R>")',
      ],
      ['.h.iso8601 1', '"2000-01-01T00:00:00.000000001"'],
    ]);
  });

  it('responses - name their media type and length', () => {
    holds([
      [
        '.h.hn["404 Not Found";`txt;"none"]',
        '"HTTP/1.1 404 Not Found\\r\\nContent-Type: text/plain\\r\\nConnection: close\\r\\nContent-Length: 4\\r\\n\\r\\nnone"',
      ],
      ['.h.hy[`exe;0x6162]like"*application/octet-stream*Content-Length: 2*ab"', '1b'],
    ]);
  });
});

describe('q-engine .j', () => {
  it('reading - keeps the order of names and takes text as it is', () => {
    holds([
      ['.j.k"{\\"10\\":1,\\"2\\":\\"x\\"}"', '`10`2!(1f;,"x")'],
      ['.j.k"[{\\"a\\":1},{\\"a\\":null}]"', '+(,`a)!,1 0n'],
      ['.j.k"[1,2"', "'json: unexpected end at 4"],
      ['.j.k" [ true , false ] "', '10b'],
      ['.j.k"\\"\\\\u00e9\\\\n\\""', '"\\303\\251\\n"'],
    ]);
  });

  it('writing - gives each row of a table its line', () => {
    holds([
      ['.j.j([]a:1 2)', '"[{\\"a\\":1},\\n {\\"a\\":2}]"'],
      ['.j.k .j.j([]a:1 2)', '+(,`a)!,1 2f'],
    ]);
  });
});
