import { expect } from 'chai';
import { ConnectionEndedError } from '../../../../src/massive/ending.ts';
import { ReceiveClock } from '../../../../src/massive/scanner/receive-clock.ts';
import type { SessionState } from '../../../../src/massive/session-state.ts';
import { parseSubscriptions } from '../../../../src/massive/subscription.ts';
import type { FeedListener } from '../../../../src/realtime/feed-listener.ts';
import { GapBook } from '../../../../src/realtime/gaps/book.ts';
import { BookFile } from '../../../../src/realtime/gaps/book-file.ts';
import { EventClock } from '../../../../src/realtime/gaps/event-clock.ts';
import { FeedGaps, type WatchedFeed } from '../../../../src/realtime/gaps/feed-gaps.ts';
import { GapFiller } from '../../../../src/realtime/gaps/filler.ts';
import { type Beat, Heartbeat } from '../../../../src/realtime/gaps/heartbeat.ts';
import { GapWatch } from '../../../../src/realtime/gaps/watch.ts';
import type { FeedSummary } from '../../../../src/realtime/summary.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import type { TableRows } from '../../../../src/tables/table-rows.ts';
import { BOOK } from '../../../support/gap-process.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { MemoryStateFiles } from '../../../support/memory-state-files.ts';
import { RecordingLogger } from '../../../support/recording-logger.ts';

const HEARTBEAT = '/state/heartbeat';
const NULL_TIMESTAMP = -(2n ** 63n);
const TIMESTAMP_OF_2026_10_02_1400 = BigInt(Date.UTC(2026, 9, 2, 14) - 946_684_800_000) * 1_000_000n;

/** A feed of which a test says what happens to it; keeps what is put into it, by table. */
class FakeFeed implements WatchedFeed {
  readonly rows: { readonly table: string; readonly row: Readonly<Record<string, unknown>> }[] = [];
  failedPairs: readonly string[] = [];
  deliveredRows = 0;
  readonly overflowedRows = 0;
  #listener: FeedListener = {};
  #state: SessionState = { name: 'idle', sinceMs: 0 };

  addListener(listener: FeedListener): void {
    this.#listener = listener;
  }

  async inject(rows: TableRows): Promise<boolean> {
    const { name, columns } = rows.definition;
    for (let row = 0; row < rows.rowCount; row++) {
      const values = columns.map((column, index) => {
        const stored = rows.columns[index]!;
        const value = stored.type === 'symbol' ? rows.symbols.nameOf(stored.ids[row]!) : stored.values[row];
        return [column.name, value];
      });
      this.rows.push({ table: name, row: Object.fromEntries(values) });
    }
    return true;
  }

  summary(): FeedSummary {
    const target = { deliveredRows: { agg1s: this.deliveredRows }, lagMs: { p50: 12 }, backlogBytes: 34 };
    return { market: 'stocks', targets: [target] } as unknown as FeedSummary;
  }

  enter(state: SessionState): void {
    const previous = this.#state;
    this.#state = state;
    this.#listener.sessionChanged?.(state, previous);
  }

  drain(wallMs: number, windowEndMs: number): void {
    this.#listener.drained?.({ wallMs, lastReceiveMs: wallMs, rowCount: 1, windowEndMs, durable: true });
  }
}

