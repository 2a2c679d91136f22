import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

/** A vector of each type, with nulls, infinities and neighbours that match. */
const VECTORS: Readonly<Record<string, string>> = {
  boolean: '0110b',
  guid: '(2#0Ng),2#"G"$"00000000-0000-0000-0000-000000000001"',
  byte: '0x00ff0505',
  short: '0N 3 3 -0W 7 0Nh',
  int: '0N 3 3 0W -7 0Ni',
  long: '0N 3 3 0W -7 -4294967296 4294967295 4294967296 -1 0N',
  real: '0n 1.5 1.5 -2 0w 0ne',
  float: '0n 0n 1.5 1.5 -2 0w 0.3,(0.1+0.2),0n',
  char: '"ab  b"',
  symbol: '`a`a``b`',
  timestamp: '0Np,2026.10.01D14:30:00 2026.10.01D14:30:00 1999.10.01D00:00:00.000000001',
  month: '2026.10 0N 2026.10m',
  date: '2026.10.01 2026.10.01 0N 1999.01.01',
  datetime: '2026.10.01T01:00 0N 2026.10.01T01:00',
  timespan: '0D01 0D01 0N -0D00:00:00.000000001',
  minute: '01:00 01:00 0N -00:01',
  second: '01:00:00 0N 01:00:00',
  time: '01:00:00.000 0N 01:00:00.001',
  enumeration: '`e$`b`b`a`b',
};
const NO_NUMBERS = new Set(['guid', 'char', 'symbol', 'enumeration']);

describe('q-engine vector loops', () => {
  const q = new QSession();
  q.engine.evaluateText('e:`a`b`c');

  const holds = (text: string, expressions: readonly string[]): void => {
    q.engine.evaluateText(`v:${text}; w:reverse v; a:first w; c:(count v)#101b; n:til 1+count v`);
    for (const expression of expressions) expect(q.literal(expression), expression).to.equal('1b');
  };

  for (const [name, text] of Object.entries(VECTORS)) {
    it(`${name} - what is said of a vector is what is said of its items`, () => {
      holds(text, [
        "(differ v)~1b,not(1_v)~'-1_v",
        '(differ ([]v;k:1))~differ v',
        ...(name === 'enumeration' ? [] : ['(null v)~null each v']),
        "?[c;v;w]~{$[x;y;z]}'[c;v;w]",
        "?[c;a;w]~{$[x;y;z]}[;a]'[c;w]",
        'raze[(v;w;v)]~(v,w),v',
        'raze[(([]v;k:1);([]v:w;k:2);0#([]v;k:1))]~([]v;k:1),([]v:w;k:2)',
        '((0#v),v)~v',
        '(v,0#v)~v',
      ]);
    });
    if (!NO_NUMBERS.has(name)) {
      it(`${name} - extremes so far are the extremes of what is so far`, () => {
        holds(text, [
          '(1_n)~count each (1_n)#\\:v',
          '(maxs v)~max each (1_n)#\\:v',
          '(mins v)~min each (1_n)#\\:v',
          '(max v)~last v iasc v',
          '(min v)~first w where not null w:v iasc v',
        ]);
      });
    }
  }

  it('booleans - and, or of vectors and atoms are those of each pair', () => {
    holds('0011b', [
      "(v&0101b)~v{x&y}'0101b",
      "(v|0101b)~v{x|y}'0101b",
      '(v&1b)~v',
      '(0b&v)~0000b',
      '(v|0b)~v',
      '(1b|v)~1111b',
      '(1b&0b)~0b',
      '((0#0b)|0b)~0#0b',
      '(any(v;0101b;0000b))~0111b',
      '(v|2 0 0 1h)~2 0 1 1h',
    ]);
  });

  it('any and all - count what is not zero, item by item in lists of vectors', () => {
    expect(q.literal('(any 0 0N;any 0 0f;any 0 0n;all 1 -1;all 1 0h;any`long$();all`int$())')).to.equal(
      '1011001b',
    );
    expect(q.literal('(any(1 0 0N;0 0 0);all(2 0 1f;1 1 0n);any(0x00ff;01b))')).to.equal('(101b;101b;01b)');
    expect(q.literal('any`a`b')).to.equal("'type");
  });

  it('match - compares long vectors by value, floats within tolerance', () => {
    holds('til 100', ['v~reverse w', 'not v~w', 'not v~"i"$v', '(100#0.3)~100#0.1+0.2', '(100#0f)~100#-0f']);
    holds('100#`a`b', ['v~100#`a`b', 'not v~100#`b`a', '(`e$v)~`e$v', 'not(`e$v)~`e$w']);
  });
});
