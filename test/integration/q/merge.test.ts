import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { seededRandom } from '../../../src/base/random.ts';
import {
  type BarVersion,
  barsIn,
  blocksOf,
  distinctLines,
  lines,
  OPENING_DATE,
  randomVersions,
  truthOf,
  valueLines,
} from '../../support/bar-versions.ts';
import { LoaderProcess } from '../../support/loader-process.ts';

describe('loader - merge rules', () => {
  let root: string;
  let loader: LoaderProcess;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-loader-'));
    loader = new LoaderProcess(root, ['-grace', '0']);
  });

  afterEach(async () => {
    await loader.stop();
    rmSync(root, { recursive: true });
  });

  async function merge(versions: readonly BarVersion[], unit = 'unit'): Promise<number> {
    const client = await loader.client();
    try {
      await client.stage(unit, blocksOf(versions));
      const [merged] = await client.merge('agg1m', [OPENING_DATE]);
      return merged!.rows;
    } finally {
      client.close();
    }
  }

  async function held(table = 'agg1m'): Promise<BarVersion[]> {
    return barsIn(
      await loader.ask(
        `update value sym,value mkt,value src from .part.read[\`${table};.store.path[\`${table};2024.01.02]]`,
      ),
    );
  }

  it('loader - random versions in any number of merges become the bars that the rules say', async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = seededRandom(seed);
      const all: BarVersion[] = [];
      for (let part = 0; part < 3; part++) {
        // Each part on its own: symbols of earlier seeds stay as they are.
        const versions = randomVersions(random, {
          symbols: 5,
          minutes: 4,
          rows: 60,
          recvFrom: part * 100,
          recvUntil: part * 100 + 40,
        }).map(version => ({ ...version, sym: `${version.sym}.${seed}` }));
        all.push(...versions);
        await merge(versions);
        const mine = (await held()).filter(({ sym }) => sym.endsWith(`.${seed}`));
        expect(valueLines(mine), `seed ${seed}, part ${part}`).to.deep.equal(valueLines(truthOf(all).bars));
      }
    }
  });

  it('loader - what was superseded is kept, each version once, and merging again changes nothing', async () => {
    const versions = randomVersions(seededRandom(11), {
      symbols: 5,
      minutes: 4,
      rows: 200,
      recvFrom: 0,
      recvUntil: 300,
    });
    const truth = truthOf(versions);
    expect(truth.superseded.length).to.be.greaterThan(20);
    await merge(versions);
    expect(lines(await held('agg1mrev'))).to.deep.equal(distinctLines(truth.superseded));
    const generation = await loader.literal('.gen.current');
    await merge(versions);
    expect(lines(await held())).to.deep.equal(lines(truth.bars));
    expect(lines(await held('agg1mrev'))).to.deep.equal(distinctLines(truth.superseded));
    expect(await loader.literal('.gen.current')).to.equal(generation);
  });
});
