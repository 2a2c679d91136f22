import { expect } from 'chai';
import fc from 'fast-check';
import { encodeMessage } from '../../../../src/q-engine/codec/index.ts';
import { MessageAssembler } from '../../../../src/q-engine/server/framing.ts';
import * as make from '../../../../src/q-engine/values/make.ts';

describe('server - framing', () => {
  const messages = ['a', 'bc', 'd'.repeat(5000)].map(text => encodeMessage(make.string(text), 1));
  const stream = Buffer.concat(messages);

  it('messages come out whole and in order, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 20 }), cuts => {
        const assembler = new MessageAssembler();
        const bounds = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const out: Uint8Array[] = [];
        for (let i = 1; i < bounds.length; i++) {
          const some = assembler.push(stream.subarray(bounds[i - 1], bounds[i]));
          if (some === 'malformed') throw new Error('malformed');
          out.push(...some);
        }
        expect(out).to.deep.equal(messages);
        expect(assembler.pendingBytes).to.equal(0);
      }),
    );
  });

  it('a header that is none ends the stream', () => {
    for (const header of [
      '0200000009000000',
      '0103000009000000',
      '0100020009000000',
      '0100000100000000',
      '0100000009000000',
    ]) {
      expect(new MessageAssembler().push(Buffer.from(header, 'hex')), header).to.equal('malformed');
    }
  });

  it('a header that announces more than follows holds only what came', () => {
    const assembler = new MessageAssembler();
    expect(assembler.push(Buffer.from('01000000ffffff7f00', 'hex'))).to.deep.equal([]);
    expect(assembler.pendingBytes).to.equal(9);
  });
});