describe('gaps of a feed', () => {
  const clock = () => new ManualClock();

  function assemble(time: ManualClock) {
    const files = new MemoryStateFiles();
    const logger = new RecordingLogger();
    const feed = new FakeFeed();
    const eventClock = new EventClock(time);
    const calendar = new SessionCalendar('stocks');
    const pairs = parseSubscriptions('stocks', 'A.AAPL,A.MSFT,AM.AAPL');
    const book = new GapBook(
      { market: 'stocks', name: 'stocks' },
      { clock: time, logger, file: new BookFile(BOOK, files) },
    );
    const shared = {
      book,
      clock: time,
      eventClock,
      logger,
      calendar: () => calendar,
      subscriptions: () => pairs,
    };
    const options = { correctionMs: 900_000, delayMs: 0, settledMs: 120_000, mostRequests: 10 };
    const heartbeat = new Heartbeat(HEARTBEAT, files, logger);
    const filler = new GapFiller(options, {
      ...shared,
      rest: { leaves: 'unfillable', reason: 'there is no key for REST' },
      receiveClock: new ReceiveClock(time),
      quarantine: { put: () => {} },
      inject: rows => feed.inject(rows),
    });
    const watch = new GapWatch(options, shared, undefined);
    const gaps = new FeedGaps(options, { ...shared, feed, watch, filler, heartbeat });
    const beat = () => JSON.parse(files.texts.get(HEARTBEAT)!) as Beat;
    return { feed, gaps, beat };
  }

  const streaming: SessionState = { name: 'streaming', sinceMs: 0 };
  const lost: SessionState = {
    name: 'backing-off',
    sinceMs: 0,
    retryMs: 0,
    error: new ConnectionEndedError('ws://massive', { kind: 'ping-unanswered', pings: 2 }),
  };

  it('each change of a gap is a row for each channel, the end null while it lasts', async () => {
    const time = clock();
    const { feed, gaps } = assemble(time);
    feed.enter(streaming);
    gaps.start();
    feed.drain(time.wallMs(), time.wallMs());
    feed.enter(lost);
    feed.enter(streaming);
    await time.advance(2_000);
    const rows = feed.rows.filter(({ table }) => table === 'gap').map(({ row }) => row);
    expect(rows.map(({ channel, state }) => `${channel} ${state}`).slice(0, 2)).to.deep.equal([
      'A open',
      'AM open',
    ]);
    expect(rows[0]).to.include({
      sym: 'stocks',
      mkt: 'stocks',
      cause: 'disconnect',
      end: NULL_TIMESTAMP,
      rows: 0n,
    });
    expect(rows[0]).to.include({
      begin: TIMESTAMP_OF_2026_10_02_1400 - 16n * 60_000_000_000n,
      time: 36_000_000_000_000n,
    });
    feed.enter({ name: 'stopping', sinceMs: 0 });
    await gaps.stopped();
  });

  it('each minute feedstat says what was delivered, how late, what waits, and what is settled', async () => {
    const time = clock();
    const { feed, gaps } = assemble(time);
    feed.enter(streaming);
    gaps.start();
    feed.drain(time.wallMs(), time.wallMs() - 2_000);
    feed.deliveredRows = 70;
    await time.advance(60_000);
    feed.deliveredRows = 100;
    await time.advance(60_000);
    const rows = feed.rows.filter(({ table }) => table === 'feedstat').map(({ row }) => row);
    expect(rows.map(row => row['rows'])).to.deep.equal([70n, 30n]);
    const settled = TIMESTAMP_OF_2026_10_02_1400 - 7_000_000_000n;
    expect(rows[0]).to.include({ sym: 'stocks', lag: 12_000_000n, spool: 34n, settled });
    expect(rows[0]).to.include({ corrected: settled - 900_000_000_000n, time: 36_060_000_000_000n });
    feed.enter({ name: 'stopping', sinceMs: 0 });
    await gaps.stopped();
  });

  it('symbols that the connection does not carry are a gap of their channel', async () => {
    const time = clock();
    const { feed, gaps } = assemble(time);
    feed.failedPairs = ['A.MSFT'];
    feed.enter(streaming);
    await time.advance(61_000);
    feed.drain(time.wallMs(), time.wallMs());
    const [gap] = feed.rows.filter(({ table }) => table === 'gap');
    expect(gap?.row).to.include({ channel: 'A', cause: 'refused', state: 'open' });
    feed.enter({ name: 'stopping', sinceMs: 0 });
    await gaps.stopped();
  });

  it('a stop leaves word that it was one', async () => {
    const time = clock();
    const { feed, gaps, beat } = assemble(time);
    feed.enter(streaming);
    gaps.start();
    feed.drain(time.wallMs(), time.wallMs() - 2_000);
    feed.enter({ name: 'stopping', sinceMs: 0 });
    await gaps.stopped();
    expect(beat()).to.include({ listening: true, stopped: true, windowEndMs: time.wallMs() - 2_000 });
    expect(time.pending).to.equal(0);
  });
});
