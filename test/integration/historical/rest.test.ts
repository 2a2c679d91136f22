import { expect } from 'chai';
import { HistoryProcesses } from '../../support/history-processes.ts';
import { ask, databaseProof, type ProofQuery, simulatorProof } from '../../support/history-proof.ts';

const DATES = ['2026-09-29', '2026-09-30', '2026-10-01', '2026-10-02'];
const SPAN = ['--from', '2026-09-29', '--to', '2026-10-02'];
const SYMBOLS = ['AAPL', 'MSFT', 'BRK.B', 'TSLA'];

function minutes(date: string, source: 'rest' | 'flat'): ProofQuery {
  return { market: 'stocks', table: 'agg1m', date, source, symbols: SYMBOLS };
}

describe('backfill over REST', function () {
  this.timeout(180_000);
  let processes: HistoryProcesses;
  let reader: number;

  before(async () => {
    processes = await HistoryProcesses.start({ symbols: 30, rate: 2, atMs: Date.UTC(2026, 9, 8, 14) });
    reader = await processes.startReader('one');
  });

  after(() => processes.stop());

  it('brings what the service has, checked by column and date; a second run does nothing', async () => {
    const flags = ['--symbols', SYMBOLS.join(','), ...SPAN, '--source', 'rest'];
    const first = await processes.runBackfill(...flags);
    expect(first.code, first.stderr).to.equal(0);
    for (const date of DATES) {
      const truth = await simulatorProof(processes.httpAddress, minutes(date, 'rest'));
      expect(truth.rows).to.be.greaterThan(100);
      expect(await databaseProof(reader, minutes(date, 'rest'))).to.deep.equal(truth);
    }
    const second = await processes.runBackfill(...flags);
    expect(second.stdout).to.match(/all of them done: nothing to do/);
  });

  it('files of the same dates change nothing but what only they know: no bar is doubled or superseded', async () => {
    const vwaps = (date: string) => ask<number>(reader, `exec sum vwap from agg1m where date=${date}`);
    const before = await vwaps('2026.10.01');
    const flags = ['--symbols', SYMBOLS.join(','), ...SPAN, '--source', 'flat'];
    const run = await processes.runBackfill(...flags);
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout).to.match(/, 0 bars superseded, 0 rows quarantined/);
    for (const date of DATES) {
      const found = await databaseProof(reader, minutes(date, 'flat'));
      // The file has no vwap, and a null never erases a value.
      const truth = await simulatorProof(processes.httpAddress, minutes(date, 'flat'));
      const { vwap: _file, ...columns } = truth.columns;
      expect(found.rows).to.equal(truth.rows);
      expect(found.columns).to.include(columns);
    }
    expect(await vwaps('2026.10.01')).to.equal(before);
    const sources = await ask<string[]>(reader, 'exec distinct src from agg1m where date=2026.10.01');
    expect(sources).to.deep.equal(['flat']);
  });

  it('brings splits and dividends, each once, and published like bars', async () => {
    const load = () => processes.command('reference', '--from', '2020-01-01', '--to', '2026-10-08').done;
    const first = await load();
    expect(first.code, first.stderr).to.equal(0);
    const counts =
      /split: (\d+) rows fetched, 0 of no use, (\d+) in the table now\ndividend: (\d+) .* (\d+) in/.exec(
        first.stdout,
      );
    expect(counts).not.to.equal(null);
    const [, fetched, splits, , dividends] = counts!.map(Number);
    expect(splits).to.equal(fetched);
    expect(Number(await ask<number>(reader, 'exec count i from split'))).to.equal(splits);
    expect(Number(await ask<number>(reader, 'exec count i from dividend where cash>0'))).to.equal(dividends);
    expect((await load()).stdout).to.equal(first.stdout);
  });

  it('storms of refusals and broken answers cost time only, and the key is never shown', async () => {
    for (const fault of [
      'http-error?status=429&share=0.3',
      'http-error?status=500&count=3',
      'http-cut?bytes=2000&count=2',
    ]) {
      await fetch(`${processes.httpAddress}/control/${fault}`, { method: 'POST' });
    }
    const run = await processes.runBackfill('--symbols', 'NVDA,AMZN', ...SPAN, '--source', 'rest');
    await fetch(`${processes.httpAddress}/control/http-heal`, { method: 'POST' });
    expect(run.code, run.stderr).to.equal(0);
    expect(run.stdout + run.stderr).not.to.match(/demo/);
    const query = { ...minutes('2026-10-01', 'rest'), symbols: [...SYMBOLS, 'NVDA', 'AMZN'] };
    expect((await databaseProof(reader, query)).rows).to.equal(
      (await simulatorProof(processes.httpAddress, query)).rows,
    );
  });
});
