import { expect } from 'chai';
import type { MassiveKdbError } from '../../../src/base/errors.ts';
import type { Batch } from '../../../src/kdb/batch.ts';
import { decodeValue } from '../../../src/kdb/ipc/decode.ts';
import type { SymbolColumn } from '../../../src/tables/columns.ts';
import { AGGREGATE_TABLES } from '../../../src/tables/definitions.ts';
import { SymbolTable } from '../../../src/tables/symbol-table.ts';
import { TableRows } from '../../../src/tables/table-rows.ts';
import { FeedHarness, START_MS, symbolsOf, TRADING_DATE } from '../../support/feed-harness.ts';

const DAY_MS = 86_400_000;

const DONE = { value: { kind: 'primitive', type: 101, code: 0 } } as const;

/** One second bar of the harness's date. */
function barsOf(symbol: string): TableRows {
  const rows = new TableRows(AGGREGATE_TABLES.agg1s, new SymbolTable(), 1);
  (rows.column('sym') as SymbolColumn).ids[0] = rows.symbols.internText(symbol);
  rows.tradingDates[0] = TRADING_DATE;
  rows.rowCount = 1;
  return rows;
}

async function rejection(promise: Promise<unknown>): Promise<MassiveKdbError> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: MassiveKdbError) => error,
  );
}

function symbolsIn(batches: readonly Batch[]): string[] {
  return batches.flatMap(({ columns }) => [...symbolsOf(decodeValue(columns))]);
}

