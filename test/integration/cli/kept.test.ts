import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { silentLogger } from '../../../src/base/logger.ts';
import { quarantine } from '../../../src/cli/quarantine.ts';
import { reportOf } from '../../../src/cli/report-error.ts';
import { runCommandLine } from '../../../src/cli/run.ts';
import { spool } from '../../../src/cli/spool.ts';
import type { Batch } from '../../../src/kdb/batch.ts';
import { BatchMaker } from '../../../src/realtime/batch-maker.ts';
import { RefusedBatches, systemRefusedBatchFiles } from '../../../src/realtime/refused-batches.ts';
import { lockSpool } from '../../../src/realtime/spool/lock.ts';
import { Spool } from '../../../src/realtime/spool/spool.ts';
import { systemSpoolFiles } from '../../../src/realtime/spool/system-files.ts';
import { AGGREGATE_TABLES, TICKERPLANT_TABLES } from '../../../src/tables/definitions.ts';
import { FakeTickerplant } from '../../support/fake-tickerplant.ts';
import { SPOOL_DATE, spoolOptions, spoolParts } from '../../support/spool-harness.ts';
import { rowsOf } from '../../unit/kdb/tables/rows.ts';

const ENTRIES = [
  { usage: 'spool <action>', summary: '', example: '', load: async () => spool },
  { usage: 'quarantine <action>', summary: '', example: '', load: async () => quarantine },
];

const DRAINED_MS = Date.UTC(2026, 9, 2, 14);

