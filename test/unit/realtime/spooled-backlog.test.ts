import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import type { Batch } from '../../../src/kdb/batch.ts';
import { BacklogHarness, TODAY } from '../../support/backlog-harness.ts';
import { CrashingFiles } from '../../support/crashing-files.ts';

let harness: BacklogHarness;

function placesOf(sequences: readonly number[]): number[] {
  return sequences.map(sequence => harness.placeOf(sequence));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

afterEach(() => harness?.close());

describe('backlog - order and position', () => {
  it('gives batches in the order in which they came, and unanswered ones first again', async () => {
    harness = await BacklogHarness.open();
    for (let i = 0; i < 4; i++) await harness.stored();
    const taken = [harness.take()!, harness.take()!, harness.take()!];
    harness.subject.acknowledged(taken[0]!);
    harness.subject.rewind(taken.slice(1));
    expect(await harness.deliverAll()).deep.equal([2, 3, 4]);
  });

  it('moves its position only over what is answered without a hole', async () => {
    harness = await BacklogHarness.open();
    for (let i = 0; i < 3; i++) await harness.stored();
    const [first, second, third] = [harness.take()!, harness.take()!, harness.take()!];
    const before = harness.spool.position('main');
    harness.subject.acknowledged(third);
    harness.subject.refused(second, 'type');
    expect(harness.spool.position('main')).equal(before);
    harness.subject.acknowledged(first);
    expect(harness.spool.position('main')).equal(third.sequence);
    expect(harness.lost('refused')).equal(1);
  });

  it('begins with what an earlier process left, in order, and before anything new', async () => {
    const files = new CrashingFiles(seededRandom(1));
    harness = await BacklogHarness.open(1000, files);
    const batches: Batch[] = [];
    for (let i = 0; i < 30; i++) batches.push(await harness.stored());
    harness.subject.acknowledged(harness.take()!);
    await harness.close();
    harness = await BacklogHarness.open(1000, files);
    const fresh = await harness.stored();
    expect(await harness.deliverAll()).deep.equal([...upTo(30).slice(1), harness.placeOf(fresh.sequence)]);
    expect(harness.acknowledged).deep.equal([...batches.slice(1), fresh].map(({ sequence }) => sequence));
  });
});

describe('backlog - memory', () => {
  it('stays within its limit however much waits, and loses none of it', async () => {
    harness = await BacklogHarness.open(1000);
    for (let i = 0; i < 500; i++) await harness.stored();
    expect(await harness.deliverAll()).deep.equal(upTo(500));
    expect(harness.mostBytes).most(1000);
    expect(harness.subject.bytes).equal(0);
    expect(harness.spool.position('main')).equal(harness.spool.lastSequence);
  });

  it('takes what is drained while it reads what came before', async () => {
    harness = await BacklogHarness.open(1000);
    for (let i = 0; i < 50; i++) await harness.stored();
    const places: number[] = [];
    for (let i = 0; i < 100; i++) {
      await harness.stored();
      const batch = harness.take();
      if (!batch) continue;
      places.push(harness.placeOf(batch.sequence));
      harness.subject.acknowledged(batch);
    }
    places.push(...(await harness.deliverAll()));
    expect(places).deep.equal(upTo(150));
    expect(harness.mostBytes).most(1000);
  });

  it('waits and tries again where the spool cannot be read', async () => {
    const files = new CrashingFiles(seededRandom(1));
    harness = await BacklogHarness.open(1000, files);
    for (let i = 0; i < 20; i++) await harness.stored();
    files.fault = ({ name }) => (name === 'read' ? new Error('EIO') : undefined);
    expect((await takenUntilEmpty()).length).equal(10);
    files.fault = () => undefined;
    await harness.clock.advance(5_000);
    expect(await harness.deliverAll()).deep.equal(upTo(20).slice(10));
    expect(harness.logger.messages('error').join()).contain('rows for main wait');
  });
});

async function takenUntilEmpty(): Promise<number[]> {
  const places: number[] = [];
  for (let batch = harness.take(); batch; batch = harness.take()) {
    places.push(harness.placeOf(batch.sequence));
    harness.subject.acknowledged(batch);
    await harness.idle();
  }
  return places;
}

describe('backlog - trading dates', () => {
  it('keeps batches of a later date until the tickerplant has rolled; others pass them', async () => {
    harness = await BacklogHarness.open();
    await harness.stored({ tradingDate: TODAY + 1 });
    await harness.stored();
    expect(await harness.deliverAll(TODAY)).deep.equal([2]);
    expect(harness.spool.position('main')).below(harness.acknowledged[0]! - 1);
    expect(await harness.deliverAll(TODAY + 1)).deep.equal([1]);
    expect(harness.spool.position('main')).equal(harness.acknowledged[0]);
  });

  it('hands batches of an ended date to the late lane, and goes on only when they are on its disk', async () => {
    harness = await BacklogHarness.open();
    harness.holdLate = true;
    const late = await harness.stored({ tradingDate: TODAY - 1 });
    await harness.stored();
    expect(await harness.deliverAll()).deep.equal([2]);
    expect(placesOf(harness.late)).deep.equal([1]);
    expect(harness.spool.position('main')).below(late.sequence);
    harness.releaseLate();
    await harness.idle();
    expect(harness.spool.position('main')).equal(late.sequence + 1);
    expect(harness.subject.totals).include({ lateRows: 1, lostRows: 0 });
  });

  it('hands over none of an ended date while an earlier one of it may still come back', async () => {
    harness = await BacklogHarness.open();
    await harness.stored();
    await harness.stored();
    const inFlight = harness.take()!;
    await harness.stored({ tradingDate: TODAY + 1 });
    expect(harness.placeOf(harness.take(TODAY + 1)!.sequence)).equal(3);
    expect(harness.late).deep.equal([]);
    harness.subject.rewind([inFlight]);
    await harness.idle();
    expect(placesOf(harness.late)).deep.equal([1, 2]);
  });
});

describe('backlog - what the disk did not take', () => {
  it('is sent from memory, in its order among what is on disk', async () => {
    harness = await BacklogHarness.open(1000);
    for (let i = 0; i < 30; i++) await harness.stored();
    for (let i = 0; i < 3; i++) harness.unstored();
    const places = await harness.deliverAll();
    expect(places).deep.equal(upTo(33));
    expect(harness.mostBytes).most(1000);
    expect(harness.subject.totals.lostRows).equal(0);
  });

  it('takes the place of what can be read again', async () => {
    harness = await BacklogHarness.open(1000);
    for (let i = 0; i < 10; i++) await harness.stored();
    for (let i = 0; i < 8; i++) harness.unstored();
    expect(harness.mostBytes).most(1000);
    expect(await harness.deliverAll()).deep.equal(upTo(18));
    expect(harness.subject.totals.lostRows).equal(0);
  });

  it('is lost beyond the limit, the oldest first, with a count and an error', async () => {
    harness = await BacklogHarness.open(1000);
    for (let i = 0; i < 13; i++) harness.unstored();
    harness.subject.reportLosses();
    harness.subject.reportLosses();
    expect(await harness.deliverAll()).deep.equal(upTo(13).slice(3));
    expect(harness.lost('backlog-full')).equal(3);
    expect(harness.logger.messages('error')).length(1);
    expect(harness.logger.messages('error')[0]).match(/^lost 3 rows of agg1s .* for main: the disk does not/);
  });

  it('is in the spool once the disk takes it, and not lost at a stop', async () => {
    const files = new CrashingFiles(seededRandom(1));
    harness = await BacklogHarness.open(1000, files);
    const batches = [harness.unstored(), harness.unstored()];
    harness.take();
    await harness.store(...batches);
    expect(harness.subject.unstoredBytes).equal(0);
    await harness.close();
    expect(harness.subject.totals.lostRows).equal(0);
    harness = await BacklogHarness.open(1000, files);
    expect(await harness.deliverAll()).deep.equal([1, 2]);
  });

  it('is lost at a stop where the disk never took it; what it has is not', async () => {
    harness = await BacklogHarness.open(1000);
    await harness.stored();
    harness.unstored();
    harness.subject.close();
    expect(harness.lost('stopped')).equal(1);
    expect(placesOf(harness.left).sort()).deep.equal([1, 2]);
  });
});
