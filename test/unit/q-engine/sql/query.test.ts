import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

const TABLE = 't:([]time:0D09:30 0D09:31 0D09:32 0D09:33;sym:`a`b`a`b;price:10 20 11 21f;size:1 2 3 4)';

describe('q-engine queries', () => {
  const q = () => new QSession().run(TABLE);

  it('select - filters in order, names columns, aggregates to one row', () => {
    expect(q().literal('select price from t where sym=`a,price>10')).to.equal('+(,`price)!,,11f');
    expect(q().literal('cols select price*2,count i,max size,size wavg price from t')).to.equal(
      '`price`x`size`price1',
    );
    expect(q().literal('count select sum size from t')).to.equal('1');
  });

  it('where - takes booleans only, and at least one condition', () => {
    const t = '([]a:1 2;b:1.5 0n)';
    for (const condition of ['a', 'b', '0Nt', '0x01', '`x'])
      expect(q().literal(`select from ${t} where ${condition}`), condition).to.equal("'type");
    expect(q().literal(`select from ${t} where`)).to.equal("'where");
    expect(q().literal(`count select from ${t} where 1b,a>1`)).to.equal('1');
  });

  it('delete - takes columns or conditions, not both', () => {
    expect(q().literal('delete a from ([]a:1 2;b:3 4) where b>3')).to.equal("'type");
    expect(q().literal('![([]a:1 2;b:3 4);enlist(>;`b;3);0b;enlist`a]')).to.equal("'type");
  });

  it('simple exec - of what are no rows is type', () => {
    expect(q().literal('?[([]a:1 2);();`a]')).to.equal("'type");
    expect(q().literal('?[([]a:1 2);0#0;`a]')).to.equal('`long$()');
  });

  it('by - groups in key order, last row without columns', () => {
    expect(q().literal('exec v from select v:sum size by sym from t')).to.equal('4 6');
    expect(q().literal('exec price from select by sym from t')).to.equal('11 21f');
    expect(q().literal('key select count i by sym,0D00:02 xbar time from t')).to.contain('0D09:30:00');
    expect(q().literal('exec size by sym from t')).to.equal('(`s#`a`b)!(1 3;2 4)');
  });

  it('fast and general aggregation - agree, nulls included', () => {
    const session = new QSession().run('n:([]g:`a`b`a`b`c;f:1 0n 2.5 0n 0n;j:1 0N 3 4 0N)');
    for (const name of ['sum', 'min', 'max', 'first', 'last', 'count']) {
      for (const column of ['f', 'j']) {
        const fast = session.literal(`value exec ${name} ${column} by g from n`);
        const general = session.literal(`value exec {${name} x} ${column} by g from n`);
        expect(fast, `${name} ${column}`).to.equal(general);
      }
    }
  });

  it('update and delete - change the global only by its name', () => {
    const session = q();
    session.run('update price:0n from t where sym=`a', 'delete from t where sym=`b');
    expect(session.literal('count t')).to.equal('4');
    session.run('update price:0n from `t where sym=`a', 'delete from `t where sym=`b');
    expect(session.literal('t`price')).to.equal('0n 0n');
    expect(session.show('update size:1.5 from t where i=0')).to.equal("'type");
  });

  it("update by - spreads each group's value over its rows", () => {
    expect(q().literal('exec d from update d:price-first price by sym from t')).to.equal('0 0 1 1f');
  });

  it('functional forms - do what the text does', () => {
    const session = q();
    const pairs = [
      ['select from t where price>10', '?[t;enlist(>;`price;10);0b;()]'],
      ['select m:max price by sym from t', '?[t;();(enlist`sym)!enlist`sym;(enlist`m)!enlist(max;`price)]'],
      ['exec sym from t', '?[t;();();`sym]'],
      ['update price:2*price from t', '![t;();0b;(enlist`price)!enlist(*;2;`price)]'],
      ['delete size from t', '![t;();0b;enlist`size]'],
    ];
    for (const [text, form] of pairs) expect(session.literal(`(${text})~${form}`), form).to.equal('1b');
  });

  it('locals of a function - are seen by its queries, columns before them', () => {
    expect(q().literal('{[s;size]exec size from t where sym=s}[`b;99]')).to.equal('2 4');
  });

  it('fby and virtual i - pick rows by group', () => {
    expect(q().literal('exec size from t where price=(max;price) fby sym')).to.equal('3 4');
    expect(q().literal('exec i from t where sym=`b')).to.equal('1 3');
  });

  it('names - of an operator the left one, of a function the last one, of a literal none', () => {
    expect(q().literal('cols select 2*size,size*2,size wavg price,2 xbar time from t')).to.equal(
      '`x`size`price`time',
    );
    expect(q().literal('cols update `g#sym,`s#time from t')).to.equal(q().literal('cols t'));
    expect(q().literal('attr exec sym from update `g#sym from t')).to.equal('`g');
    expect(q().literal('parse"select a,b by a from t"')).to.equal("'dup names for cols/groups a");
  });

  it('exec by 0b - answers a table', () => {
    expect(q().literal('exec size,price by 0b from t where sym=`a')).to.equal('+`size`price!(1 3;10 11f)');
  });

  it('limit and order - the order is an expression, and in the parse tree', () => {
    expect(q().literal('exec size from select[2;>neg size] from t')).to.equal('1 2');
    expect(q().literal('exec size from select[1 2] from t')).to.equal('2 3');
    expect(q().literal('parse"select[2;>size] from t"')).to.equal('(?;`t;();0b;();2;,(>:;`size))');
    expect(q().literal('exec size from eval parse"select[2;>size] from t"')).to.equal('4 3');
    expect(q().literal('exec size from eval parse"select[>size] from t"')).to.equal('4 3 2 1');
  });

  it('conditional - is no part of a query, but of a function in it', () => {
    expect(q().literal('select from t where size>$[1b;2;3]')).to.equal("'rank");
    expect(q().literal('exec size from t where {$[1b;x>2;x]}size')).to.equal('3 4');
  });
});

