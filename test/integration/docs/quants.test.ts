import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { dateDaysOf } from '../../../src/tables/epoch.ts';
import { type BarVersion, blocksOf } from '../../support/bar-versions.ts';
import { RdbProcess, TickProcess, until } from '../../support/live-processes.ts';
import { AskedProcess, LoaderProcess, ReaderProcess, script } from '../../support/loader-process.ts';

const GUIDE = readFileSync(new URL('../../../docs/quants.md', import.meta.url), 'utf8');
const DATES = ['2026-10-01', '2026-10-02'];
const NS_PER_MINUTE = 60_000_000_000n;
const NS_PER_DAY = 1440n * NS_PER_MINUTE;

/** Minutes from the opening in New York (13:30 UTC), some of them corrected later. */
function versionsOf(date: string): BarVersion[] {
  const opening = BigInt(dateDaysOf(date)) * NS_PER_DAY + 810n * NS_PER_MINUTE;
  const bar = (sym: string, minute: bigint, close: number, lateMinutes: bigint): BarVersion => ({
    sym,
    start: opening + minute * NS_PER_MINUTE,
    src: 'rest',
    recv: opening + (minute + lateMinutes) * NS_PER_MINUTE,
    values: { open: close, high: close, low: close, close, volume: 100, vwap: close },
  });
  const minutes = [0n, 1n, 2n, 30n].flatMap(minute => [
    bar('AAPL', minute, 10, 1n),
    bar('MSFT', minute, 20, 1n),
  ]);
  return [...minutes, bar('AAPL', 1n, 11, 60n)];
}

/** The statements of the blocks of one process, without their comments. */
function statementsFor(process: string): string[] {
  const blocks = [...GUIDE.matchAll(/^```q (\w+)\n([\s\S]*?)^```$/gm)].filter(([, name]) => name === process);
  return blocks.flatMap(([, , body]) =>
    body!
      .trimEnd()
      .split('\n')
      .map(line => line.replace(/ \/ .*$/, '')),
  );
}

describe('guide for quants', function () {
  this.timeout(300_000);
  let folder: string;
  const processes: Record<string, AskedProcess> = {};

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'massive-kdb-guide-'));
    const root = join(folder, 'root');
    mkdirSync(root);
    const loader = new LoaderProcess(root, ['-grace', '0']);
    processes['loader'] = loader;
    const client = await loader.client();
    for (const date of DATES) {
      await client.stage(date, blocksOf(versionsOf(date), dateDaysOf(date)));
      await client.merge('agg1m');
    }
    client.close();
    const loaderAddress = `:${await loader.port()}`;
    processes['hdb'] = new ReaderProcess(root, ['-loader', loaderAddress, '-name', 'one']);
    const tick = new TickProcess(['-log', join(folder, 'log'), '-market', 'stocks']);
    processes['tick'] = tick;
    const follow = ['-tp', `:${await tick.port()}`, '-loader', loaderAddress, '-market', 'stocks'];
    const rdb = new RdbProcess(follow);
    processes['rdb'] = rdb;
    await until(rdb, 'null .rdb.date', '0b');
    // Two versions of each bar, as a stream that corrects them sends them; not long ago, for the date may have just begun.
    const now = await tick.literal('.z.p');
    for (const sequence of [1, 2]) {
      await tick.ask(
        `.fh.upd[\`feed;${sequence};\`agg1m;value flip update sym:8#\`AAPL\`MSFT,start:${now}-0D00:02-0D00:00:01*til 8,time:0D10,mkt:\`stocks,src:\`ws,volume:${sequence}f,recv:.z.p from 8#enlist first agg1m]`,
      );
    }
    await until(rdb, 'count agg1m', '16');
    await rdb.ask('`gap insert (0D10;`stocks;`stocks;`A;.z.p-0D01;.z.p;`open;`restart;0)');
    await rdb.ask('`feedstat insert (0D10;`stocks;16;0D;0;.z.p;.z.p)');
    await rdb.ask(`system"l ${script('bars.q')}"`);
    const addresses = [
      '-rdb',
      `stocks=:${await rdb.port()}`,
      '-hdb',
      `stocks=:${await processes['hdb'].port()}`,
    ];
    processes['gateway'] = new AskedProcess([script('gateway.q'), '-p', '0', '-q', ...addresses]);
  });

  after(async () => {
    for (const process of Object.values(processes)) await process.stop();
    rmSync(folder, { recursive: true });
  });

  for (const name of ['rdb', 'hdb', 'gateway']) {
    it(`every query for the ${name} runs, and finds something`, async () => {
      const statements = statementsFor(name);
      expect(statements).to.have.length.above(2);
      for (const statement of statements) {
        const rows = await processes[name]!.literal(
          `{$[type[x] within 98 99h;count x;1]} ${statement}`,
        ).catch((error: unknown) => `${error}`);
        expect(Number(rows), `${statement}: ${rows}`).to.be.greaterThan(0);
      }
    });
  }

  it('they mean what the guide says', async () => {
    const { rdb, hdb, gateway } = processes as Record<'rdb' | 'hdb' | 'gateway', AskedProcess>;
    expect(await rdb.literal('(count agg1m;count select by mkt,sym,start from agg1m)')).to.equal('16 8');
    expect(
      await rdb.literal('exec sum volume from select by mkt,sym,start from agg1m where sym=`AAPL'),
    ).to.equal('8f');
    const known = (instant: string) =>
      hdb.literal(
        `exec close from select by sym,start from \`recv xasc select from versions where recv<=2026.10.02D${instant}`,
      );
    expect(await known('13:45')).to.equal('10 10 10f');
    expect(await known('18:00')).to.equal('10 11 10 10f');
    const past = await gateway.literal('count .gate.bars[`agg1m;`stocks;2026.10.01 2026.10.02;`AAPL`MSFT]');
    expect(past).to.equal('16');
  });
});
