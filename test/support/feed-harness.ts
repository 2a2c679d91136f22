import { systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { QValue } from '../../src/kdb/ipc/values.ts';
import { DEFAULT_PUBLISHER_LIMITS, DEFAULT_PUBLISHER_TIMING } from '../../src/kdb/publisher/options.ts';
import { FrameScanner } from '../../src/massive/scanner/frame-scanner.ts';
import type { RejectReason } from '../../src/massive/scanner/quarantine-sink.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import { wsOpenSocket } from '../../src/massive/socket.ts';
import { parseSubscriptions } from '../../src/massive/subscription.ts';
import { Feed } from '../../src/realtime/feed.ts';
import { FeedDelivery } from '../../src/realtime/feed-delivery.ts';
import { FeedTarget, type FeedTargetSurroundings } from '../../src/realtime/feed-target.ts';
import { DEFAULT_LATE_LANE_OPTIONS, LATE_READER, LateLane } from '../../src/realtime/late-lane.ts';
import { RefusedBatches, type RefusedBatchFiles } from '../../src/realtime/refused-batches.ts';
import { SharedBuffers } from '../../src/realtime/shared-buffers.ts';
import { Spool } from '../../src/realtime/spool/spool.ts';
import type { FeedSummary } from '../../src/realtime/summary.ts';
import { AGGREGATE_TABLES, STATUS_TABLES } from '../../src/tables/definitions.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import { CrashingFiles } from './crashing-files.ts';
import { FakeLoader } from './fake-loader.ts';
import { FakeTickerplant } from './fake-tickerplant.ts';
import { MassiveServer, type ServerScript } from './massive-server.ts';
import { RecordingLogger } from './recording-logger.ts';
import { spoolOptions, spoolParts } from './spool-harness.ts';
import { Watch } from './watch.ts';

const TABLES = [AGGREGATE_TABLES.agg1s, AGGREGATE_TABLES.agg1m];

/** 2026-10-02, 10:00 in New York, and its trading date. */
export const START_MS = Date.UTC(2026, 9, 2, 14);
export const TRADING_DATE = 9771;

export interface HarnessOptions {
  readonly script?: ServerScript;
  readonly backlogBytes?: number;
  readonly failFast?: boolean;
  readonly stopMs?: number;
  /** Instead of how drained rows are encoded. */
  readonly encode?: FeedDelivery['encode'];
  /** The disk; an empty one in memory by default. */
  readonly files?: CrashingFiles;
  /** A tickerplant that an earlier harness left. */
  readonly tickerplant?: FakeTickerplant;
  /** Most bytes of the spool. */
  readonly spoolBytes?: number;
  readonly stallMs?: number;
  /** By how much the service delays what it sends. */
  readonly delayMs?: number;
  /** How long a tickerplant may take to let the feed in. */
  readonly connectTimeoutMs?: number;
}

/** A feed between a Massive, a disk, a tickerplant and a loader on this machine, all under a test's control. */
export class FeedHarness {
  readonly massive: MassiveServer;
  readonly tickerplant: FakeTickerplant;
  readonly files: CrashingFiles;
  readonly loader = new FakeLoader();
  readonly logger = new RecordingLogger();
  readonly counters = memoryCounters();
  readonly quarantined: RejectReason[] = [];
  readonly keptFiles = new Map<string, Uint8Array>();
  /** Tells when the disk may have been written to. */
  readonly disk = new Watch();
  readonly feed: Feed;
  readonly spool: Spool;
  readonly late: Spool;
  readonly #stop = new AbortController();
  #outcome: Promise<FeedSummary> | undefined;

  static async create(options: HarnessOptions = {}): Promise<FeedHarness> {
    const massive = await MassiveServer.start(options.script);
    const tickerplant = options.tickerplant ?? (await FakeTickerplant.listen(TABLES));
    const files = options.files ?? new CrashingFiles(seededRandom(1));
    const buffers = new SharedBuffers();
    const parts = { ...spoolParts(files), allocate: buffers.take };
    const changes = { readers: ['local'], maxBytes: options.spoolBytes ?? 64 * 1024 * 1024 };
    const spool = await Spool.open(spoolOptions('/spool', changes), parts);
    const late = await Spool.open(spoolOptions('/spool/late', { readers: [LATE_READER] }), parts);
    return new FeedHarness(massive, tickerplant, files, { spool, late, buffers }, options);
  }

  private constructor(
    massive: MassiveServer,
    tickerplant: FakeTickerplant,
    files: CrashingFiles,
    disk: { readonly spool: Spool; readonly late: Spool; readonly buffers: SharedBuffers },
    options: HarnessOptions,
  ) {
    this.massive = massive;
    this.tickerplant = tickerplant;
    this.files = files;
    this.spool = disk.spool;
    this.late = disk.late;
    const calendar = new SessionCalendar('stocks');
    const parts = {
      clock: systemClock,
      random: () => 0.5,
      logger: this.logger,
      counters: this.counters,
    };
    const scanner = new FrameScanner({
      ...parts,
      market: 'stocks',
      calendar,
      receiveClock: new ReceiveClock(systemClock),
      quarantine: { put: ({ reason }) => void this.quarantined.push(reason) },
    });
    const lateLane = new LateLane(
      { ...DEFAULT_LATE_LANE_OPTIONS, market: 'stocks', mergeIntervalMs: 1 },
      { ...parts, spool: disk.late, openLoader: async () => this.loader },
    );
    this.feed = new Feed(
      {
        session: {
          url: massive.url,
          market: 'stocks',
          subscriptions: parseSubscriptions('stocks', 'A.*,AM.*'),
          key: () => 'a-key',
          timing: { retryBaseMs: 1, retryCapMs: 5 },
          failFast: options.failFast ?? false,
        },
        drainIntervalMs: 10,
        stopMs: options.stopMs ?? 5_000,
      },
      {
        ...parts,
        scanner,
        openSocket: wsOpenSocket({}),
        isOpen: () => true,
        createDelivery: listener => {
          const delivery = new FeedDelivery(
            {
              limits: { rows: 100, bytes: 1024 * 1024 },
              writer: { stallMs: options.stallMs ?? 60_000, retry: { baseMs: 1, capMs: 5 } },
            },
            {
              ...parts,
              ...disk,
              lateLane,
              createTargets: surroundings => [this.#target(surroundings, options)],
            },
            listener,
          );
          if (options.encode) delivery.encode = options.encode;
          return delivery;
        },
      },
    );
    this.feed.addListener({ drained: () => this.disk.changed() });
  }

  /** Runs the feed and waits until it streams. */
  async start(): Promise<void> {
    this.run();
    await (await this.massive.connection(0)).subscribed;
  }

  /** Runs the feed; resolves as `Feed.run` does. */
  run(): Promise<FeedSummary> {
    this.#outcome ??= this.feed.run(this.#stop.signal);
    this.#outcome.catch(() => undefined);
    return this.#outcome;
  }

  /** Stops the feed and returns what it did. */
  async stop(): Promise<FeedSummary> {
    this.#stop.abort();
    return this.run();
  }

  /** Sends second bars of these symbols on connection `index`. */
  async send(symbols: readonly string[], startMs = START_MS, index = 0): Promise<void> {
    const connection = await this.massive.connection(index);
    await connection.subscribed;
    connection.send(
      symbols.map(sym => ({ ev: 'A', sym, v: 1, o: 2, c: 2, h: 2, l: 2, s: startMs, e: startMs + 1000 })),
    );
  }

  /** Symbols in the order in which the tickerplant got them. */
  get published(): string[] {
    return this.tickerplant.updates.flatMap(({ columns }) => symbolsOf(columns));
  }

  /** Resolves when the tickerplant has got `count` rows. */
  async until(count: number): Promise<void> {
    await this.tickerplant.server.watch.until(() => this.published.length >= count);
  }

  /** Resolves when the spool has taken `count` rows since the start. */
  async stored(count: number): Promise<void> {
    await this.disk.until(() => this.spool.segments.reduce((sum, { rows }) => sum + rows, 0) >= count);
  }

  async close(): Promise<void> {
    await this.stop().catch(() => undefined);
    await this.massive.stop();
    await this.tickerplant.server.close();
  }

  #target(
    surroundings: FeedTargetSurroundings,
    { failFast, backlogBytes, delayMs = 0, connectTimeoutMs = 60_000 }: HarnessOptions,
  ): FeedTarget {
    return new FeedTarget(
      {
        name: 'local',
        market: 'stocks',
        publisher: {
          target: this.tickerplant.server.target(),
          convention: 'kdb-tick',
          tables: TABLES,
          optionalTables: Object.values(STATUS_TABLES),
          mode: 'sync',
          allowUnlogged: false,
          failFast: failFast ?? false,
          limits: DEFAULT_PUBLISHER_LIMITS,
          timing: {
            ...DEFAULT_PUBLISHER_TIMING,
            connectTimeoutMs,
            firstBackoffMs: 1,
            longestBackoffMs: 5,
            dateIntervalMs: 5,
          },
        },
        backlogBytes: backlogBytes ?? 1024 * 1024,
        delayMs,
        tables: ['agg1s', 'agg1m'],
      },
      {
        clock: systemClock,
        random: () => 0.5,
        logger: this.logger,
        counters: this.counters,
        refusedBatches: new RefusedBatches('/q', 1024 * 1024, this.#files(), this.logger, 0),
        calendar: {
          expectedDate: () => TRADING_DATE,
          expectedOffsetMs: () => -4 * 3_600_000,
          timeZone: 'America/New_York',
        },
      },
      surroundings,
    );
  }

  #files(): RefusedBatchFiles {
    return {
      makeDirectory: () => {},
      write: (path, bytes) => void this.keptFiles.set(path, bytes),
      usedBytes: () => [...this.keptFiles.values()].reduce((sum, bytes) => sum + bytes.length, 0),
    };
  }
}

/** The names in the second column. */
export function symbolsOf(columns: QValue): readonly string[] {
  const column = columns.kind === 'list' ? columns.items[1] : undefined;
  if (column?.kind !== 'vector' || column.type !== 'symbol') throw new TypeError('no column of symbols');
  return column.values;
}
