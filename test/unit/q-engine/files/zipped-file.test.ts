import { once } from 'node:events';
import { deflateSync, inflateSync } from 'node:zlib';
import { expect } from 'chai';
import { Engine } from '../../../../src/q-engine/engine.ts';
import { decodeLz4, decodeSnappy } from '../../../../src/q-engine/files/block-decoders.ts';
import { newPackMemory, packBlocks } from '../../../../src/q-engine/files/pack-blocks.ts';
import { isZipped, unzip, zip, zipStatistics } from '../../../../src/q-engine/files/zipped-file.ts';
import { startThread } from '../../../../src/q-engine/process/start-thread.ts';
import { textOf } from '../../../../src/q-engine/values/make.ts';
import { type ByteVector, QError } from '../../../../src/q-engine/values/value.ts';
import { MemoryHost } from '../../../support/q-engine-host.ts';

const PACK_THREAD_FOLDER = new URL('../../../../src/q-engine/files/x.ts', import.meta.url).href;
const GZIP = { blockBits: 12, algorithm: 2, level: 6 };

describe('files - compressed', () => {
  const plain = Uint8Array.from({ length: 10_000 }, (_, i) => (i < 4096 ? i % 7 : (i * i * 31) >> 3));

  it('blocks stand one after the other, and the end tells their lengths', () => {
    const file = Buffer.from(zip(plain, GZIP));
    expect(file.subarray(0, 8).toString()).to.equal('kxzipped');
    expect(Number(file.readBigInt64LE(file.length - 8))).to.equal(3);
    const end = file.length - 40 - 3 * 8;
    expect([file[end + 4], file[end + 5]]).to.deep.equal([2, 6]);
    expect([8, 16, 24].map(at => Number(file.readBigInt64LE(end + at)))).to.deep.equal([10_000, end, 4096]);
    let at = 8;
    for (let i = 0; i < 3; i++) {
      const bytes = file.readInt32LE(end + 32 + i * 8);
      const block = file.subarray(at, at + bytes);
      const content = file.readInt32LE(end + 36 + i * 8) === 2 ? inflateSync(block) : block;
      expect(Buffer.from(plain.subarray(i * 4096, (i + 1) * 4096)).equals(content), `block ${i}`).to.equal(
        true,
      );
      at += bytes;
    }
    expect(at).to.equal(end);
    expect(Buffer.from(unzip(file)).equals(plain)).to.equal(true);
    expect(zipStatistics(file)).to.deep.equal({ ...GZIP, compressedBytes: file.length, plainBytes: 10_000 });
  });

  it('blocks that are the same are whole each by themselves', () => {
    const same = Uint8Array.from({ length: 4 * 4096 + 100 }, (_, i) => (i < 2 * 4096 ? 7 : i % 8));
    expect(Buffer.from(unzip(zip(same, GZIP))).equals(same)).to.equal(true);
  });

  it('large files are compressed by several threads to the same bytes', async () => {
    const noise = Uint8Array.from(
      { length: 3_000_000 },
      (_, i) => Math.imul(i >> 3, 2654435761) >>> (i & 24),
    );
    noise.fill(9, 1_000_000, 1_800_000);
    const memory = newPackMemory();
    const thread = startThread('./pack-thread', PACK_THREAD_FOLDER, { workerData: memory });
    await once(thread, 'online');
    for (const blockBytes of [2 ** 17, 2 ** 12]) {
      const packed = packBlocks(noise, blockBytes, 6, memory, () => thread.postMessage(null));
      expect(packed.length).to.equal(Math.ceil(noise.length / blockBytes));
      for (const [i, small] of packed.entries()) {
        const block = noise.subarray(i * blockBytes, (i + 1) * blockBytes);
        const alone = deflateSync(block, { level: 6 });
        const expected = alone.length < block.length ? alone : undefined;
        expect(Buffer.compare(small ?? block, expected ?? block), `block ${i}`).to.equal(0);
      }
    }
    await thread.terminate();
    const large = Buffer.concat(Array(7).fill(noise));
    expect(Buffer.from(unzip(zip(large, { ...GZIP, blockBits: 20, level: 1 }))).equals(large)).to.equal(true);
  });

  it('a block that does not get smaller is stored as it is', () => {
    const noise = Uint8Array.from({ length: 5000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> 24);
    const file = Buffer.from(zip(noise, { ...GZIP, level: 0 }));
    expect(file.readInt32LE(file.length - 12)).to.equal(0);
    expect(Buffer.from(unzip(file)).equals(noise)).to.equal(true);
  });

  it('whatever is damaged, encrypted or of another algorithm is an error', () => {
    const file = zip(plain, GZIP);
    expect(() => unzip(file.subarray(0, file.length - 1))).to.throw(QError, 'corrupt');
    const changed = Uint8Array.from(file);
    changed[20] = changed[20]! ^ 0xff;
    expect(() => unzip(changed)).to.throw(QError, 'corrupt');
    expect(() => isZipped(Buffer.from('kxzippEd'))).to.throw(QError, 'nyi');
    expect(() => zip(plain, { ...GZIP, algorithm: 1 })).to.throw(QError, 'nyi compression algorithm 1');
    expect(() => zip(plain, { ...GZIP, blockBits: 21 })).to.throw(QError, 'domain');
  });

  it('the blocks of snappy and lz4 are read', () => {
    const text = Buffer.from('abcabcabcabcX');
    // Three literals, nine bytes from three before, one literal.
    const snappy = Buffer.from('0d0861626315030058', 'hex');
    expect(Buffer.from(decodeSnappy(snappy, 13)).equals(text)).to.equal(true);
    const lz4 = Buffer.from('3561626303001058', 'hex');
    expect(Buffer.from(decodeLz4(lz4, 13)).equals(text)).to.equal(true);
    expect(() => decodeLz4(lz4, 12)).to.throw(QError, 'corrupt');
    expect(() => decodeSnappy(Buffer.from('0d150300', 'hex'), 13)).to.throw(QError, 'corrupt');
  });
});

describe('files - compression in q', () => {
  let host: MemoryHost;
  let engine: Engine;

  beforeEach(() => {
    host = new MemoryHost();
    engine = new Engine(host);
  });

  const literal = (text: string): string => textOf(engine.evaluateText(`-3!${text}`) as ByteVector);
  const isCompressed = (path: string): boolean => isZipped(host.files.get(path)!);

  it('set compresses files and columns, and everything reads them', () => {
    engine.evaluateText('x:til 5000; (`:z;12;2;9) set x');
    expect(isCompressed('z')).to.equal(true);
    expect(literal('(x~get`:z;hcount`:z;(read1`:z)~(read1(`:z;0;16)),raze reverse each 0x0 vs/:x)')).to.match(
      /^\(1b;40016;/,
    );
    engine.evaluateText(
      't:([]s:100#`a`b;w:100#("xy";enlist"z");n:til 100); (`:db/t/;17;2;6) set .Q.en[`:db] t',
    );
    expect(['s', 'w', 'w#', 'n'].map(name => isCompressed(`db/t/${name}`))).to.deep.equal([
      true,
      true,
      true,
      true,
    ]);
    expect(['db/sym', 'db/t/.d'].map(isCompressed)).to.deep.equal([false, false]);
    expect(literal('t~update value s from get`:db/t/')).to.equal('1b');
    expect(literal('exec sum n from `:db/t/ where s=`b')).to.equal('2500');
  });

  it('long columns of every type are read as they were written, and stay so when the file changes', () => {
    for (const type of 'bxhijefcpmdznuvt') {
      engine.evaluateText(
        `x:"${type}"$100000#til 101; (\`:z;17;2;1) set x; \`:p set x; y:get\`:p; \`:p upsert 1#x`,
      );
      expect(literal('(x~y;x~get`:z;(x,1#x)~get`:p;(attr y)~`)'), type).to.equal('1111b');
      engine.evaluateText('y[0]:y 1');
      expect(literal('x[0]~first get`:p'), type).to.equal('1b');
    }
    engine.evaluateText('t:([]s:`p#100000#`a;k:til 100000); (`:db/t/;17;2;6) set .Q.en[`:db] t');
    expect(literal('(t~update value s from get`:db/t/;attr(get`:db/t/)`s)')).to.equal('(1b;`p)');
  });

  it('parameters are by column, or those of .z.zd for names without an ending', () => {
    engine.evaluateText('t:([]a:til 9;b:til 9;c:til 9)');
    engine.evaluateText('.z.zd:17 2 1; (`:u/;`a`b!(17 0 0;12 2 9)) set t');
    expect(['a', 'b', 'c'].map(name => isCompressed(`u/${name}`))).to.deep.equal([false, true, true]);
    expect(literal('`algorithm`logicalBlockSize`zipLevel#-21!`:u/b')).to.contain('(2i;12i;9i)');
    expect(literal('count -21!`:u/a')).to.equal('0');
    engine.evaluateText('`:v.x set til 9; `:v set til 9');
    expect([isCompressed('v.x'), isCompressed('v')]).to.deep.equal([false, true]);
  });

  it('an append to a compressed file keeps how it is compressed', () => {
    engine.evaluateText(
      '(`:z;13;2;4) set til 3000; `:z upsert 7; `:plain set 1000#0; -19!(`:plain;`:packed;17;2;6)',
    );
    expect(literal('-2#get`:z')).to.equal('2999 7');
    expect(literal('value -21!`:z')).to.contain('2i;13i;4i');
    expect(literal('(get`:plain)~get`:packed')).to.equal('1b');
  });
});