describe('what is kept - commands', () => {
  let state: string;
  let tickerplant: FakeTickerplant;

  beforeEach(async () => {
    state = mkdtempSync(join(tmpdir(), 'massive-kdb-kept-'));
    tickerplant = await FakeTickerplant.listen(TICKERPLANT_TABLES);
    tickerplant.date = SPOOL_DATE;
  });

  afterEach(async () => {
    await tickerplant.server.close();
    rmSync(state, { recursive: true, force: true });
  });

  const to = () => `127.0.0.1:${tickerplant.server.port}`;

  /** Runs a command in this process, as the command line would. */
  async function run(...line: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const printed = { stdout: '', stderr: '' };
    const stream = (name: keyof typeof printed) =>
      new Writable({
        write(chunk, _encoding, done) {
          printed[name] += String(chunk);
          done();
        },
      });
    const context = {
      stdout: stream('stdout'),
      stderr: stream('stderr'),
      environment: {},
      stop: new AbortController().signal,
    };
    const code = await runCommandLine(ENTRIES, [...line, '--state-directory', state], context).catch(
      error => {
        const report = reportOf(error, false);
        printed.stderr += report.lines.join('\n');
        return report.exitCode;
      },
    );
    return { code, ...printed };
  }

  /** A batch of one bar for each symbol, drained a minute after the one before. */
  function batches(...symbols: readonly string[]): Batch[] {
    const maker = new BatchMaker({
      limits: { rows: 1, bytes: 1e6 },
      allocate: byteCount => new Uint8Array(byteCount),
      after: 0,
    });
    return symbols.flatMap((sym, i) =>
      maker.make(
        rowsOf(AGGREGATE_TABLES.agg1m, [{ sym, mkt: 'stocks', close: 1 }], SPOOL_DATE),
        DRAINED_MS + i * 60_000,
      ),
    );
  }

  async function openSpool(): Promise<Spool> {
    const options = spoolOptions(join(state, 'spool/stocks'), { readers: ['main', 'second'] });
    return Spool.open(options, spoolParts(systemSpoolFiles, lockSpool));
  }

  it('spool - list, replay while the daemon runs, drop once it does not', async () => {
    const opened = await openSpool();
    await opened.append(batches('A', 'B', 'C', 'D'));
    opened.acknowledge('main', 3);
    await opened.flush();

    const listed = await run('spool', 'list', '--json');
    expect(listed.code, listed.stderr).to.equal(0);
    const [summary] = JSON.parse(listed.stdout);
    expect(summary).to.include({
      name: 'stocks',
      source: opened.source,
      pid: process.pid,
      bytes: opened.usedBytes,
    });
    expect(summary.segments[0]).to.include({ records: 4, rows: 4, firstSequence: 1, lastSequence: 4 });
    expect(summary.segments[0].dates).to.deep.equal(['2026-10-02']);
    expect(summary.targets).to.deep.equal([
      { name: 'main', position: 3, waitingRows: 1 },
      { name: 'second', position: 0, waitingRows: 4 },
    ]);
    const text = await run('spool', 'list');
    expect(text.stdout)
      .to.match(/^stocks: 1 segments, .*process \d+ has it$/m)
      .and.match(/^second +0 +4$/m);

    tickerplant.isNumbering = true;
    const replayed = await run(
      ...['spool', 'replay', '--since', '2026-10-02T14:01Z', '--until', '2026-10-02T14:03', '--to', to()],
    );
    expect(replayed.code, replayed.stderr).to.equal(0);
    expect(replayed.stdout).to.include('2 rows delivered');
    expect(tickerplant.updates.map(({ numbered }) => numbered)).to.deep.equal([
      { source: opened.source, sequence: 2 },
      { source: opened.source, sequence: 3 },
    ]);

    const refused = await run('spool', 'drop', '--yes');
    expect(refused.code).to.equal(69);
    expect(refused.stderr).to.include(`process ${process.pid} has the spool`);
    await opened.close();
    const asked = await run('spool', 'drop');
    expect(asked.code).to.equal(64);
    expect(asked.stdout).to.match(/^would drop 4 rows in 1 segments of stocks .*1 that main .*4 that second/);
    const dropped = await run('spool', 'drop', '--yes');
    expect(dropped.code, dropped.stderr).to.equal(0);
    const after = await openSpool();
    expect(after.segments).to.deep.equal([]);
    expect(after.source).to.equal(opened.source);
    expect(after.lastSequence).to.be.greaterThan(4);
    await after.close();
  });

  it('spool - rows of a date at which the tickerplant is not are left out, and said so', async () => {
    const opened = await openSpool();
    await opened.append(batches('A', 'B'));
    await opened.close();
    tickerplant.date = SPOOL_DATE + 1;
    const replayed = await run('spool', 'replay', '--since', '2026-10-02', '--to', to(), '--json');
    expect(replayed.code).to.equal(1);
    expect(JSON.parse(replayed.stdout)).to.deep.include({ delivered: 0, otherDates: { '2026-10-02': 2 } });
    expect(tickerplant.updates).to.deep.equal([]);
  });

  it('spool - what is wrong is one clear line', async () => {
    const mistakes = [
      [['spool', 'replay', '--since', 'yesterday', '--to', ':1'], 64, '--since is not a time'],
      [['spool', 'replay', '--to', ':1'], 64, 'replay needs --since'],
      [['spool', 'replay', '--since', '2026-10-02'], 64, 'it is not said to whom'],
      [['spool', 'drop', '--spool', 'crypto'], 64, 'there is no spool crypto'],
    ] as const;
    for (const [line, code, message] of mistakes) {
      const result = await run(...line);
      expect(result.code, line.join(' ')).to.equal(code);
      expect(result.stderr).to.include(message);
    }
    mkdirSync(join(state, 'spool/stocks'), { recursive: true });
    writeFileSync(
      join(state, 'spool/stocks/spool.json'),
      '{"kind":"massive-kdb spool","version":9,"source":"a","openings":1}',
    );
    const other = await run('spool', 'list');
    expect(other.code).to.equal(78);
    expect(other.stderr).to.include('version 9');
  });

  it('quarantine - list by reason, replay what is taken now, drop the rest', async () => {
    const directory = join(state, 'quarantine');
    const refused = new RefusedBatches(directory, 1e9, systemRefusedBatchFiles, silentLogger, DRAINED_MS);
    for (const batch of batches('A', 'B')) refused.keep('main', batch, "the tickerplant says 'length");
    const bar = (sym: string) =>
      JSON.stringify({ ev: 'AM', sym, v: 1, o: 1, c: 1, h: 1, l: 1, s: DRAINED_MS, e: DRAINED_MS + 60_000 });
    const event = (reason: string, raw: string) =>
      `${JSON.stringify({ time: '2026-10-02T14:00:00.000Z', market: 'stocks', reason, raw })}\n`;
    writeFileSync(join(directory, 'events.ndjson.1'), event('symbol-limit', bar('C')));
    writeFileSync(
      join(directory, 'events.ndjson'),
      `${event('symbol-limit', bar('D')) + event('ticker-invalid', '{"ev":"AM","sym":""}')}not JSON\n`,
    );

    const listed = JSON.parse((await run('quarantine', 'list', '--json')).stdout);
    expect(
      listed.events.map(({ reason, count }: { reason: string; count: number }) => [reason, count]),
    ).to.deep.equal([
      ['symbol-limit', 2],
      ['ticker-invalid', 1],
    ]);
    expect(listed.batches).to.deep.equal([
      {
        ...{ target: 'main', table: 'agg1m', date: '2026-10-02' },
        ...{ reason: "the tickerplant says 'length", batches: 2, rows: 2 },
      },
    ]);
    expect(listed.damaged).to.equal(1);

    tickerplant.onUpdate = (_, count) =>
      count === 1 ? { signal: 'length' } : { value: { kind: 'primitive', type: 101, code: 0 } };
    const replayed = await run('quarantine', 'replay', '--to', to());
    expect(replayed.stdout).to.include('2 events are bars now, 1 are still none');
    expect(replayed.stdout).to.include('3 rows delivered').and.include('1 rows refused');
    expect(replayed.code).to.equal(1);
    expect(readdirSync(join(directory, 'batches'))).to.have.lengthOf(1);

    expect((await run('quarantine', 'drop')).code).to.equal(64);
    const dropped = await run('quarantine', 'drop', '--yes');
    expect(dropped.stdout).to.equal('dropped 3 events, and 1 rows in 1 refused batches\n');
    expect((await run('quarantine', 'list')).stdout).to.include('nothing is in the quarantine');
  });
});