describe('feed', () => {
  let harness: FeedHarness;

  afterEach(() => harness.close());

  it('brings every bar to the tickerplant, in order, and counts it once', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    const names = Array.from({ length: 250 }, (_, i) => `S${i}`);
    await harness.send(names.slice(0, 10));
    await harness.until(10);
    await harness.send(names.slice(10));
    await harness.until(250);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(names);
    expect(summary.receivedRows).deep.equal({ agg1s: 250 });
    expect(summary.targets[0]).include({ lostRows: 0, backlogBytes: 0 });
    expect(summary.targets[0]?.deliveredRows).deep.equal({ agg1s: 250 });
  });

  it('delivers what was received just before a stop', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    await harness.send(['FIRST']);
    await harness.until(1);
    await harness.send(['LAST']);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['FIRST', 'LAST']);
    expect(summary.targets[0]?.deliveredRows).deep.equal({ agg1s: 2 });
  });

  it('sends unanswered rows again when the tickerplant drops the connection, and none twice that it answered', async () => {
    harness = await FeedHarness.create();
    harness.tickerplant.onUpdate = (_, count) =>
      count === 2 ? 'close' : { value: { kind: 'primitive', type: 101, code: 0 } };
    await harness.start();
    await harness.send(['A']);
    await harness.until(1);
    await harness.send(['B']);
    await harness.until(3);
    expect(harness.published).deep.equal(['A', 'B', 'B']);
    const summary = await harness.stop();
    expect(summary.targets[0]).include({ lostRows: 0 });
    expect(summary.targets[0]?.deliveredRows).deep.equal({ agg1s: 2 });
  });

  it('waits for a tickerplant that is down, and delivers in order when it comes', async () => {
    harness = await FeedHarness.create({ connectTimeoutMs: 100 });
    harness.tickerplant.server.handshake = () => 'silence';
    await harness.start();
    await harness.send(['A']);
    await harness.send(['B'], START_MS + 1000);
    harness.tickerplant.server.handshake = () => 'accept';
    for (const socket of harness.tickerplant.server.openPeers) socket.socket.destroy();
    await harness.until(2);
    expect(harness.published).deep.equal(['A', 'B']);
  });

  it('gives rows of a date that the tickerplant has ended to the loader, instead of filing them wrongly', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    await harness.send(['OLD'], START_MS - DAY_MS);
    await harness.send(['NEW']);
    await harness.until(1);
    await harness.loader.watch.until(() => harness.loader.merged.length > 0);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['NEW']);
    expect(summary.targets[0]).include({ lostRows: 0, lateRows: 1, waitingRows: 0 });
    expect(harness.loader.merged).deep.equal([{ table: 'agg1s', dates: [TRADING_DATE - 1] }]);
    expect(symbolsIn(harness.loader.staged[0]!.batches)).deep.equal(['OLD']);
  });

  it('keeps rows of the next date until the tickerplant has rolled', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    await harness.send(['NEXT'], START_MS + DAY_MS);
    await harness.send(['NOW']);
    await harness.until(1);
    harness.tickerplant.date = TRADING_DATE + 1;
    await harness.until(2);
    expect(harness.published).deep.equal(['NOW', 'NEXT']);
  });

  it('puts a batch aside that the tickerplant refuses, and goes on', async () => {
    harness = await FeedHarness.create();
    harness.tickerplant.onUpdate = (_, count) =>
      count === 1 ? { signal: 'length' } : { value: { kind: 'primitive', type: 101, code: 0 } };
    await harness.start();
    await harness.send(['BAD']);
    await harness.until(1);
    await harness.send(['GOOD']);
    await harness.until(2);
    const summary = await harness.stop();
    expect(summary.targets[0]).include({ lostRows: 1 });
    expect([...harness.keptFiles.keys()][0]).match(/^\/q\/batches\/local-agg1s-2026-10-02-0-1\.log$/);
    expect(harness.logger.messages('error').join()).contain('refuses 1 rows of agg1s');
  });

  it('has more waiting than memory holds, and delivers all of it in order', async () => {
    harness = await FeedHarness.create({ backlogBytes: 4096 });
    harness.tickerplant.onUpdate = () => 'nothing';
    await harness.start();
    for (let second = 0; second < 100; second++) await harness.send([`S${second}`], START_MS + second * 1000);
    await harness.stored(100);
    expect(harness.feed.summary().targets[0]!.backlogBytes).most(4096);
    harness.tickerplant.updates.length = 0;
    harness.tickerplant.onUpdate = () => DONE;
    for (const peer of harness.tickerplant.server.openPeers) peer.socket.destroy();
    await harness.until(100);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(Array.from({ length: 100 }, (_, second) => `S${second}`));
    expect(summary.targets[0]).deep.include({ deliveredRows: { agg1s: 100 }, lostRows: 0, waitingRows: 0 });
  });

  it('counts an event that is no bar, and loses nothing else', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    const connection = await harness.massive.connection(0);
    connection.sendBytes(
      Buffer.from('[{"ev":"A","sym":"A","s":"yesterday"},{"ev":"A","sym":"B","s":1790949600000}]'),
    );
    connection.sendBytes(Buffer.from('not JSON'));
    await harness.send(['C']);
    await harness.until(2);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['B', 'C']);
    expect(harness.quarantined).deep.equal(['start-invalid', 'frame-not-json']);
    expect(summary.quarantinedEvents).equal(2);
  });

  it('ends where a drain fails, and says how many rows it leaves behind', async () => {
    harness = await FeedHarness.create({
      encode: () => {
        throw new Error('a defect');
      },
    });
    await harness.start();
    await harness.send(['A', 'B']);
    const error = await rejection(harness.run());
    expect(error.code).equal('STREAM_ENDED');
    expect(error.message).contain('a defect');
    expect(harness.logger.messages('error').join()).contain('lost 2 rows');
  });

  it('does not wait for a tickerplant that is down where nothing is left for it', async () => {
    harness = await FeedHarness.create({ stopMs: 120_000, connectTimeoutMs: 100 });
    harness.tickerplant.server.handshake = () => 'silence';
    await harness.start();
    const summary = await harness.stop();
    expect(summary.targets[0]).include({ lostRows: 0, state: 'stopped' });
  });

  it('brings rows of another origin as well, and tells when they have left', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    await harness.feed.inject(barsOf('FILL'));
    await harness.until(1);
    await harness.send(['LIVE']);
    await harness.until(2);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['FILL', 'LIVE']);
    expect(summary).deep.include({ receivedRows: { agg1s: 1 }, injectedRows: { agg1s: 1 } });
    expect(await harness.feed.inject(barsOf('LATE'))).equal(false);
  });

  it('tells who listens of each state of the session and each drain', async () => {
    harness = await FeedHarness.create();
    const states: string[] = [];
    let received = 0;
    let lastReceiveMs: number | undefined;
    let windowEndMs: number | undefined;
    harness.feed.addListener({
      sessionChanged: ({ name }) => states.push(name),
      drained: drain => {
        received += drain.rowCount;
        lastReceiveMs = drain.lastReceiveMs;
        windowEndMs = drain.windowEndMs ?? windowEndMs;
      },
    });
    await harness.start();
    await harness.send(['A', 'B']);
    await harness.until(2);
    await harness.stop();
    expect(states).include.members(['connecting', 'streaming', 'stopped']);
    expect(received).equal(2);
    expect(lastReceiveMs).a('number');
    expect(windowEndMs).equal(START_MS + 1000);
  });

  it('delivers every row whatever becomes of those who only look on, and tells of their trouble once', async () => {
    harness = await FeedHarness.create();
    const fail = () => {
      throw new Error('no picture of this');
    };
    const onlooker = { sessionChanged: fail, received: fail, drained: fail, protectionChanged: fail };
    harness.feed.addOnlooker(onlooker);
    await harness.start();
    await harness.send(['A', 'B']);
    await harness.until(2);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['A', 'B']);
    expect(summary).deep.include({ receivedRows: { agg1s: 2 } });
    expect(harness.logger.messages('error')).deep.equal([
      'what is told of the feed may be incomplete from now on: no picture of this',
    ]);
  });

  it('goes on with a new connection when Massive drops the old one', async () => {
    harness = await FeedHarness.create();
    await harness.start();
    await harness.send(['A']);
    await harness.until(1);
    (await harness.massive.connection(0)).drop();
    await harness.send(['B'], START_MS + 1000, 1);
    await harness.until(2);
    const summary = await harness.stop();
    expect(harness.published).deep.equal(['A', 'B']);
    expect(summary.connections).equal(2);
  });
});

describe('feed - failures at the start', () => {
  let harness: FeedHarness;

  afterEach(() => harness.close());

  it('ends with a refused key', async () => {
    harness = await FeedHarness.create({
      script: { authAnswer: [{ ev: 'status', status: 'auth_failed', message: 'authentication failed' }] },
    });
    expect((await rejection(harness.run())).code).equal('MASSIVE_KEY_REFUSED');
  });

  it('ends with a table that is missing', async () => {
    harness = await FeedHarness.create();
    harness.tickerplant.tables.delete('agg1m');
    const error = await rejection(harness.run());
    expect(error.message).contain('table agg1m is missing');
  });

  it('ends at once with --fail-fast when Massive cannot be reached', async () => {
    harness = await FeedHarness.create({ failFast: true });
    await harness.massive.stop();
    const error = await rejection(harness.run());
    expect(error.code).equal('MASSIVE_UNREACHABLE');
  });
});
