import { expect } from 'chai';
import { BufferPool } from '../../../../src/kdb/tables/buffer-pool.ts';

describe('kdb buffer pool', () => {
  it('gives a released buffer again, and never one that is still out', () => {
    const pool = new BufferPool();
    const first = pool.take(5000);
    const second = pool.take(5000);
    expect(second.buffer).not.equal(first.buffer);
    pool.release(first.subarray(0, 10));
    expect(pool.take(8000).buffer).equal(first.buffer);
    expect(pool.take(5000).buffer).not.equal(first.buffer);
  });

  it('gives as many bytes as asked for', () => {
    const pool = new BufferPool();
    for (const byteCount of [0, 1, 4096, 4097, 1_000_000])
      expect(pool.take(byteCount).length).equal(byteCount);
  });

  it('keeps no more than its limit', () => {
    const pool = new BufferPool(10_000);
    const taken = Array.from({ length: 4 }, () => pool.take(4096));
    for (const buffer of taken) pool.release(buffer);
    expect(pool.freeBytes).equal(8192);
  });

  it('refuses a buffer that it cannot have given', () => {
    expect(() => new BufferPool().release(new Uint8Array(5000))).throw(RangeError);
  });
});
