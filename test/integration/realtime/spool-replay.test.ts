import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BatchMaker } from '../../../src/realtime/batch-maker.ts';
import { Spool } from '../../../src/realtime/spool/spool.ts';
import { systemSpoolFiles } from '../../../src/realtime/spool/system-files.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { QChild } from '../../support/q-process.ts';
import { SPOOL_DATE, spoolOptions, spoolParts } from '../../support/spool-harness.ts';
import { rowsOf } from '../../unit/kdb/tables/rows.ts';

const SCHEMA = fileURLToPath(new URL('../../../q/schema.q', import.meta.url));

describe('spool - replay by q', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-replay-'));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** What a q process prints for lines of q, with the schema loaded. */
  async function answers(...lines: readonly string[]): Promise<string[]> {
    const script = join(directory, 'script.q');
    writeFileSync(script, `system"l ${SCHEMA}"\n${lines.map(line => `show ${line};\n`).join('')}exit 0\n`);
    const q = new QChild([script, '-q'], {}, directory);
    q.endInput();
    expect(await q.exit(), q.stderr).to.equal(0);
    return q.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.trimEnd());
  }

  it('-11! evaluates the marks harmlessly and gives the rows; -11!(-2;file) tells a torn tail', async () => {
    const maker = new BatchMaker({
      limits: { rows: 2, bytes: 1e6 },
      after: 0,
      allocate: byteCount => new Uint8Array(byteCount),
    });
    const bars = ['AAPL', 'MSFT', 'BRK.A', 'AAPL', 'IBM'].map((sym, i) => ({
      time: BigInt(34_200_000_000_000 + i),
      sym,
      start: 844_000_000_000_000_000n + BigInt(i),
      close: 100.25 + i,
      trades: i,
      mkt: 'stocks',
      src: 'ws',
    }));
    const batches = [
      ...maker.make(rowsOf(AGGREGATE_TABLES.agg1m, bars, SPOOL_DATE), 1_790_000_000_000),
      ...maker.make(rowsOf(AGGREGATE_TABLES.agg1s, bars.slice(0, 1), SPOOL_DATE), 1_790_000_000_000.5),
    ];
    const spool = await Spool.open(spoolOptions(join(directory, 'spool')), spoolParts(systemSpoolFiles));
    await spool.append(batches);
    const { path } = spool.segments[0]!;
    await spool.close();
    const file = `hsym[\`$"${path}"]`;
    const messages = 2 * batches.length;

    expect(
      await answers(
        `{upd::insert;-11!x}${file}`,
        'agg1m`sym',
        'exec sum close,last time,last start,sum trades,mkt:distinct mkt from agg1m',
        'count agg1s',
        `-11!(-2;${file})`,
      ),
    ).to.deep.equal([
      String(messages),
      '`AAPL`MSFT`BRK.A`AAPL`IBM',
      'close | 511.25',
      'time  | 0D09:30:00.000000004',
      'start | 2026.09.29D12:26:40.000000004',
      'trades| 10',
      'mkt   | ,`stocks',
      '1',
      String(messages),
    ]);

    const wholeBytes = statSync(path).size;
    appendFileSync(path, Buffer.from('0000020000006500', 'hex'));
    expect(await answers(`-11!(-2;${file})`)).to.deep.equal([`${messages} ${wholeBytes}`]);
  });
});