describe('q-engine tables', () => {
  it('insert - checks types and lengths and leaves the table whole on error', () => {
    const q = new QSession().run(TABLE);
    expect(q.show('`t insert (0D09:34;`c;1;5)')).to.equal("'type");
    expect(q.show('`t insert (0D09:34;`c;1f)')).to.equal("'length");
    expect(q.literal('(count t;count each flip t)')).to.equal('(4;`time`sym`price`size!4 4 4 4)');
    expect(q.literal('`t insert (0D09:34 0D09:35;`c`d;1 2f;5 6)')).to.equal('4 5');
  });

  it('upsert - takes lists of one type as rows, insert as columns', () => {
    const q = new QSession().run('t:u:v:([]a:1 2;b:3 4)', 't,:(7 8;9 10;11 12)', '`u upsert (7 8;9 10)');
    expect(q.literal('(t`a;u`a)')).to.equal('(1 2 7 9 11;1 2 7 9)');
    expect(q.run('`v insert (7 8;9 10)').literal('v`a')).to.equal('1 2 7 8');
    expect(q.literal('exec b from ([k:1 9]b:3 4) upsert (1 8;9 10)')).to.equal('8 10');
    expect(q.literal('exec b from ([]a:1 2;b:`x`y) upsert (7 8;`p`q)')).to.equal('`x`y`p`q');
  });

  it('a column that is not there - cannot be set in one row', () => {
    const q = new QSession().run('t:([]a:1 2)');
    expect(q.literal('t[0;`b]:5')).to.equal("'index");
    expect(q.run('t[0;`a]:5').literal('t')).to.equal('+(,`a)!,5 2');
  });

  it('keyed tables - insert refuses a known key, upsert replaces its row', () => {
    const q = new QSession().run('k:([s:`a`b]v:1 2)');
    expect(q.show('`k insert (`a;9)')).to.equal("'insert");
    q.run('`k upsert (`a;9)', '`k upsert (`c;3)', 'k[`b]:enlist[`v]!enlist 7');
    expect(q.literal('k')).to.equal('(+(,`s)!,`a`b`c)!+(,`v)!,9 7 3');
    expect(q.literal('k[`zz;`v]')).to.equal('0N');
  });

  it('attributes - g# stays through inserts, s# while it is true', () => {
    const q = new QSession().run('g:([]time:`s#0D01 0D02;sym:`g#`a`b)', '`g insert (0D03;`c)');
    expect(q.literal('exec a from meta g')).to.equal('`s`g');
    q.run('`g insert (0D01;`c)');
    expect(q.literal('exec a from meta g')).to.equal('``g');
  });

  it('joins - as of, left, inner, union, plus', () => {
    const q = new QSession().run(
      'tr:([]sym:`a`b`a;time:10 20 30;px:1 2 3f)',
      'qt:([]sym:`a`a`b;time:5 25 21;bid:7 8 9f)',
      'k:([sym:`a`c]ex:`N`O)',
    );
    expect(q.literal('exec bid from aj[`sym`time;tr;qt]')).to.equal('7 0n 8');
    expect(q.literal('exec time from aj0[`sym`time;tr;qt]')).to.equal('5 20 25');
    expect(q.literal('exec ex from tr lj k')).to.equal('`N``N');
    expect(q.literal('exec px from tr ij k')).to.equal('1 3f');
    expect(q.literal('cols tr uj qt')).to.equal('`sym`time`px`bid');
    expect(q.literal('count tr uj qt')).to.equal('6');
    expect(q.show('tr,qt')).to.equal("'mismatch");
  });
});
