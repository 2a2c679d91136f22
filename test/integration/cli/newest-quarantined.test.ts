import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../../../src/base/logger.ts';
import { NewestQuarantined } from '../../../src/cli/start/status-quarantine.ts';
import { type Configuration, configurationSchema } from '../../../src/config/schema.ts';
import { DEFAULT_BATCH_LIMITS } from '../../../src/kdb/tables/cut-rows.ts';
import { BatchMaker } from '../../../src/realtime/batch-maker.ts';
import { RefusedBatches, systemRefusedBatchFiles } from '../../../src/realtime/refused-batches.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import type { Market } from '../../../src/tables/markets.ts';
import { rowsOf } from '../../unit/kdb/tables/rows.ts';

describe('the newest of the quarantine', () => {
  let directory: string;
  let configuration: Configuration;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'massive-kdb-quarantine-'));
    configuration = configurationSchema.parse({ quarantine: { directory } }) as Configuration;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const newest = (market: Market) => new NewestQuarantined(market).read(configuration);
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(directory, name), lines.join('\n'));
  const event = (number: number, market = 'stocks', raw = `event ${number}`) => {
    const time = new Date(Date.UTC(2026, 9, 2, 14, 0, number)).toISOString();
    return JSON.stringify({ time, market, reason: 'not-an-event', raw });
  };

  it('is empty where nothing was ever put there', async () => {
    rmSync(directory, { recursive: true });
    expect(await newest('stocks')).to.deep.equal({ events: [], batches: [] });
    mkdirSync(directory);
  });

  it('comes newest first, across files, of one market, without lines that are cut off', async () => {
    write('events.ndjson.1', [event(1), event(2, 'crypto'), event(3)]);
    write('events.ndjson', [event(4), event(5), '{"time":"2026-10-']);
    const { events } = await newest('stocks');
    expect(events.map(({ text }) => text)).to.deep.equal(['event 5', 'event 4', 'event 3', 'event 1']);
    expect(events[0]).to.deep.equal({
      atMs: Date.UTC(2026, 9, 2, 14, 0, 5),
      reason: 'not-an-event',
      text: 'event 5',
    });
  });

  it('is the end of a long file, a hundred events at most, each of them short', async () => {
    write('events.ndjson', [
      ...Array.from({ length: 3_000 }, (_, i) => event(i)),
      event(3_001, 'stocks', 'x'.repeat(10_000)),
      '',
    ]);
    const { events } = await newest('stocks');
    expect(events).to.have.length(100);
    expect(events[0]!.text).to.equal('x'.repeat(500));
    expect(events.at(-1)!.text).to.equal('event 2901');
  });

  it('leaves out lines that are no events', async () => {
    write('events.ndjson', [event(1), '{"market":"stocks"}', 'null', '7', event(2)]);
    const { events } = await newest('stocks');
    expect(events.map(({ text }) => text)).to.deep.equal(['event 2', 'event 1']);
  });

  it('has the batches of a market behind those of another, and does without a file that is gone', async () => {
    const kept = new RefusedBatches(directory, 1e9, systemRefusedBatchFiles, silentLogger, 1_790_000_000_000);
    const maker = new BatchMaker({
      limits: DEFAULT_BATCH_LIMITS,
      allocate: bytes => new Uint8Array(bytes),
      after: 0,
    });
    const refuse = (mkt: Market, reason: string) => {
      const [batch] = maker.make(rowsOf(AGGREGATE_TABLES.agg1s, [{ sym: 'A', mkt }]), 0);
      kept.keep('main', batch!, reason);
    };
    refuse('stocks', 'length');
    for (let number = 0; number < 25; number++) refuse('crypto', 'type');
    // What was listed and is removed before it is read looks the same.
    const gone = 'main-agg1s-2026-10-02-1790000000000-99999.log';
    symlinkSync('gone', join(directory, 'batches', gone));
    const stocks = new NewestQuarantined('stocks');
    const ofStocks = await stocks.read(configuration);
    expect(ofStocks.batches).to.have.length(1);
    expect(ofStocks.batches[0]).to.include({ target: 'main', table: 'agg1s', rows: 1, reason: 'length' });
    expect((await newest('crypto')).batches).to.have.length(20);
    // Who asks again does not have them read again.
    for (const name of readdirSync(join(directory, 'batches')))
      if (name !== gone) truncateSync(join(directory, 'batches', name));
    expect((await stocks.read(configuration)).batches).to.deep.equal(ofStocks.batches);
    expect((await newest('stocks')).batches).to.deep.equal([]);
  });
});
