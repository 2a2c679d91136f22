import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

/** Expressions and what they are, all in one fresh session. */
function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

describe('q-engine arithmetic', () => {
  it('nulls - stay null in every integer type', () => {
    holds([
      ['1+0N', '0N'],
      ['0N 1+1 0N', '0N 0N'],
      ['0Nh*2h', '0Ni'],
      ['2 xbar 0N 5', '0N 4'],
      ['sum 1 0N 2', '3'],
      ['max 0N 0N', '-0W'],
      ['avg 1 0n 3', '2f'],
    ]);
  });

  it("result types - follow kdb+'s table", () => {
    holds([
      ['type 1b+1b', '-6h'],
      ['type 1h+1', '-7h'],
      ['type 1+1f', '-9h'],
      ['2024.01.31+1', '2024.02.01'],
      ['2024.01.02-2024.01.01', '1i'],
      ['type 2024.01.01+0D12', '-12h'],
      ['2024.01.01D01-2024.01.01D00', '0D01:00:00.000000000'],
      ['09:30+00:00:30', '09:30:30'],
      ['7 div 2', '3'],
      ['-7 div 2', '-4'],
      ['-7 mod 3', '2'],
      ['7 % 2', '3.5'],
    ]);
  });

  it('nothing - a sum or product of no items is what changes no other', () => {
    holds([
      ['sum ()', '0'],
      ['prd ()', '1'],
      ['(+/)()', '0'],
      ['(*/)()', '1'],
      ['(+\\)()', '()'],
    ]);
  });

  it('powers - are those of e, so that of negative numbers there are none', () => {
    const q = new QSession();
    expect(q.literal('(2 xexp 3)<8')).to.equal('0b');
    expect(q.literal('8-2 xexp 3')).to.equal('1.776357e-15');
    expect(q.literal('-2 4 0 xexp 2 0.5 2')).to.equal('0n 2 0');
  });

  it('numbers that no date can hold become its infinities', () => {
    holds([
      ['0W|2000.01.01', '0Wd'],
      ['-0W+2000.01.01', '-0Wd'],
      ['9999999999+2000.01.01', '0Wd'],
      ['0N+2000.01.01', '0Nd'],
    ]);
  });

  it('counts below zero are domain', () => {
    holds([
      ['where 1 -2', "'domain"],
      ['(-0W;2)#1', "'domain"],
      ['(-1 2)#til 4', "'domain"],
    ]);
  });

  it('xcol - refuses to rename a column that is not there', () => {
    holds([
      ['(`a`z!`x`y) xcol ([]a:1 2)', "'length"],
      ['(enlist[`a]!enlist`x) xcol ([]a:1 2;b:3 4)', '+`x`b!(1 2;3 4)'],
    ]);
  });

  it('keys - of all columns, and windows of no table, are length', () => {
    holds([
      ['2!([]a:1 2;b:3 4)', "'length"],
      ['`a`b xkey([]a:1 2;b:3 4)', "'length"],
      ['wj[();`a;([]a:1 2);(([]a:1 2;b:1 2);(max;`b))]', "'length"],
      ['wj[(1 2;1 2);`a;([]a:1 2);(([]a:1 2;b:1 2);(max;()))]', "'length"],
    ]);
  });

  it('shapes - dictionaries by key, tables by column, unequal lists are length', () => {
    holds([
      ['(`a`b!1 2)+`b`c!10 20', '`a`b`c!1 12 20'],
      ['1+([]a:1 2)', '+(,`a)!,2 3'],
      ['(1 2;3)+10', '(11 12;13)'],
      ['1 2+1 2 3', "'length"],
      ['`a+1', "'type"],
    ]);
  });

  it('comparison - nulls are equal and least, floats tolerant, times by the coarser clock', () => {
    holds([
      ['0n=0n', '1b'],
      ['0N<-0W', '1b'],
      ['1=1+1e-15', '1b'],
      ['2024.01.01D09:29:15=09:29', '1b'],
      ['0D09:29:15>09:29', '1b'],
      ['`b<`a`c', '01b'],
      ['2024.01.01=2024.01.01D00', '1b'],
    ]);
  });
});

