import { expect } from 'chai';
import fc from 'fast-check';
import { TextWriter } from '../../../src/simulator/text-writer.ts';

function written(write: (out: TextWriter) => void): string {
  const out = new TextWriter(64);
  write(out);
  return out.buffer.toString('latin1', 0, out.position);
}

describe('simulator numbers', () => {
  it('integer - is the same number', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), value => {
        expect(written(out => out.integer(value))).to.equal(String(value === 0 ? 0 : value));
      }),
    );
    for (const value of [0, 9, 10, 99_999_999, 100_000_000, 0x7fffffff, 0x80000000, 2 ** 53 - 1]) {
      expect(written(out => out.integer(value))).to.equal(String(value));
    }
  });

  it('decimal - reads back as exactly the number of the truth', () => {
    const scaled = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
    fc.assert(
      fc.property(scaled, fc.integer({ min: 0, max: 8 }), (value, decimals) => {
        const text = written(out => out.decimal(value, decimals));
        expect(Number(text)).to.equal(value / 10 ** decimals);
        expect(text).to.match(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it('exact volume - has one zero or all decimals', () => {
    expect(written(out => out.exactVolume(80_000_000, 6))).to.equal('80.0');
    expect(written(out => out.exactVolume(144_673_243_177, 6))).to.equal('144673.243177');
    expect(written(out => out.exactVolume(4_332_125_038_360, 6))).to.equal('4332125.038360');
    expect(written(out => out.exactVolume(10, 6))).to.equal('0.000010');
  });
});
