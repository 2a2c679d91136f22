import { type Random, seededRandom } from '../../src/base/random.ts';
import type { Batch } from '../../src/kdb/batch.ts';
import type { SpoolOptions } from '../../src/realtime/spool/options.ts';
import { Spool } from '../../src/realtime/spool/spool.ts';
import { type CrashHabits, CrashingFiles, systemError } from './crashing-files.ts';
import { SpoolExpectation } from './spool-expectation.ts';
import { SPOOL_DATE, spoolBatch, spoolOptions, spoolParts } from './spool-harness.ts';

const DIRECTORY = '/state/spool/stocks';
const READERS = ['main', 'second', 'third'];

/** How likely a crash is at an operation of a process that comes after so many crashes. */
const CRASH_CHANCE = [1, 0.01, 0.02, 0];

export interface CrashReport {
  readonly crashPoints: number;
  readonly stories: number;
  /** Batches that `append` resolved for, over all stories without their crashes. */
  readonly appended: number;
}

/**
 * Tells stories of a spool until there were `crashPoints` crashes: appends, acknowledgements, reads, flushes, ends of
 * dates, disks that fail, restarts. At every operation on the files it looks at the disk as it may be if the machine
 * stopped there, opens it, and compares it with what was promised; what it finds lives on, and may crash again.
 *
 * @throws Error that names the seed of the story, where a promise is broken
 */
export async function exploreCrashes(crashPoints: number, seed: number): Promise<CrashReport> {
  let points = 0;
  let appended = 0;
  let stories = 0;
  for (; points < crashPoints; stories++) {
    const story = new Story(seededRandom(seed + stories));
    try {
      await story.tell();
    } catch (error) {
      throw new Error(
        `story of seed ${seed + stories}, after ${story.crashPoints} crashes: ${(error as Error).message}`,
        { cause: error },
      );
    }
    points += story.crashPoints;
    appended += story.expected.promised.size;
  }
  return { crashPoints: points, stories, appended };
}

class Story {
  crashPoints = 0;
  readonly expected = new SpoolExpectation();
  #broken: Error | undefined;
  readonly #random: Random;
  readonly #options: Omit<SpoolOptions, 'readers'>;

  constructor(random: Random) {
    this.#random = random;
    const { readers: _, ...options } = spoolOptions(DIRECTORY, {
      sync: this.#chance(0.8) ? 'each-drain' : this.#chance(0.5) ? 'interval' : 'never',
      segmentBytes: 200 + this.#upTo(1500),
      maxBytes: this.#chance(0.2) ? 3000 : 1e6,
      keepDates: this.#upTo(2),
    });
    this.#options = options;
  }

