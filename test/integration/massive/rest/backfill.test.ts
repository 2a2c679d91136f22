import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ExitCode } from '../../../../src/base/exit-codes.ts';
import { HistoryProcesses } from '../../../support/history-processes.ts';
import { ask, databaseProof, simulatorProof } from '../../../support/history-proof.ts';
import { testSecret } from '../../../support/secrets.ts';
import { RestClient } from '../../simulator/rest-client.ts';

const DATES = ['2026-09-03', '2026-09-10', '2026-09-18', '2026-09-30'];
const MONTH = ['--from', '2026-09-01', '--to', '2026-09-30', '--source', 'rest'];
const KEY = testSecret('rest');

describe('backfill over REST', function () {
  this.timeout(300_000);
  let processes: HistoryProcesses;
  let reader: number;
  let symbols: string[];

  before(async () => {
    processes = await HistoryProcesses.start({ symbols: 6, rate: 2, atMs: Date.UTC(2026, 9, 8, 14) });
    reader = await processes.startReader('one');
    const client = new RestClient(processes.httpAddress);
    const { results = [] } = await client.get('/v3/reference/tickers?market=stocks&active=true&limit=6');
    symbols = (results as unknown as { ticker: string }[]).map(({ ticker }) => ticker);
  });

  after(() => processes.stop());

  it('brings a month of minutes of several symbols through 429s; a second run does nothing', async () => {
    processes.simulator.inject({
      kind: 'http-error',
      status: 429,
      afterSeconds: 1,
      service: 'rest',
      count: 2,
      share: undefined,
    });
    const first = await processes.runBackfill('--symbols', symbols.join(','), ...MONTH);
    expect(first.code, first.stderr).to.equal(0);
    for (const date of DATES) {
      const query = { market: 'stocks', table: 'agg1m', date, source: 'rest', symbols } as const;
      const truth = await simulatorProof(processes.httpAddress, query);
      expect(truth.rows).to.be.above(1000);
      expect(await databaseProof(reader, query)).to.deep.equal(truth);
    }
    expect(first.stderr).to.match(
      /8 requests over REST; with this key today \(UTC\) 8 from this machine, \d+ bytes/,
    );
    const second = await processes.runBackfill('--symbols', symbols.join(','), ...MONTH);
    expect(second.code, second.stderr).to.equal(0);
    expect(second.stdout).to.match(/all of them done: nothing to do/);
  });

  it('brings the day bars of all symbols, a request for each date', async () => {
    const run = await processes.runBackfill('--bar', '1d', ...MONTH);
    expect(run.code, run.stderr).to.equal(0);
    for (const date of DATES) {
      const query = { market: 'stocks', table: 'agg1d', date, source: 'rest' } as const;
      const { rows } = await databaseProof(reader, query);
      expect(rows).to.equal((await simulatorProof(processes.httpAddress, query)).rows);
    }
    expect(await ask<unknown[]>(reader, 'select from agg1d where time<>0D')).to.have.length(0);
  });

  it('counts requests and bytes of the day, with the key as a hash only', () => {
    const directory = join(processes.directory, 'state', 'rest');
    const [name = ''] = readdirSync(directory);
    expect(name).to.match(/^rest-[0-9a-f]{12}\.\d+\.json$/);
    const { text } = JSON.parse(readFileSync(join(directory, name), 'utf8')) as { text: string };
    const { days } = JSON.parse(text) as {
      days: Record<string, { requests: number; bytes: number }>;
    };
    const [day] = Object.values(days);
    expect(day!.requests).to.be.within(29, 60);
    expect(day!.bytes).to.be.above(1_000_000);
  });

  it('a wrong key ends with 77, a used up quota with 75, and neither shows the key', async () => {
    const span = ['--symbols', symbols.slice(0, 4).join(','), '--from', '2026-10-01', '--to', '2026-10-05'];
    processes.environment = { MASSIVE_API_KEY: KEY };
    const refused = await processes.runBackfill('--source', 'rest', ...span);
    expect(refused.code, refused.stderr).to.equal(ExitCode.refused);
    expect(refused.stderr).to.match(/refuses the API key/);
    processes.environment = { MASSIVE_KDB_HISTORY_REST_DAILY_REQUESTS: '1' };
    const used = await processes.runBackfill('--source', 'rest', ...span);
    expect(used.code, used.stderr).to.equal(ExitCode.tempFail);
    expect(used.stderr).to.match(/dailyRequests allows are used up/);
    for (const { stdout, stderr } of [refused, used]) expect(stdout + stderr).not.to.include(KEY);
  });
});
