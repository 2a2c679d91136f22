import { expect } from 'chai';
import { fuzz } from '../../support/q-fuzz.ts';

describe('engine - random expressions', () => {
  it('end in a value or a q error', function () {
    this.timeout(60_000);
    expect(fuzz(20_000_101, 1500)).to.deep.equal([]);
  });
});
