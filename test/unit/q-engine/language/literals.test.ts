import { expect } from 'chai';
import { QSession } from '../../../support/q-session.ts';

describe('q-engine literals', () => {
  const q = new QSession();

  it('long - is exact over 64 bits', () => {
    expect(q.literal('9007199254740993')).to.equal('9007199254740993');
    expect(q.literal('9223372036854775806+1')).to.equal('0W');
    expect(q.literal('type 9223372036854775807')).to.equal('-7h');
  });

  it('minus - is a sign after a blank or an operator, an operator after a noun', () => {
    expect(q.literal('5-3')).to.equal('2');
    expect(q.literal('5 -3')).to.equal('5 -3');
    expect(q.literal('(4)-1')).to.equal('3');
    expect(q.literal('2*-3')).to.equal('-6');
  });

  it('list of numbers - takes its type from the last letter, or is float with one float', () => {
    expect(q.literal('type 1 2 3h')).to.equal('5h');
    expect(q.literal('type 1 2.5')).to.equal('9h');
    expect(q.literal('type 0N 1 2f')).to.equal('9h');
    expect(q.literal('2024.01 2024.03m')).to.equal('2024.01 2024.03m');
  });

  it('list of numbers - is refused where a letter stands within, or where it has no such null', () => {
    expect(q.literal('1i 2 3')).to.equal("'1i 2 3");
    expect(q.literal('1 2 0wx')).to.match(/^'/);
    expect(q.literal('1 0n 2')).to.equal('1 0n 2');
  });

  it('bytes - are one literal, applied to or by the numbers beside it', () => {
    expect(new QSession().literal('5 6 7 0x02')).to.equal('7');
    expect(new QSession().literal('0x0203 1')).to.equal('0x03');
  });

  it('bytes - none are the empty vector', () => {
    expect(q.literal('(0x;type 0x;0x01,0x)')).to.equal('(`byte$();4h;,0x01)');
  });

  it('timespan - may be a number of days alone', () => {
    expect(q.literal('3D')).to.equal('3D00:00:00.000000000');
    expect(q.literal('-2D')).to.equal('-2D00:00:00.000000000');
    expect(q.literal('5D:30')).to.equal("'5D:30");
  });

  it('temporal literals - count from 2000.01.01 in their own unit', () => {
    expect(q.literal('"j"$2000.01.02D00:00:00.000000001')).to.equal('86400000000001');
    expect(q.literal('"j"$1999.12.31')).to.equal('-1');
    expect(q.literal('"j"$-0D00:00:01')).to.equal('-1000000000');
    expect(q.literal('"j"$09:30')).to.equal('570');
    expect(q.literal('"j"$09:30:00.001')).to.equal('34200001');
  });

  it('a date that does not exist - is refused, not moved', () => {
    expect(q.show('2023.02.29')).to.equal("'2023.02.29");
  });

  it('strings - keep bytes, one char is an atom', () => {
    expect(q.literal('type "a"')).to.equal('-10h');
    expect(q.literal('count "Z\\303\\274rich"')).to.equal('7');
    expect(q.literal('"a\\nb"')).to.equal('"a\\nb"');
  });

  it('symbols - with paths, dots and nothing', () => {
    expect(q.literal('`a`b.c`:/x/y.z`')).to.equal('`a`b.c`:/x/y.z`');
    expect(q.literal('count each (`;``;`a`b)')).to.equal('1 2 2');
  });

  it('bytes and booleans - are vectors of their digits', () => {
    expect(q.literal('0x0102ff')).to.equal('0x0102ff');
    expect(q.literal('type 0x01')).to.equal('-4h');
    expect(q.literal('0101b')).to.equal('0101b');
  });
});
