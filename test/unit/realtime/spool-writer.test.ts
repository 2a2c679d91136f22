import { expect } from 'chai';
import type { Batch } from '../../../src/kdb/batch.ts';
import type { Protection } from '../../../src/realtime/protection.ts';
import { SpoolError } from '../../../src/realtime/spool/errors.ts';
import { SpoolWriter } from '../../../src/realtime/spool-writer.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { spoolBatch } from '../../support/spool-harness.ts';

/** A spool that stores, fails or hangs as it is told. */
class ObedientSpool {
  readonly stored: number[] = [];
  mode: 'stores' | 'full' | 'fails' | 'hangs' = 'stores';
  #hanging: (() => void)[] = [];

  async append(batches: readonly Batch[]): Promise<void> {
    if (this.mode === 'hangs') await new Promise<void>(resolve => this.#hanging.push(resolve));
    if (this.mode === 'full') throw SpoolError.full('/spool', 100, 100);
    if (this.mode === 'fails') throw SpoolError.write('/spool/1.log', new Error('EIO'));
    for (const { sequence } of batches) this.stored.push(sequence);
  }

  async answer(mode: 'stores' | 'fails' = 'stores'): Promise<void> {
    this.mode = mode;
    for (const resolve of this.#hanging.splice(0)) resolve();
    await settled();
  }
}

function writing() {
  const spool = new ObedientSpool();
  const clock = new ManualClock();
  const logger = new RecordingLogger();
  const handedOver: [sequence: number, stored: boolean][] = [];
  const nowStored: number[] = [];
  const released: number[] = [];
  const done: boolean[] = [];
  const states: Protection['name'][] = [];
  const subject = new SpoolWriter(
    { stallMs: 2_000, retry: { baseMs: 1_000, capMs: 4_000 } },
    {
      spool,
      clock,
      random: () => 1,
      logger,
      listener: {
        handOver: (batches, stored) => {
          for (const { sequence } of batches) handedOver.push([sequence, stored]);
        },
        nowStored: batches => nowStored.push(...batches.map(({ sequence }) => sequence)),
        released: ({ sequence }) => released.push(sequence),
        protectionChanged: () => states.push(subject.protection.name),
      },
    },
  );
  const write = async (...sequences: number[]): Promise<void> => {
    subject.write(
      sequences.map(sequence => spoolBatch(sequence)),
      stored => done.push(stored),
    );
    await settled();
  };
  return { subject, spool, clock, logger, handedOver, nowStored, released, done, states, write };
}

describe('spool writer', () => {
  it('hands a drain over when it is on disk, and not before', async () => {
    const { spool, handedOver, released, done, write } = writing();
    spool.mode = 'hangs';
    await write(1, 2);
    await write(3);
    await write();
    expect([handedOver, released, done]).deep.equal([[], [], []]);
    await spool.answer();
    expect(handedOver).deep.equal([
      [1, true],
      [2, true],
      [3, true],
    ]);
    expect(released).deep.equal([1, 2, 3]);
    expect(done).deep.equal([true, true, true]);
  });

  it('goes on from memory where the disk is full, with one alarm, and stores what still waits when there is room', async () => {
    const { subject, spool, clock, logger, handedOver, nowStored, states, write } = writing();
    spool.mode = 'full';
    await write(1);
    await write(2);
    subject.settled(spoolBatch(1));
    await clock.advance(1_000);
    await clock.advance(2_000);
    expect(handedOver).deep.equal([
      [1, false],
      [2, false],
    ]);
    expect(logger.messages('error')).length(1);
    expect(subject.protection).include({ name: 'unprotected', reason: 'full' });

    spool.mode = 'stores';
    await clock.advance(4_000);
    expect(spool.stored).deep.equal([2]);
    expect(nowStored).deep.equal([2]);
    expect(states).deep.equal(['unprotected', 'protected']);
    expect(logger.messages('info').join()).match(/protected again after 7 s/);
    await write(3);
    expect(handedOver.at(-1)).deep.equal([3, true]);
  });

  it('does not wait for a disk that stalls, and counts nothing as stored until it has answered for everything', async () => {
    const { subject, spool, clock, handedOver, nowStored, released, states, write } = writing();
    spool.mode = 'hangs';
    await write(1);
    await write(2);
    await clock.advance(2_000);
    expect(handedOver).deep.equal([
      [1, false],
      [2, false],
    ]);
    expect(subject.protection).include({ name: 'unprotected', reason: 'stalled' });
    await write(3);
    subject.settled(spoolBatch(1));
    expect(released).deep.equal([]);
    await spool.answer();
    await settled();
    expect(spool.stored).deep.equal([1, 2, 3]);
    expect(nowStored).deep.equal([2, 3]);
    expect(released).deep.equal([1, 2, 3]);
    expect(states).deep.equal(['unprotected', 'protected']);
  });

  it('lets go of bytes only when neither the disk nor anybody else may read them', async () => {
    const { subject, spool, clock, released, write } = writing();
    spool.mode = 'hangs';
    await write(1, 2);
    await clock.advance(2_000);
    subject.settled(spoolBatch(1));
    await spool.answer('fails');
    expect(released).deep.equal([1]);
    subject.settled(spoolBatch(2));
    expect(released).deep.equal([1, 2]);
  });

  it('is protected again after a failure of which nothing waits any more, with the next drain that is stored', async () => {
    const { subject, spool, clock, handedOver, write } = writing();
    spool.mode = 'fails';
    await write(1);
    subject.settled(spoolBatch(1));
    spool.mode = 'stores';
    await clock.advance(1_000);
    expect(subject.protection.name).equal('unprotected');
    await write(2);
    await settled();
    expect(subject.protection.name).equal('protected');
    expect(handedOver).deep.equal([
      [1, false],
      [2, false],
    ]);
    expect(spool.stored).deep.equal([2]);
  });

  it('tries once more at a stop, but does not wait longer than it may', async () => {
    const { subject, spool, clock, nowStored, write } = writing();
    spool.mode = 'fails';
    await write(1);
    spool.mode = 'stores';
    await subject.stop(1_000);
    expect(nowStored).deep.equal([1]);
    const second = writing();
    second.spool.mode = 'fails';
    await second.write(1);
    second.spool.mode = 'hangs';
    const stopped = second.subject.stop(1_000);
    await second.clock.advance(1_000);
    await stopped;
    expect(second.nowStored).deep.equal([]);
    expect(clock.pending).equal(0);
  });
});
