import { expect } from 'chai';
import { memoryCounters } from '../../../src/base/counters.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { DEFAULT_LATE_LANE_OPTIONS, LATE_READER, LateLane } from '../../../src/realtime/late-lane.ts';
import { Spool } from '../../../src/realtime/spool/spool.ts';
import { CrashingFiles, systemError } from '../../support/crashing-files.ts';
import { FakeLoader } from '../../support/fake-loader.ts';
import { ManualClock, settled } from '../../support/manual-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { SPOOL_DATE, spoolBatch, spoolOptions, spoolParts } from '../../support/spool-harness.ts';

const MINUTE_MS = 60_000;

class LateHarness {
  readonly clock = new ManualClock();
  readonly logger = new RecordingLogger();
  readonly loader = new FakeLoader();
  readonly files: CrashingFiles;
  readonly spool: Spool;
  readonly subject: LateLane;
  isAway = false;

  static async open(files = new CrashingFiles(seededRandom(1)), mergeBytes = 10_000): Promise<LateHarness> {
    const spool = await Spool.open(spoolOptions('/late', { readers: [LATE_READER] }), spoolParts(files));
    return new LateHarness(files, spool, mergeBytes);
  }

  private constructor(files: CrashingFiles, spool: Spool, mergeBytes: number) {
    this.files = files;
    this.spool = spool;
    const { clock, logger } = this;
    this.subject = new LateLane(
      { ...DEFAULT_LATE_LANE_OPTIONS, market: 'stocks', mergeBytes },
      {
        spool,
        clock,
        logger,
        random: () => 1,
        counters: memoryCounters(),
        openLoader: async () => {
          if (this.isAway) throw new Error('nothing listens there');
          return this.loader;
        },
      },
    );
    this.subject.start();
  }

  /** Sequences of the batches in each unit, as the late lane numbers them, from 1. */
  get units(): number[][] {
    return this.loader.staged.map(({ batches }) => batches.map(({ sequence }) => sequence % 1e9));
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    for (let i = 0; i < 20; i++) await settled();
  }
}

describe('late lane', () => {
  it('has a batch on disk before it is taken, and merges what has come once a minute', async () => {
    const harness = await LateHarness.open();
    await harness.subject.add(spoolBatch(5));
    expect(await harness.spool.rowsAfter(0)).equal(3);
    await harness.subject.add(spoolBatch(6, { table: 'agg1m' }));
    await harness.subject.add(spoolBatch(7, { tradingDate: SPOOL_DATE - 1 }));
    expect(harness.units).deep.equal([]);
    await harness.pass(MINUTE_MS);
    expect(harness.units).deep.equal([[1, 2, 3]]);
    expect(harness.loader.merged).deep.equal([
      { table: 'agg1s', dates: [SPOOL_DATE, SPOOL_DATE - 1] },
      { table: 'agg1m', dates: [SPOOL_DATE] },
    ]);
    expect(harness.loader.staged[0]!.unit).match(/^live\.stocks\.[0-9a-f]+\.1-3$/);
    expect(await harness.spool.rowsAfter(harness.spool.position(LATE_READER))).equal(0);
    await harness.subject.add(spoolBatch(8));
    await harness.pass(MINUTE_MS - 1);
    expect(harness.units).length(1);
    await harness.pass(1);
    expect(harness.units).deep.equal([[1, 2, 3], [4]]);
  });

  it('does not wait for the minute where much has come', async () => {
    const harness = await LateHarness.open();
    await harness.subject.add(spoolBatch(1, { bytes: 12_000 }));
    await harness.pass(0);
    expect(harness.units).deep.equal([[1]]);
  });

  it('takes a batch once that several targets hand in', async () => {
    const harness = await LateHarness.open();
    await harness.subject.add(spoolBatch(1));
    await harness.subject.add(spoolBatch(1));
    await harness.pass(MINUTE_MS);
    expect(harness.units).deep.equal([[1]]);
  });

  it('keeps what waits on disk while the loader is away, says so once, and merges it when it is back', async () => {
    const harness = await LateHarness.open();
    harness.isAway = true;
    await harness.subject.add(spoolBatch(1));
    await harness.pass(10 * MINUTE_MS);
    await harness.subject.add(spoolBatch(2));
    expect(harness.logger.messages('warn')).length(1);
    expect(harness.logger.messages('warn')[0]).contain('wait on disk for the loader: nothing listens');
    harness.isAway = false;
    await harness.pass(MINUTE_MS);
    expect(harness.units).deep.equal([[1, 2]]);
  });

  it('merges after a restart what was not acknowledged, the same unit under the same name', async () => {
    const first = await LateHarness.open();
    first.loader.onMerge = () => {
      throw new Error('killed');
    };
    await first.subject.add(spoolBatch(1));
    await first.pass(MINUTE_MS);
    await first.subject.stop(0);
    await first.spool.close();
    const second = await LateHarness.open(first.files);
    await second.pass(0);
    expect(second.loader.staged.map(({ unit }) => unit)).deep.equal([first.loader.staged[0]!.unit]);
    expect(second.loader.merged).length(1);
  });

  it('takes nothing as long as its disk does not, and tries again', async () => {
    const harness = await LateHarness.open();
    harness.files.fault = ({ name, path }) =>
      name === 'write' ? systemError('ENOSPC', name, path) : undefined;
    let isTaken = false;
    void harness.subject.add(spoolBatch(1)).then(() => {
      isTaken = true;
    });
    await harness.pass(500);
    expect(isTaken).equal(false);
    harness.files.fault = () => undefined;
    await harness.pass(1_000);
    expect(isTaken).equal(true);
  });

  it('merges at a stop what is little, and leaves it to the next start where the loader takes too long', async () => {
    const harness = await LateHarness.open();
    await harness.subject.add(spoolBatch(1));
    await harness.subject.stop(1_000);
    expect(harness.units).deep.equal([[1]]);
    const slow = await LateHarness.open();
    await slow.subject.add(spoolBatch(1));
    slow.loader.stageBatches = () => new Promise(() => {});
    const stopped = slow.subject.stop(1_000);
    await slow.pass(1_000);
    await stopped;
    expect(await slow.spool.rowsAfter(slow.spool.position(LATE_READER))).equal(3);
  });
});