describe('q-engine lists', () => {
  it('take and drop - over-take repeats, negative counts from the end', () => {
    holds([
      ['5#1 2 3', '1 2 3 1 2'],
      ['-2#1 2 3', '2 3'],
      ['2 2#1 2 3', '(1 2;3 1)'],
      ['-1_1 2 3', '1 2'],
      ['(0#`)~0#`a`b', '1b'],
      ['`a`c#`a`b`c!1 2 3', '`a`c!1 3'],
      ['`b _ `a`b!1 2', '(,`a)!,1'],
    ]);
  });

  it('find, in, distinct, group - on every kind of list', () => {
    holds([
      ['`a`b`c?`c`x', '2 3'],
      ['(1 2;3 4)?enlist 3 4', ',1'],
      ['2 in 1 2 3', '1b'],
      ['(1 2;3 4) in ((1 2;3 4);9)', '1b'],
      ['distinct 3 1 3 2 1', '3 1 2'],
      ['group `a`b`a', '`a`b!(0 2;,1)'],
      ['distinct 0 -0f', ',0f'],
    ]);
  });

  it('dictionary - of keys and as many values, never of one value for all', () => {
    const q = new QSession();
    expect(q.literal('`a`b!1')).to.equal("'length");
    expect(q.literal('()!{x}')).to.equal("'length");
  });

  it('find of lists in a vector - item by item, where an atom is not found, nor is it the first', () => {
    const q = new QSession();
    expect(q.literal('5 6 7?(6 7;5;7 9)')).to.equal('(1 2;3;2 3)');
    expect(q.literal('5 6 7?(5;6 7)')).to.equal("'type");
  });

  it('sorting - is stable, marks its result, ranks by value', () => {
    holds([
      ['asc 3 1 2', '`s#1 2 3'],
      ['idesc 1 3 3 2', '1 2 3 0'],
      ['asc `b`a`', '`s#``a`b'],
      ['desc 0n 1 -0w', '1 -0w 0n'],
      ['2 bin 1 2 3', "'type"],
      ['1 3 5 bin 0 3 9', '-1 1 2'],
    ]);
  });

  it('attributes - are checked when set and dropped when they no longer hold', () => {
    holds([
      ['`s#2 1', "'s-fail"],
      ['`u#1 1', "'u-fail"],
      ['attr `p#1 1 2', '`p'],
      ['attr 1+`s#1 2', '`'],
      ['attr (`g#`a`b),`c', '`g'],
    ]);
  });
});

describe('q-engine text and casts', () => {
  it('cast and tok - exact, with nulls for what cannot be read', () => {
    holds([
      ['"J"$("12";"x";"")', '12 0N 0N'],
      ['"D"$"2024-03-01"', '2024.03.01'],
      ['"P"$"2024.03.01D12:00:00.000000001"', '2024.03.01D12:00:00.000000001'],
      ['"N"$"01:02:03"', '0D01:02:03.000000000'],
      ['`date$2024.03.01D12', '2024.03.01'],
      ['"i"$2.5 3.5 0n', '3 4 0Ni'],
      ['`$("a b";"c")', '`a b`c'],
      ['string 1.5 0n', '("1.5";"")'],
      ['`hh`mm`ss$\\:0D13:14:15', '13 14 15i'],
    ]);
  });

  it('like, ss, ssr, vs, sv - patterns and parts', () => {
    holds([
      ['`abc`xbz like "?b*"', '11b'],
      ['"a[b" like "a[[]b"', '1b'],
      ['"banana" ss "an"', '1 3'],
      ['ssr["banana";"an";"AN"]', '"bANANa"'],
      ['"," vs "a,,b"', '(,"a";"";,"b")'],
      ['` vs `:dir/sub/file', '`:dir/sub`file'],
      ['` sv `:dir`file', '`:dir/file'],
      ['10 sv 1 2 3', '123'],
      ['0x0 sv 0x0102', '258h'],
      ['2 vs 5', '1 0 1'],
    ]);
  });
});
