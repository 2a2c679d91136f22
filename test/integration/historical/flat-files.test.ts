import { mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BackfillStatus } from '../../../src/base/backfill-status.ts';
import { readBackfills } from '../../../src/historical/progress-file.ts';
import { HistoryProcesses } from '../../support/history-processes.ts';
import { ask, databaseProof, type ProofQuery, simulatorProof } from '../../support/history-proof.ts';

const DATES = ['2026-10-01', '2026-10-02', '2026-10-05'];
const SPAN = ['--from', '2026-10-01', '--to', '2026-10-05', '--source', 'flat'];

function minutes(date: string): ProofQuery {
  return { market: 'stocks', table: 'agg1m', date, source: 'flat' };
}

describe('backfill of flat files', function () {
  this.timeout(180_000);
  let processes: HistoryProcesses;
  let reader: number;

  before(async () => {
    processes = await HistoryProcesses.start({ symbols: 30, rate: 2, atMs: Date.UTC(2026, 9, 8, 14) });
    reader = await processes.startReader('one');
  });

  after(() => processes.stop());

  it('brings what the files have, checked by column and date; a second run does nothing', async () => {
    const state = join(processes.directory, 'state');
    mkdirSync(join(state, 'backfill'), { recursive: true });
    const shown: BackfillStatus[] = [];
    const look = async () => void shown.push(...(await readBackfills(state)));
    const watcher = watch(join(state, 'backfill'), look);
    const running = processes.backfill(...SPAN);
    const first = await running.done;
    watcher.close();
    expect(first.code, first.stderr).to.equal(0);
    expect(shown[0]).to.deep.include({ pid: running.process.pid, market: 'stocks', table: 'agg1m' });
    expect(shown[0]!.dates.map(({ name }) => name)).to.deep.equal(DATES);
    expect(await readBackfills(state)).to.deep.equal([]);
    for (const date of DATES) {
      const truth = await simulatorProof(processes.httpAddress, minutes(date));
      expect(truth.rows).to.be.greaterThan(1000);
      expect(await databaseProof(reader, minutes(date))).to.deep.equal(truth);
    }
    const second = await processes.runBackfill(...SPAN);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.match(/3 units, all of them done: nothing to do/);
  });

  it('imports a file that was replaced, and keeps what it superseded', async () => {
    const key = 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz';
    const replaced = await fetch(`${processes.httpAddress}/control/replace-file?key=${key}`, {
      method: 'POST',
    });
    expect(replaced.ok).to.equal(true);
    const run = await processes.runBackfill(...SPAN);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/units: 1 published, 2 done before, 0 failed, 0 left/);
    const truth = await simulatorProof(processes.httpAddress, minutes('2026-10-02'));
    expect(await databaseProof(reader, minutes('2026-10-02'))).to.deep.equal(truth);
    const revisions = await ask<number>(reader, 'exec count i from agg1mrev where date=2026.10.02');
    const doubled = await ask<number>(
      reader,
      'exec count i from (select n:count i by sym,start from agg1m where date=2026.10.02) where n>1',
    );
    expect(Number(revisions)).to.be.greaterThan(0);
    expect(Number(doubled)).to.equal(0);
  });

  it('brings day bars into one splayed table', async () => {
    const run = await processes.runBackfill('--bar', '1d', ...SPAN);
    expect(run.code, run.stderr).to.equal(0);
    for (const date of DATES) {
      const query = { ...minutes(date), table: 'agg1d' };
      expect(await databaseProof(reader, query)).to.deep.equal(
        await simulatorProof(processes.httpAddress, query),
      );
    }
  });

  it('only the symbols that were asked for, where some were', async () => {
    const symbols = ['AAPL', 'MSFT'];
    const run = await processes.runBackfill(
      '--symbols',
      symbols.join(','),
      '--from',
      '2026-10-06',
      '--to',
      '2026-10-06',
      '--source',
      'flat',
    );
    expect(run.code, run.stderr).to.equal(0);
    const query = { ...minutes('2026-10-06'), symbols };
    expect(await databaseProof(reader, query)).to.deep.equal(
      await simulatorProof(processes.httpAddress, query),
    );
  });
});
