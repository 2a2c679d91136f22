import { expect } from 'chai';
import fc from 'fast-check';
import { QSession } from '../../../support/q-session.ts';

/** What may happen to the variables a and b: an item changed, one added, one copied to the other. */
const step = fc.record({
  kind: fc.constantFrom('amend', 'add', 'increase', 'copy', 'keep', 'byName'),
  from: fc.constantFrom('a', 'b'),
  to: fc.constantFrom('a', 'b'),
  at: fc.nat(99),
  item: fc.nat(1000),
});

const STARTS = {
  'a vector': { list: 'til 100', item: (n: number) => `${n}` },
  'a general list': { list: '(enlist each til 100)', item: (n: number) => `enlist ${n}` },
};

describe('q-engine amends in place', () => {
  for (const [what, { list, item }] of Object.entries(STARTS)) {
    it(`${what} - no other variable sees an amend`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 25 }), steps => {
          const q = new QSession().run(`a:${list}`, `b:${list}`, 'kept:()');
          const model = { a: Array.from({ length: 100 }, (_, i) => i), b: [] as number[] };
          model.b = [...model.a];
          const kept: number[][] = [];
          for (const { kind, from, to, at, item: n } of steps) {
            const own = model[from as 'a'];
            if (kind === 'amend') {
              q.run(`${from}[${at}]:${item(n)}`);
              own[at] = n;
            } else if (kind === 'add') {
              q.run(`${from},:enlist ${item(n)}`);
              own.push(n);
            } else if (kind === 'increase') {
              q.run(`${from}[${at}]+:${from}[0]`);
              own[at]! += own[0]!;
            } else if (kind === 'byName') {
              q.run(`@[\`${from};${at};:;${item(n)}]`);
              own[at] = n;
            } else if (kind === 'copy') {
              q.run(`${to}:${from}`);
              model[to as 'a'] = [...own];
            } else {
              q.run(`kept,:enlist ${from}`);
              kept.push([...own]);
            }
          }
          const plain = (name: string) => q.literal(`" "sv string raze ${name}`).slice(1, -1);
          expect(plain('a')).to.equal(model.a.join(' '));
          expect(plain('b')).to.equal(model.b.join(' '));
          kept.forEach((items, i) => {
            expect(plain(`kept ${i}`)).to.equal(items.join(' '));
          });
        }),
        { numRuns: 60 },
      );
    });
  }

  it('locals, arguments and dictionaries - keep what was taken from them', () => {
    const q = new QSession().run(
      'f:{[v]w:v;v[0]:9;u:v;v[0]:8;(first w;first u;first v)}',
      'v:100#0',
      'd:(til 100)!100#0',
      'd[3]:1',
      'e:d',
      'd[3]+:1',
      'd[200]:5',
      'g:{[n]r:n#0;i:0;while[i<n;r[i]:i;s:r;i+:1];(sum r;sum s)}',
    );
    expect(q.literal('(f v;first v;e 3;d 3;d 200;count e;g 100)')).to.equal('(0 9 8;0;1;2;5;100;4950 4950)');
  });

  it('upsert - by name replaces and adds rows, and leaves copies as they were', () => {
    const q = new QSession().run(
      't:([k:til 300;s:300#`x]a:300#0;b:300#`z)',
      '`t upsert (5;`x;1;`p)',
      'copy:t',
      '`t upsert (5;`x;2;`q)',
      '`t upsert (400;`x;3;`r)',
      '`copy upsert (400;`y;4;`s)',
      't,:([k:6 401;s:`x`x]a:7 8;b:`v`w)',
    );
    expect(q.literal('(t(5;`x);t(400;`x);t(6;`x);t(401;`x);count t)')).to.equal(
      '(`a`b!(2;`q);`a`b!(3;`r);`a`b!(7;`v);`a`b!(8;`w);302)',
    );
    expect(q.literal('(copy(5;`x);copy(400;`x);copy(400;`y);copy(6;`x);count copy)')).to.equal(
      '(`a`b!(1;`p);`a`b!(0N;`);`a`b!(4;`s);`a`b!(0;`z);301)',
    );
  });

  it('unique - stays on a list while new items are new', () => {
    const q = new QSession().run('u:`u#til 1000', 'u,:1000', 'v:u', 'u,:1001 1002', 'v,:5');
    expect(q.literal('(attr u;count u;attr v;count v)')).to.equal('(`u;1003;`;1002)');
  });
});
