import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BarVersion, blocksOf, OPENING_DATE, OPENING_NS } from '../../support/bar-versions.ts';
import { AskedProcess, LoaderProcess, ReaderProcess } from '../../support/loader-process.ts';

const MIDNIGHT_NS = OPENING_NS - 34_200_000_000_000n;
const NS_PER_DAY = 86_400_000_000_000n;

function bar(sym: string, start: bigint, close: number, src: BarVersion['src'] = 'rest'): BarVersion {
  return { sym, start, src, recv: OPENING_NS + BigInt(Math.round(close)), values: { close, volume: close } };
}

describe('loader - database', () => {
  let folder: string;
  let root: string;
  const started: AskedProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'massive-kdb-database-'));
    root = join(folder, 'root');
    mkdirSync(root);
  });

  afterEach(async () => {
    for (const process of started.splice(0)) await process.stop();
    rmSync(folder, { recursive: true });
  });

  function load(...args: string[]): LoaderProcess {
    const loader = new LoaderProcess(root, ['-grace', '0', ...args]);
    started.push(loader);
    return loader;
  }

  async function publish(loader: LoaderProcess, versions: BarVersion[], date = OPENING_DATE): Promise<void> {
    const client = await loader.client();
    await client.stage('unit', blocksOf(versions, date));
    await client.merge('agg1m');
    client.close();
  }

  it('loader - refuses a root that a living process writes, and takes over that of a dead one', async () => {
    const first = load();
    await first.ask('::');
    const second = load();
    expect(await second.exit()).to.equal(69);
    expect(second.stderr).to.match(/^lock: \S+ is written by process \d+ on \S+; stop it first/m);
    expect(second.stderr.trim().split('\n')).to.have.length(1);
    await first.stop('SIGKILL');
    expect(await load().literal('.gen.current')).to.equal('1');
  });

  it('loader - refuses the root of another market, of a newer release, and a damaged one', async () => {
    const first = load();
    await first.ask('::');
    await first.ask('(`$":",.part.root,"/newer") set @[get `$":",.part.root,"/database";`version;:;9]');
    await first.stop();
    const other = new LoaderProcess(root, [], 'crypto');
    started.push(other);
    expect(await other.exit()).to.equal(78);
    expect(other.stderr).to.match(/^market: \S+ has `stocks, this loader was started with `crypto/m);
    const database = join(root, 'database');
    writeFileSync(database, readFileSync(join(root, 'newer')));
    const newer = load();
    expect(await newer.exit()).to.equal(78);
    expect(newer.stderr).to.match(/^version: .* was written by a newer release \(9 after 1\)/m);
    writeFileSync(database, 'rubbish');
    const damaged = load();
    expect(await damaged.exit()).to.equal(74);
    expect(damaged.stderr).to.match(/^root: .*database is damaged/m);
  });

  it('loader - keeps what is staged when the disk refuses, and goes on when it does not', async () => {
    const loader = load();
    const client = await loader.client();
    await client.stage('unit', blocksOf([bar('A', OPENING_NS, 1)]));
    const versions = join(root, 'versions', '2024.01.02');
    writeFileSync(versions, 'in the way');
    let code = '';
    await client.merge('agg1m').catch((error: { code: string }) => {
      code = error.code;
    });
    expect(code).to.equal('KDB_LOADER');
    expect(await client.waiting()).to.have.length(1);
    rmSync(versions);
    const [merged] = await client.merge('agg1m');
    expect(merged).to.deep.equal({ date: OPENING_DATE, staged: 1, rows: 1, superseded: 0 });
    client.close();
  });

  it('loader - a unit without rows leaves nothing, and bars of another date are refused', async () => {
    const loader = load();
    const client = await loader.client();
    expect(await client.stage('none', blocksOf([]))).to.equal(0);
    expect(await client.waiting()).to.deep.equal([]);
    expect(readdirSync(join(root, 'staging'))).to.deep.equal([]);
    let message = '';
    await client
      .stage('wrong', blocksOf([bar('A', OPENING_NS, 1)], OPENING_DATE + 1))
      .catch((error: Error) => {
        message = error.message;
      });
    expect(message).to.contain('date: 2024.01.03 holds rows of 2024.01.02');
    client.close();
  });

  it('loader - spreads dates over segments, and readers see them all, with daily bars', async () => {
    writeFileSync(join(root, 'segments.txt'), `${join(folder, 'one')}\n\n${join(folder, 'two')}\n`);
    const loader = load();
    for (const day of [0, 1, 2])
      await publish(loader, [bar('A', OPENING_NS + BigInt(day) * NS_PER_DAY, day + 1)], OPENING_DATE + day);
    const client = await loader.client();
    await client.stage(
      'days',
      blocksOf([bar('A', MIDNIGHT_NS, 7), bar('B', MIDNIGHT_NS, 8)], undefined, 'agg1d'),
    );
    expect(await client.merge('agg1d')).to.deep.equal([
      { date: undefined, staged: 2, rows: 2, superseded: 0 },
    ]);
    client.close();
    expect(
      readdirSync(join(folder, 'one', 'versions')).length +
        readdirSync(join(folder, 'two', 'versions')).length,
    ).to.equal(5);
    const reader = new ReaderProcess(root);
    started.push(reader);
    expect(await reader.literal('exec close by date from select from agg1m')).to.equal(
      '(`s#2024.01.02 2024.01.03 2024.01.04)!(,1f;,2f;,3f)',
    );
    expect(await reader.literal('exec sym,time,close from agg1d')).to.contain('7 8f');
  });

  it('loader - takes over what another end of day wrote: last versions, each bar in its own date', async () => {
    const foreign = load();
    const rows = (sym: string, start: string, close: number, recv: number) =>
      `(0D10;\`${sym};${start};0n;0n;0n;${close}f;1f;0n;0N;0n;0n;0n;0n;\`stocks;\`ws;2024.01.02D15:00+${recv})`;
    const given = [
      rows('B', '2024.01.02D15:00', 1, 1),
      rows('A', '2024.01.02D15:00', 2, 1),
      rows('B', '2024.01.02D15:00', 3, 2),
      rows('A', '2024.01.03D15:00', 4, 3),
    ];
    await foreign.ask(
      `.day.bars:0#agg1m;{\`.day.bars insert x} each (${given.join(';')});(\`$":",.part.root,"/2024.01.02/agg1m/") set .Q.en[\`$":",.part.root] .day.bars`,
    );
    expect(
      await foreign.literal('exec (date;settled;rows;superseded) from .feed.settle 2024.01.02'),
    ).to.equal('(2024.01.02 2024.01.03;3 1;2 1;1 0)');
    expect(readdirSync(root)).not.to.include('2024.01.02');
    const reader = new ReaderProcess(root);
    started.push(reader);
    expect(await reader.literal('{(x`date;value x`sym;x`close)} select from agg1m')).to.equal(
      '(2024.01.02 2024.01.02 2024.01.03;`A`B`A;2 3 4f)',
    );
    expect(await reader.literal('exec close from select from agg1mrev')).to.equal(',1f');
  });

  it('loader - lets a stock HDB put versions into their places, and finishes what a crash of either cut short', async () => {
    const startHdb = async (port = '0') => {
      const hdb = new AskedProcess([root, '-p', port]);
      started.push(hdb);
      await hdb.ask('::');
      return hdb;
    };
    const closes = async (process: AskedProcess) => process.literal('exec close from select from agg1m');
    let hdb = await startHdb();
    const port = String(await hdb.port());
    let loader = load('-plain', `:${port}`);
    await publish(loader, [bar('A', OPENING_NS, 1)]);
    expect(await closes(hdb)).to.equal(',1f');
    // The HDB is away: nothing of the change can be seen, and what is staged stays.
    await hdb.stop();
    const client = await loader.client();
    await client.stage('unit', blocksOf([bar('A', OPENING_NS, 2)]));
    let message = '';
    await client.merge('agg1m').catch((error: Error) => {
      message = error.message + JSON.stringify(error);
    });
    expect(message).to.contain('does not answer');
    hdb = await startHdb(port);
    expect(await closes(hdb)).to.equal(',1f');
    await client.merge('agg1m');
    expect(await closes(hdb)).to.equal(',2f');
    // Killed with the journal written, and again with half of the moves done.
    for (const close of [3, 4]) {
      await client.stage('unit', blocksOf([bar('A', OPENING_NS, close)])).catch(() => {});
      const other = await loader.client();
      await other.stage('unit', blocksOf([bar('A', OPENING_NS, close)]));
      await loader.ask(
        ".plain.kept:.plain.resume;.plain.resume:{[handle] if[.disk.exists .plain.journal[];'`crash]}",
      );
      await other.merge('agg1m').catch(() => {});
      if (close === 4)
        await loader.ask(
          'system "head -3 ",.plain.script[]," > ",.part.root,".work/half.sh;sh ",.part.root,".work/half.sh"',
        );
      other.close();
      await loader.stop('SIGKILL');
      loader = load('-plain', `:${port}`);
      const resumed = await loader.client();
      await resumed.merge('agg1m');
      expect(await closes(hdb)).to.equal(`,${close}f`);
      resumed.close();
    }
    client.close();
    expect(readdirSync(`${root}.work`)).not.to.include('journal');
  });
});
