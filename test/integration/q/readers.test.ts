import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BarVersion, blocksOf, OPENING_DATE, OPENING_NS } from '../../support/bar-versions.ts';
import { LoaderProcess, ReaderProcess } from '../../support/loader-process.ts';

const NS_PER_DAY = 86_400_000_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;

/** Bars of one minute that all have the same volume, so that half a change shows. */
function wholeDay(day: number, round: number): BarVersion[] {
  return ['A', 'B', 'C'].flatMap(sym =>
    Array.from({ length: 20 }, (_, minute) => ({
      sym,
      start: OPENING_NS + BigInt(day) * NS_PER_DAY + BigInt(minute) * NS_PER_MINUTE,
      src: 'rest' as const,
      recv: OPENING_NS + BigInt(round) * NS_PER_MINUTE,
      values: { open: round, close: round, volume: round },
    })),
  );
}

describe('loader - readers', function () {
  this.timeout(240_000);
  let root: string;
  let loader: LoaderProcess;
  let readers: ReaderProcess[] = [];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-readers-'));
    loader = new LoaderProcess(root, ['-grace', '0', '-lease', '1']);
    readers = [];
  });

  afterEach(async () => {
    for (const process of [...readers, loader]) await process.stop();
    rmSync(root, { recursive: true });
  });

  async function publish(round: number): Promise<void> {
    const client = await loader.client();
    const blocks = async function* () {
      for (const day of [0, 1]) yield* blocksOf(wholeDay(day, round), OPENING_DATE + day);
    };
    await client.stage(`round${round}`, blocks());
    await client.merge('agg1m', [OPENING_DATE, OPENING_DATE + 1]);
    client.close();
  }

  async function startReader(name: string): Promise<ReaderProcess> {
    const reader = new ReaderProcess(root, ['-loader', `:${await loader.port()}`, '-name', name]);
    readers.push(reader);
    // It answers once it has started.
    await reader.ask('::');
    return reader;
  }

  /** The round that a reader sees; one and the same in all rows of all dates, or the state is torn. */
  async function seen(reader: ReaderProcess): Promise<number> {
    const text = await reader.literal(
      '(exec distinct volume from select from agg1m;exec distinct close from select from agg1m;exec count i from select from agg1m)',
    );
    const [, volume, close] = /^\(,([\d.]+);,([\d.]+);120\)$/.exec(text.replaceAll('f', '')) ?? [];
    expect(volume, text).to.be.a('string').and.equal(close);
    return Number(volume);
  }

  it('readers - see one state from begin to end while the loader publishes, and move on to the last', async () => {
    await publish(1);
    for (const name of ['one', 'two', 'three']) await startReader(name);
    let publishing = true;
    const queries = readers.map(async (reader, at) => {
      let count = 0;
      for (let last = 0; publishing; count++) {
        if (at === 2 && count === 4) return count;
        const round = await seen(reader);
        expect(round).to.be.at.least(last);
        last = round;
      }
      return count;
    });
    for (let round = 2; round <= 3; round++) await publish(round);
    await queries[2];
    // One is killed while it holds a generation; another comes for it.
    await readers[2]!.stop('SIGKILL');
    for (let round = 4; round <= 4; round++) await publish(round);
    publishing = false;
    for (const count of await Promise.all(queries)) expect(count).to.be.greaterThan(3);
    const late = await startReader('three-again');
    for (const reader of [readers[0]!, readers[1]!, late]) {
      while ((await seen(reader)) !== 4);
      // Its acknowledgement is on its way to the loader, ahead of this answer of the loader.
      expect(await reader.literal('.hdb.handle".gen.current"')).to.equal('5');
    }
    // The killed one's lease runs out; then nothing of earlier generations stays.
    while ((await loader.literal('`three in exec name from .lease.holders')) === '1b');
    await loader.ask('.store.collect[]');
    expect(readdirSync(join(root, 'generations'))).to.deep.equal(['5']);
    for (const date of ['2024.01.02', '2024.01.03'])
      expect(readdirSync(join(root, 'versions', date)).toSorted()).to.deep.equal(['agg1m.5', 'agg1mrev.5']);
  });

  it('readers - what one holds stays, however many generations follow, and goes when it has moved on', async () => {
    await publish(1);
    const reader = await startReader('slow');
    const held = await loader.literal('exec first generation from .lease.holders');
    await reader.ask('.hdb.publish:{[generation]}');
    for (let round = 2; round <= 4; round++) await publish(round);
    expect(readdirSync(join(root, 'generations'))).to.include(held);
    expect(await seen(reader)).to.equal(1);
    await reader.ask('.hdb.open 5;.hdb.handle(`.lease.acknowledge;5)');
    await loader.ask('.store.collect[]');
    expect(readdirSync(join(root, 'generations'))).to.deep.equal(['5']);
    expect(await seen(reader)).to.equal(4);
  });

  it('readers - go on without the loader, and take up what a new one publishes', async () => {
    await publish(1);
    const reader = await startReader('steady');
    expect(await seen(reader)).to.equal(1);
    const port = await loader.port();
    await loader.stop('SIGKILL');
    expect(await seen(reader)).to.equal(1);
    loader = new LoaderProcess(root, ['-grace', '0', '-lease', '60', '-p', String(port)]);
    await publish(2);
    while ((await seen(reader)) !== 2);
  });
});
