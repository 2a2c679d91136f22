import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { seededRandom } from '../../../../src/base/random.ts';
import { fileBytes } from '../../../../src/massive/flat/read-bars.ts';
import { FILE, openBars, readGzip } from './bars-harness.ts';

const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions\n';
const random = seededRandom(5);
const ROWS = Array.from(
  { length: 5000 },
  (_, i) => `A,${(random() * 1e5).toFixed(6)},${random()},1,1,1,${1779456600 + i * 60}000000000,7\n`,
);
const GZIP = gzipSync(HEADER + ROWS.join(''));

/** The bytes in pieces of random length. */
function pieces(bytes: Uint8Array): Uint8Array[] {
  const cut: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + Math.floor(random() ** 4 * 60_000));
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

describe('flat bars - gzip', () => {
  it('comes in pieces of any length', async () => {
    for (let round = 0; round < 5; round++) {
      const { bars, error } = await readGzip(pieces(GZIP));
      expect(error).to.equal(undefined);
      expect(bars).to.have.length(ROWS.length);
    }
  });

  it('may have several members, cut anywhere in the text', async () => {
    const text = Buffer.from(HEADER + ROWS.join(''));
    const whole = (await readGzip([GZIP])).bars;
    for (let round = 0; round < 5; round++) {
      const cut = Math.floor(random() * text.length);
      const second = cut + Math.floor(random() * (text.length - cut));
      const members = [text.subarray(0, cut), text.subarray(cut, second), text.subarray(second)].map(part =>
        gzipSync(part),
      );
      for (const chunks of [members, pieces(Buffer.concat(members))]) {
        expect((await readGzip(chunks)).bars).to.deep.equal(whole);
      }
    }
  });

  it('that is cut off at any byte ends in an error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: GZIP.length - 1 }), async length => {
        const { error } = await readGzip([GZIP.subarray(0, length)]);
        expect(error?.code).to.equal('FLAT_FILE_CORRUPT');
        expect(error?.message).to.contain(FILE);
      }),
      { numRuns: 60, examples: [[0], [1], [5], [18], [GZIP.length - 1], [GZIP.length - 8]] },
    );
  });

  it('with any bit turned over ends in an error, or has lost nothing', async () => {
    const whole = (await readGzip([GZIP])).bars;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: GZIP.length * 8 - 1 }), async bit => {
        const damaged = Uint8Array.from(GZIP);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const { error, bars } = await readGzip([damaged]);
        // Time and system stand in the head of gzip, under no checksum.
        if (error) expect(error.code).to.equal('FLAT_FILE_CORRUPT');
        else expect(bars).to.deep.equal(whole);
      }),
      { numRuns: 60, examples: [[(GZIP.length - 1) * 8], [(GZIP.length - 8) * 8], [4 * 8]] },
    );
  });

  it('with anything behind it ends in an error', async () => {
    for (const behind of [[0], [0, 0, 0], [1], [0x1f, 0x8b], [0, ...gzipSync('A')]]) {
      const tail = Uint8Array.from(behind);
      for (const chunks of [[Buffer.concat([GZIP, tail])], [GZIP, tail]]) {
        expect((await readGzip(chunks)).error?.code, String(behind)).to.equal('FLAT_FILE_CORRUPT');
      }
    }
  });

  it('that is no gzip at all ends in an error', async () => {
    for (const text of [HEADER + ROWS[0], '<html>', '\0\0\0\0']) {
      expect((await readGzip([Buffer.from(text)])).error?.code, text).to.equal('FLAT_FILE_CORRUPT');
    }
  });
});

describe('flat bars - reading', () => {
  it('lets go of the file when the consumer stops', async () => {
    let released = false;
    const source = (async function* () {
      try {
        yield* pieces(GZIP);
      } finally {
        released = true;
      }
    })();
    for await (const _ of openBars(source, { blockRows: 10 })) break;
    await new Promise(resolve => setImmediate(resolve));
    expect(released).to.equal(true);
  });

  it('stops with the reason of its signal', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    let reason: unknown;
    try {
      for await (const rows of openBars(pieces(GZIP), { signal: controller.signal, blockRows: 500 })) {
        seen.push(rows.rowCount);
        controller.abort(new Error('told to stop'));
      }
    } catch (error) {
      reason = error;
    }
    expect(reason).to.have.property('message', 'told to stop');
    expect(seen.length).to.be.lessThan(10);
  });

  it('says which file of this machine cannot be read, and passes on what else goes wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flat-bytes-'));
    try {
      writeFileSync(join(folder, 'day.csv.gz'), GZIP);
      expect((await readGzip(fileBytes(join(folder, 'day.csv.gz')))).bars).to.have.length(ROWS.length);
      const missing = await readGzip(fileBytes(join(folder, 'none.csv.gz')));
      expect(missing.error?.code).to.equal('FLAT_DISK');
      expect(missing.error?.message).to.contain('none.csv.gz');
      expect(existsSync(folder)).to.equal(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const failing = (async function* () {
      yield GZIP.subarray(0, 100);
      throw new Error('connection reset');
    })();
    expect((await readGzip(failing)).error?.message).to.equal('connection reset');
  });
});
