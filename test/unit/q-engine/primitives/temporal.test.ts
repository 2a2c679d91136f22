import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

function holds(cases: readonly (readonly [expression: string, literal: string])[]): void {
  const q = new QSession();
  for (const [expression, literal] of cases) expect(q.literal(expression), expression).to.equal(literal);
}

const SAMPLES: Readonly<Record<string, string>> = {
  p: '2013.03.04D05:06:07.089101112',
  m: '2013.03m',
  d: '2013.03.04',
  z: '2013.03.04T05:06:07.089',
  n: '0D05:06:07.089101112',
  u: '05:06',
  v: '05:06:07',
  t: '05:06:07.089',
};

/** The type letters of `x operator y` for x down and y across, a dot where it is an error. */
function typesOf(operator: string): string[] {
  const q = new QSession();
  return Object.entries(SAMPLES).map(([letter, x]) => {
    const row = Object.values(SAMPLES).map(y => {
      const result = q.literal(`.Q.t abs type (${x}) ${operator} (${y})`);
      return result.startsWith("'") ? '.' : result.slice(1, -1);
    });
    return `${letter} ${row.join('')}`;
  });
}

describe('q-engine temporal types', () => {
  it('sums and differences - of points in time are spans only within one type', () => {
    const table = [
      'p n...pppp',
      'm .i..pppp',
      'd ..i.pppp',
      'z ...fpzzz',
      'n ppppnnnn',
      'u pppznuvt',
      'v pppznvvt',
      't pppznttt',
    ];
    expect(typesOf('+')).to.deep.equal(table);
    expect(typesOf('-')).to.deep.equal(table);
  });

  it('lesser, fill and comparison - take a point in time by its time of day against a clock', () => {
    const table = [
      'p ppppnuvt',
      'm pmd.....',
      'd pddz....',
      'z p.zznuvt',
      'n n..nnnnn',
      'u u..unuvt',
      'v v..vnvvt',
      't t..tnttt',
    ];
    expect(typesOf('&')).to.deep.equal(table);
    expect(typesOf('^')).to.deep.equal(table);
    holds([
      ['09:30&2024.01.01D08:15:30', '08:15'],
      ['2024.01.01D08:15:30|0D07', '0D08:15:30.000000000'],
      ['2024.01m<2024.01.01T12', "'type"],
    ]);
  });

  it('xbar and mod - are products and remainders of div, in the type that gives', () => {
    expect(typesOf('mod').join('')).to.match(/^([pmdznuvt] \.{8})+$/);
    expect(typesOf('xbar')[4]).to.equal('n pmdznuvt');
    holds([
      ['0D00:05 xbar 2024.01.01D09:33:12', '2024.01.01D09:30:00.000000000'],
      ['0D00:05 xbar 0D09:33 0N 0D00:01', '0D09:30:00.000000000 0Nn 0D00:00:00.000000000'],
      ['5 xbar 09:33 0N', '09:30 0Nu'],
      ['60000 xbar 09:33:12.345', '09:33:00.000'],
      ['7 xbar 2024.01.03', '2023.12.30'],
      ['00:05 xbar 09:33', "'type"],
      ['5 mod 0', '0N'],
      ['.1 xbar .3', '0.2'],
    ]);
  });

  it('borders - what a timestamp cannot say is infinite, what a date cannot shows as zeros', () => {
    holds([
      ['`timestamp$1666.09.02 2300.01.01', '-0Wp 0Wp'],
      ['`date$0Wp', '2292.04.10'],
      ['0001.01.01-1', '0000.00.00'],
      ['9999.12.31+1', '0000.00.00'],
      ['0Wp+1', '0Np'],
      ['-0Wp-1', '0Np'],
      ['0p+0Wp-1', '106751D23:47:16.854775806'],
    ]);
  });

  it('parts - only those that a type has', () => {
    holds([
      ['`year`mm`dd`hh`uu`ss$2015.10.28D03:55:58', '2015 10 28 3 55 58i'],
      ['`week$2024.01.03', '2024.01.01'],
      ['`dd$2024.01m', "'type"],
      ['`hh$2024.01.01', "'type"],
      ['`year$12:00', "'type"],
    ]);
  });
});

describe('q-engine text to values', () => {
  it('guid - from internet addresses of both versions', () => {
    holds([
      ['"G"$"10.1.2.3"', '00000000-0000-0000-0000-ffff0a010203'],
      ['"G"$"::FFFF:10.1.2.3"', '00000000-0000-0000-0000-ffff0a010203'],
      ['"G"$"fe80::1:2"', 'fe800000-0000-0000-0000-000000010002'],
      ['null "G"$"10.1.2"', '1b'],
    ]);
  });
});

describe('q-engine tolerance', () => {
  it('floor, ceiling and find - are exact where = is not', () => {
    holds([
      ['floor 1-1e-14', '0'],
      ['ceiling 1+1e-14', '2'],
      ['1 2f?1-1e-15', '2'],
      ['1=1-1e-15', '1b'],
      ['floor"AbC"', '"abc"'],
      ['floor 2024.01.01', "'type"],
      ['ceiling 3h', '3h'],
    ]);
  });
});
