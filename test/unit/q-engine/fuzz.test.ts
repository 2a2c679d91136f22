import { expect } from 'chai';
import { fuzz } from '../../support/q-fuzz.ts';

describe('engine - random expressions', () => {
  it('end in a value or a q error', () => {
    expect(fuzz(20_000_101, 1500)).to.deep.equal([]);
  });
});
