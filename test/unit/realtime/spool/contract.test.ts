import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect } from 'chai';
import { seededRandom } from '../../../../src/base/random.ts';
import { SpoolError } from '../../../../src/realtime/spool/errors.ts';
import type { SpoolFiles } from '../../../../src/realtime/spool/files.ts';
import type { SpoolOptions } from '../../../../src/realtime/spool/options.ts';
import { Spool } from '../../../../src/realtime/spool/spool.ts';
import { systemSpoolFiles } from '../../../../src/realtime/spool/system-files.ts';
import { CrashingFiles } from '../../../support/crashing-files.ts';
import {
  SPOOL_DATE,
  type SpoolTestParts,
  spoolBatch,
  spoolBatches,
  spoolOptions,
  spoolParts,
} from '../../../support/spool-harness.ts';

/** A file system under test, and how to look into it past the spool. */
interface Place {
  readonly directory: string;
  readonly files: SpoolFiles;
  bytesOf(path: string): Buffer;
  damage(path: string, change: (bytes: Buffer) => Buffer): void;
  remove(): void;
}

const PLACES: Readonly<Record<string, () => Place>> = {
  'the file system of this machine': () => {
    const root = mkdtempSync(join(tmpdir(), 'massive-kdb-spool-'));
    return {
      directory: join(root, 'spool/stocks'),
      files: systemSpoolFiles,
      bytesOf: path => readFileSync(path),
      damage: (path, change) => writeFileSync(path, change(readFileSync(path))),
      remove: () => rmSync(root, { recursive: true, force: true }),
    };
  },
  'the file system in memory': () => {
    const files = new CrashingFiles(seededRandom(1));
    return {
      directory: '/state/spool/stocks',
      files,
      bytesOf: path => files.bytesOf(path),
      damage: (path, change) => files.replace(path, change(files.bytesOf(path))),
      remove: () => {},
    };
  },
};