  async tell(): Promise<void> {
    const files = new CrashingFiles(this.#random);
    for (let life = 0; life < 3 && !this.#broken; life++) await this.#live(files, this.expected, 0);
    if (this.#broken) throw this.#broken;
  }

  /** The life of one process, and of those that would follow if the machine stopped during it. */
  async #live(files: CrashingFiles, expected: SpoolExpectation, crashes: number): Promise<void> {
    const readers = READERS.filter(() => this.#chance(0.8));
    if (readers.length === 0) readers.push('main');
    // What follows a crash is looked at on a disk that works: there everything must be found.
    const faultChance = crashes === 0 && this.#chance(0.5) ? 0.1 : 0;
    files.fault = ({ name, path }) => this.#fault(faultChance, name, path);
    files.before = async () => {
      if (this.#broken || !this.#chance(CRASH_CHANCE[crashes]!)) return;
      this.crashPoints++;
      const remains = files.crashed(this.#random, this.#habits());
      // Not thrown: it would be taken for a fault of the disk.
      await this.#live(remains, expected.clone(), crashes + 1).catch(error => {
        this.#broken ??= error;
      });
    };
    const options = { ...this.#options, readers };
    expected.allow(readers);
    const spool = await Spool.open(options, spoolParts(files)).catch(error => {
      if (faultChance === 0) throw error;
    });
    if (!spool) {
      expected.syncFailedAtOpening = true;
      return;
    }
    files.fault = () => undefined;
    await expected.compare(spool, readers, this.#upTo(3000));
    files.fault = ({ name, path }) => this.#fault(faultChance, name, path);
    const steps = crashes === 0 ? 4 + this.#upTo(8) : this.#upTo(3);
    for (let step = 0; step < steps; step++) await this.#act(spool, expected, readers);
    // Otherwise its process is killed: what the system was given it still has.
    if (this.#chance(0.5)) {
      await spool.close().then(
        () => this.#options.sync !== 'never' && expected.promiseTaken(),
        () => undefined,
      );
    }
  }

  async #act(spool: Spool, expected: SpoolExpectation, readers: readonly string[]): Promise<void> {
    const choice = this.#random();
    if (choice < 0.6) {
      await this.#append(spool, expected);
    } else if (choice < 0.8) {
      const reader = readers[this.#upTo(readers.length)]!;
      const upTo = spool.position(reader) + this.#upTo(spool.lastSequence - spool.position(reader) + 1);
      const last = await spool.read(spool.position(reader), 200 + this.#upTo(2000)).catch(() => []);
      expected.acknowledge(reader, this.#chance(0.3) ? upTo : (last.at(-1)?.sequence ?? 0));
      spool.acknowledge(reader, expected.acknowledged.get(reader)!);
      expected.allow(readers);
    } else if (choice < 0.9) {
      await spool.flush().catch(() => undefined);
    } else {
      await spool.dateEnded(SPOOL_DATE + this.#upTo(3)).catch(() => undefined);
    }
  }

  /** One to three appends at once, each of one to three batches; what is refused is tried once more or left. */
  async #append(spool: Spool, expected: SpoolExpectation): Promise<void> {
    const groups = Array.from({ length: 1 + this.#upTo(3) }, () => this.#newBatches(expected, spool));
    const outcomes = await Promise.all(
      groups.map(batches =>
        spool.append(batches).then(
          () => {
            expected.take(batches, this.#options.sync);
            return true;
          },
          () => false,
        ),
      ),
    );
    if (outcomes.some(taken => taken) || this.#chance(0.5)) return;
    const again = groups[0]!;
    await spool.append(again).then(
      () => expected.take(again, this.#options.sync),
      () => undefined,
    );
  }

  #newBatches(expected: SpoolExpectation, spool: Spool): Batch[] {
    return Array.from({ length: 1 + this.#upTo(3) }, () => {
      const batch = spoolBatch(Math.max(spool.lastSequence, expected.lastSequence) + 1, {
        bytes: this.#upTo(250),
        tradingDate: SPOOL_DATE + this.#upTo(3),
      });
      expected.appended.set(batch.sequence, batch);
      return batch;
    });
  }

  #fault(chance: number, name: string, path: string): Error | undefined {
    if (chance === 0 || !FAULTS[name] || !this.#chance(chance)) return undefined;
    const codes = FAULTS[name];
    return systemError(codes[this.#upTo(codes.length)]!, name, path);
  }

  #habits(): CrashHabits {
    const likely = () => [0, 1, 0.5, 0.9][this.#upTo(4)]!;
    return { sectorBytes: this.#chance(0.5) ? 64 : 512, sectorSurvives: likely(), nameSurvives: likely() };
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  /** A whole number from 0 to `end`, exclusive. */
  #upTo(end: number): number {
    return Math.floor(this.#random() * end);
  }
}

const FAULTS: Readonly<Record<string, readonly string[]>> = {
  create: ['ENOSPC', 'EIO'],
  write: ['ENOSPC', 'EIO'],
  datasync: ['EIO', 'ENOSPC'],
  syncDirectory: ['EIO'],
  rename: ['EIO', 'ENOSPC'],
  unlink: ['EIO'],
};
