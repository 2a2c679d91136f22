import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { bars } from '../../support/live-processes.ts';
import { LoaderProcess } from '../../support/loader-process.ts';

const DATE = '2026.01.05';
const FEEDSTAT = '`feedstat;2026.01.05;(0D01 0D01;`crypto`crypto;7 7;0D 0D;0 0;2#0Np;2#0Np)';

describe('loader - batches of the live side', () => {
  let root: string;
  let loader: LoaderProcess;

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-batch-'));
    loader = new LoaderProcess(root, ['-grace', '0'], 'crypto');
  });

  after(async () => {
    await loader.stop();
    rmSync(root, { recursive: true });
  });

  /** The batch with the date to which it belongs. */
  function dated(batch: string, date = DATE): string {
    return batch.replace(';', `;${date};`);
  }

  async function stage(unit: string, rows: number, ...batches: readonly string[]): Promise<void> {
    await loader.ask(`.feed.begin\`${unit}`);
    for (const [number, batch] of batches.entries())
      await loader.ask(`.feed.batch[\`${unit};${number};${batch}]`);
    await loader.ask(`.feed.end[\`${unit};${rows}]`);
  }

  function merge(table: string): Promise<string> {
    return loader.literal(`value first .feed.merge[\`${table};()]`);
  }

  it('loader - keeps the last version of bars and every different row of other tables, however often they come', async () => {
    await stage('one', 9, dated(bars(DATE, 3, 5, 1)), FEEDSTAT, dated(bars(DATE, 3, 2, 2)));
    expect(await merge('agg1m')).to.equal('(2026.01.05;7;5;2)');
    expect(await merge('feedstat')).to.equal('(2026.01.05;2;1;0)');
    await stage('two', 7, dated(bars(DATE, 3, 5, 1)), FEEDSTAT.replace('7 7', '8 7'));
    expect(await merge('agg1m')).to.match(/^\(2026\.01\.05;5;5;/);
    expect(await merge('feedstat')).to.equal('(2026.01.05;2;2;0)');
    const read = '.part.read[`agg1m;.store.path[`agg1m;2026.01.05]]';
    expect(await loader.literal(`exec volume from ${read}`)).to.equal('2 2 1 1 1f');
    expect(await loader.literal(`exec distinct time from ${read}`)).to.equal(',0D00:03:00.000000000');
    expect(
      await loader.literal('exec rows from .part.read[`feedstat;.store.path[`feedstat;2026.01.05]]'),
    ).to.equal('7 8');
    expect(await loader.literal('count .feed.waiting[]')).to.equal('0');
  });

  it('loader - refuses a batch that does not fit with what is wrong, and the unit goes on', async () => {
    const good = dated(bars(DATE, 3, 2, 1));
    const refusals: readonly (readonly [batch: string, signal: RegExp])[] = [
      [good.replace('agg1m', 'nosuch'), /^"table: /],
      [good.replace(DATE, '2026.01.06'), /^"date: 2026\.01\.06 holds rows of 2026\.01\.05"/],
      [good.replace(DATE, '0Nd'), /^"date: a batch of agg1m has another kind/],
      [good.replace('mkt:`crypto', 'mkt:`stocks'), /^"market: this database is one of crypto/],
      [good.replace('src:`ws', 'src:`rumour'), /^"source: rumour is none of/],
      [good.replace('volume:1f', 'volume:1'), /^"type: of volume/],
      [FEEDSTAT.replace('7 7', '7 7 7'), /^"length: columns of a batch differ/],
      [FEEDSTAT.replace(';2#0Np)', ')'), /^"length: feedstat has 7 columns/],
      [FEEDSTAT.replace('`crypto`crypto', '`crypto`stocks'), /^"market: /],
    ];
    await loader.ask('.feed.begin`three');
    for (const [batch, signal] of refusals)
      expect(await loader.literal(`@[{.feed.batch[\`three;0;${batch}]};::;{x}]`), batch).to.match(signal);
    expect(await loader.literal(`@[{.feed.batch[\`three;1;${good}]};::;{x}]`)).to.match(/^"sequence: /);
    expect(await loader.literal(`.feed.batch[\`three;0;${good}]`)).to.equal('2');
    await loader.ask('.feed.drop`three');
  });

  it('loader - notes a date with the messages that it has of it, and keeps that over a restart', async () => {
    await loader.ask('.feed.ended[2026.01.05;10]');
    await loader.ask('.feed.ended[2026.01.05;9]');
    const asked = '.ended.merged 2026.01.04 2026.01.05!1 10';
    expect(await loader.literal(asked)).to.equal(',2026.01.05');
    expect(await loader.literal('.ended.served (enlist 2026.01.05)!enlist 11')).to.equal('`date$()');
    await loader.stop();
    loader = new LoaderProcess(root, ['-grace', '0'], 'crypto');
    expect(await loader.literal(asked)).to.equal(',2026.01.05');
  });
});