for (const [name, makePlace] of Object.entries(PLACES)) {
  describe(`spool - contract, on ${name}`, () => {
    let place: Place;
    let parts: SpoolTestParts;

    beforeEach(() => {
      place = makePlace();
    });

    afterEach(() => place.remove());

    function open(changes: Partial<SpoolOptions> = {}): Promise<Spool> {
      parts = spoolParts(place.files);
      return Spool.open(spoolOptions(place.directory, changes), parts);
    }

    /** A spool with a segment for each of some batches, closed; returns the paths of the segments. */
    async function segmentEach(count: number): Promise<readonly string[]> {
      const spool = await open({ segmentBytes: 1 });
      for (const batch of spoolBatches(1, count)) await spool.append([batch]);
      const paths = spool.segments.map(({ path }) => path);
      await spool.close();
      return paths;
    }

    async function sequences(spool: Spool, after = 0): Promise<number[]> {
      return (await spool.read(after, Number.POSITIVE_INFINITY)).map(({ sequence }) => sequence);
    }

    async function refusal(action: Promise<unknown>): Promise<SpoolError> {
      const error = await action.then(
        () => undefined,
        thrown => thrown,
      );
      expect(error).to.be.instanceOf(SpoolError);
      return error as SpoolError;
    }

    it('append, read - batches come back as they were, in order, also after it was opened again', async () => {
      const batches = [
        ...spoolBatches(1, 3),
        spoolBatch(7, { bytes: 400_000, table: 'agg1m' }),
        spoolBatch(8, { bytes: 0 }),
      ];
      const first = await open();
      expect(first.lastSequence).to.equal(0);
      await first.append(batches);
      expect(await first.read(0, Number.POSITIVE_INFINITY)).to.deep.equal(batches);
      await first.close();
      const second = await open();
      expect(second.source).to.equal(first.source);
      expect(await second.read(0, Number.POSITIVE_INFINITY)).to.deep.equal(batches);
      expect(parts.logger.lines).to.deep.equal([]);
      await second.close();
    });

    it('append - appends that come together are taken in order, across segments', async () => {
      const spool = await open({ segmentBytes: 1000 });
      await Promise.all([1, 4, 7, 10].map(from => spool.append(spoolBatches(from, 3))));
      for (let from = 13; from < 40; from += 3) await spool.append(spoolBatches(from, 3));
      expect(spool.segments.length).to.be.greaterThan(3);
      expect(await sequences(spool, 5)).to.deep.equal(Array.from({ length: 34 }, (_, i) => i + 6));
      await spool.close();
    });

    it('read - stops at a number of bytes, after one record at least', async () => {
      const spool = await open();
      await spool.append(spoolBatches(1, 10));
      expect(await spool.read(3, 1)).to.deep.equal([spoolBatch(4)]);
      expect(await spool.read(3, 300)).to.have.lengthOf(3);
      expect(await spool.read(10, 300)).to.deep.equal([]);
      await spool.close();
    });

    it('sequences - none is used again: each opening begins after all that the one before can have used', async () => {
      const first = await open();
      await first.append(spoolBatches(1, 2));
      await first.close();
      const second = await open();
      expect(second.lastSequence).to.be.greaterThan(1e8);
      await second.append([spoolBatch(second.lastSequence + 1)]);
      const third = await open();
      expect(third.lastSequence).to.be.greaterThan(second.lastSequence + 1e8);
      expect(await sequences(third)).to.deep.equal([1, 2, second.lastSequence]);
      await second.close();
      await third.close();
    });

    it('recovery - a torn tail is cut and kept aside', async () => {
      const [path] = await segmentEach(1);
      const whole = place.bytesOf(path!);
      place.damage(path!, bytes => Buffer.concat([bytes, bytes.subarray(8, 150)]));
      const spool = await open();
      expect(await sequences(spool)).to.deep.equal([1]);
      expect(place.bytesOf(path!)).to.deep.equal(whole);
      const aside = join(place.directory, `corrupt/000000000001-${whole.length}.bytes`);
      expect(place.bytesOf(aside)).to.deep.equal(whole.subarray(8, 150));
      expect(parts.logger.messages('error')).to.have.lengthOf(1);
      await spool.close();
      const again = await open();
      expect(parts.logger.lines).to.deep.equal([]);
      await again.close();
    });

    it('recovery - a damaged record in the middle is skipped, counted, kept aside, and told once', async () => {
      const spool = await open();
      await spool.append(spoolBatches(1, 5));
      const { path } = spool.segments[0]!;
      await spool.close();
      const before = place.bytesOf(path);
      const length = (before.length - 8) / 5;
      const place3 = 8 + 2 * length;
      place.damage(path, bytes => {
        const damaged = Buffer.from(bytes);
        damaged[place3 + 150]! ^= 1;
        return damaged;
      });
      const damaged = place.bytesOf(path);
      const second = await open();
      expect(await sequences(second)).to.deep.equal([1, 2, 4, 5]);
      expect(parts.counters.snapshot().get('spool_corrupt_bytes{market="stocks"}')).to.equal(length);
      expect(parts.logger.messages('error')).to.have.lengthOf(1);
      expect(parts.logger.messages('error')[0]).to.include(`${path}:${place3}`);
      const aside = join(place.directory, `corrupt/000000000001-${place3}.bytes`);
      expect(place.bytesOf(aside)).to.deep.equal(damaged.subarray(place3, place3 + length));
      await second.close();
      const third = await open();
      expect(await sequences(third)).to.deep.equal([1, 2, 4, 5]);
      expect(parts.logger.lines).to.deep.equal([]);
      await third.close();
    });

    it('recovery - any byte that is changed costs its own record and no other, and alters none', async () => {
      const spool = await open();
      await spool.append(spoolBatches(1, 3));
      const { path } = spool.segments[0]!;
      await spool.close();
      const whole = Buffer.from(place.bytesOf(path));
      const length = (whole.length - 8) / 3;
      const step = place.files instanceof CrashingFiles ? 5 : 61;
      for (let at = 0; at < whole.length; at += step) {
        place.damage(path, () => {
          const damaged = Buffer.from(whole);
          damaged[at]! ^= 0x10;
          return damaged;
        });
        const opened = await open();
        const hit = at < 8 ? 0 : Math.floor((at - 8) / length) + 1;
        const left = spoolBatches(1, 3).filter(({ sequence }) => sequence !== hit);
        expect(await opened.read(0, Number.POSITIVE_INFINITY), `byte ${at}`).to.deep.equal(left);
        await opened.close();
      }
    });

    it('recovery - a record that rots while the spool is open is skipped when it is read', async () => {
      const spool = await open();
      await spool.append(spoolBatches(1, 3));
      place.damage(spool.segments[0]!.path, bytes => {
        const damaged = Buffer.from(bytes);
        damaged[400]! ^= 1;
        return damaged;
      });
      expect(await sequences(spool)).to.deep.equal([1, 3]);
      expect(await sequences(spool)).to.deep.equal([1, 3]);
      expect(parts.logger.messages('error')).to.have.lengthOf(1);
      await spool.close();
    });

    it('positions - survive with a flush, and go on only', async () => {
      const spool = await open({ readers: ['main', 'second'] });
      await spool.append(spoolBatches(1, 9));
      spool.acknowledge('main', 5);
      spool.acknowledge('main', 3);
      expect(spool.position('main')).to.equal(5);
      await spool.flush();
      spool.acknowledge('main', 8);
      const again = await open({ readers: ['main', 'second'] });
      expect(again.position('main')).to.equal(5);
      expect(again.position('second')).to.equal(0);
      await again.close();
      await spool.close();
    });

    it('positions - a new reader begins with the oldest record kept; one that is not configured is forgotten', async () => {
      const [first] = await segmentEach(3);
      const spool = await open({ readers: ['main'] });
      spool.acknowledge('main', 1);
      await spool.dateEnded(SPOOL_DATE);
      expect(spool.segments.map(({ path }) => path)).not.to.include(first);
      await spool.close();
      const changed = await open({ readers: ['second'] });
      expect(changed.position('second')).to.equal(1);
      expect(parts.logger.messages('info')).to.have.lengthOf(1);
      expect(parts.logger.messages('info')[0]).to.include('forgets main (at 1)');
      expect(() => changed.position('main')).to.throw(RangeError);
      await changed.close();
    });

    it('ledger - lost or damaged it is rebuilt: more is sent again, and it is said', async () => {
      for (const change of ['damage', 'remove'] as const) {
        await place.remove();
        place = makePlace();
        await segmentEach(3);
        const spool = await open();
        spool.acknowledge('main', 2);
        await spool.close();
        const ledger = join(place.directory, 'ledger.json');
        const damaged = place.bytesOf(ledger).toString().replace('"main":2', '"main":3');
        if (change === 'damage') place.damage(ledger, () => Buffer.from(damaged));
        else await place.files.unlink(ledger);
        const rebuilt = await open();
        expect(rebuilt.position('main')).to.equal(0);
        expect(parts.logger.messages('warn')).to.have.lengthOf(1);
        expect(parts.logger.messages('warn')[0]).to.include('sent again');
        if (change === 'damage') {
          const aside = place.bytesOf(join(place.directory, 'corrupt/ledger.json'));
          expect(aside.toString()).to.equal(damaged);
        }
        await rebuilt.close();
      }
    });

    it('identity - lost or damaged, the spool has a new source, and keeps its records', async () => {
      await segmentEach(2);
      const identity = join(place.directory, 'spool.json');
      const before = JSON.parse(place.bytesOf(identity).toString()).source;
      place.damage(identity, bytes => bytes.subarray(0, 20));
      parts = spoolParts(place.files);
      const spool = await Spool.open(spoolOptions(place.directory), { ...parts, random: seededRandom(2) });
      expect(spool.source)
        .to.match(/^stocks\.[0-9a-f]{12}$/)
        .and.not.equal(before);
      expect(await sequences(spool)).to.deep.equal([1, 2]);
      expect(spool.lastSequence).to.be.greaterThan(2);
      expect(parts.logger.messages('warn')).to.have.lengthOf(1);
      await spool.close();
    });

    it('identity - another version is refused with what to do, and nothing is touched', async () => {
      await segmentEach(1);
      for (const file of ['spool.json', 'ledger.json']) {
        const path = join(place.directory, file);
        const before = place.bytesOf(path);
        const content = { ...JSON.parse(before.toString()), version: 2 };
        const { kind, version, positions, endedDates } = content;
        content.crc = crc32(JSON.stringify([kind, version, positions, endedDates]));
        const other = Buffer.from(JSON.stringify(content));
        place.damage(path, () => other);
        const error = await refusal(open());
        expect(error).to.include({ code: 'SPOOL_VERSION', exitCode: 78 });
        expect(error.message).to.include('version 2').and.include('move the directory away');
        expect(place.bytesOf(path)).to.deep.equal(other);
        place.damage(path, () => before);
      }
    });

    it('retention - a segment stays until all have acknowledged it and its date, and those kept, have ended', async () => {
      const spool = await open({ segmentBytes: 1, keepDates: 1, readers: ['main', 'second'] });
      const dates = [0, 0, 1, 2].map(days => SPOOL_DATE + days);
      for (const [i, tradingDate] of dates.entries()) {
        await spool.append([spoolBatch(i + 1, { tradingDate })]);
      }
      spool.acknowledge('main', 4);
      spool.acknowledge('second', 1);
      await spool.dateEnded(SPOOL_DATE);
      expect(await sequences(spool)).to.deep.equal([1, 2, 3, 4]);
      await spool.dateEnded(SPOOL_DATE + 1);
      expect(await sequences(spool)).to.deep.equal([2, 3, 4]);
      spool.acknowledge('second', 4);
      await spool.dateEnded(SPOOL_DATE + 1);
      expect(await sequences(spool)).to.deep.equal([3, 4]);
      await spool.dateEnded(SPOOL_DATE + 2);
      expect(await sequences(spool)).to.deep.equal([4]);
      await spool.close();
      const again = await open({ keepDates: 0 });
      expect(await sequences(again)).to.deep.equal([]);
      await again.close();
    });

    it('limit - the oldest acknowledged go; what is not acknowledged stays, and more is refused', async () => {
      const spool = await open({ segmentBytes: 1, maxBytes: 1200 });
      for (const batch of spoolBatches(1, 4)) await spool.append([batch]);
      const error = await refusal(spool.append(spoolBatches(5, 2)));
      expect(error).to.include({ code: 'SPOOL_FULL', exitCode: 74 });
      expect(await sequences(spool)).to.deep.equal([1, 2, 3, 4]);
      spool.acknowledge('main', 3);
      await spool.append(spoolBatches(5, 2));
      expect(await sequences(spool)).to.deep.equal([2, 3, 4, 5, 6]);
      expect(spool.usedBytes).to.be.at.most(1200);
      expect(parts.logger.messages('warn')).to.have.lengthOf(1);
      spool.acknowledge('main', 6);
      await spool.append(spoolBatches(7, 4));
      expect(await sequences(spool)).to.include.members([7, 8, 9, 10]);
      await spool.close();
    });

    it('closed - takes nothing more', async () => {
      const spool = await open();
      await spool.close();
      await spool.close();
      expect(await refusal(spool.append(spoolBatches(1, 1)))).to.include({ code: 'SPOOL_CLOSED' });
    });
  });
}
