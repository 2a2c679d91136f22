import { systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Batch } from '../../src/kdb/batch.ts';
import { BufferPool } from '../../src/kdb/tables/buffer-pool.ts';
import { DEFAULT_BATCH_LIMITS } from '../../src/kdb/tables/cut-rows.ts';
import { FrameScanner } from '../../src/massive/scanner/frame-scanner.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import { BatchMaker } from '../../src/realtime/batch-maker.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import { type Benchmark, ratioFigure } from './row.ts';
import { framesOf, SYMBOLS, stockEvents } from './stock-frames.ts';

const EVENTS_PER_FRAME = [1, 10, 100, 1000] as const;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 50;
const PEER_ROUNDS = 5;

/** CPU from the bytes of a frame to the encoded batch, beside JSON.parse of strings that are ready. */
export const scanAgainstParse: Benchmark = {
  name: 'scan-parse',
  async run() {
    const events = stockEvents(SYMBOLS, seededRandom(1));
    const feed = new ScanningSide();
    const counts: { perFrame: number; ours: number; other: number; ratio: number }[] = [];
    for (const perFrame of EVENTS_PER_FRAME) {
      const texts = framesOf(events, perFrame);
      const reads = readsOf(texts.map(text => Buffer.from(text)));
      const [ours, other] = await fastest(
        [
          () => feed.encode(reads),
          async () => {
            for (const text of texts) JSON.parse(text);
          },
        ],
        events.length,
        ROUNDS,
      );
      counts.push({ perFrame, ours: ours!, other: other!, ratio: ours! / other! });
    }
    const worst = counts.reduce((left, right) => (right.ratio > left.ratio ? right : left));
    const each = counts.map(({ perFrame, ratio }) => `${perFrame}: ${ratio.toFixed(3)}`).join(', ');
    return [
      ratioFigure(
        'CPU per event, frame bytes to encoded batch, against JSON.parse of ready strings',
        { ours: worst.ours, other: worst.other, unit: 'ns/event' },
        0.35,
        `${SYMBOLS} symbols, all 17 fields; worst of ${worst.perFrame} events a frame; ratios by events a frame ${each}`,
      ),
    ];
  },
};

/** The same beside the client that Massive publishes and node-q, as their documentation shows their use. */
export const scanAgainstOfficialClient: Benchmark = {
  name: 'scan-client',
  async run() {
    const events = stockEvents(SYMBOLS, seededRandom(2));
    const frames = framesOf(events, 100).map(text => Buffer.from(text));
    const feed = new ScanningSide();
    // Loaded only here: what it loads by way of tsx makes V8 check every typed array for having been detached.
    const { OfficialClientPeer } = await import('./official-client-peer.ts');
    const peer = new OfficialClientPeer();
    const reads = readsOf(frames);
    const [ours, other] = await fastest(
      [() => feed.encode(reads), async () => peer.encode(frames)],
      events.length,
      PEER_ROUNDS,
    );
    return [
      ratioFigure(
        'CPU per event, frame bytes to encoded batch, against the official client and node-q typed lists',
        { ours: ours!, other: other!, unit: 'ns/event' },
        0.05,
        '100 events a frame, one batch of 12,000 rows',
      ),
    ];
  },
};

/** What the feed does between socket and spool: scan each frame, then drain into batches. */
class ScanningSide {
  readonly #scanner: FrameScanner;
  readonly #pool = new BufferPool();
  readonly #batches: BatchMaker;

  constructor() {
    this.#scanner = new FrameScanner({
      market: 'stocks',
      calendar: new SessionCalendar('stocks'),
      receiveClock: new ReceiveClock(systemClock),
      quarantine: {
        put: ({ reason }) => {
          throw new Error(`an event of the benchmark was rejected: ${reason}`);
        },
      },
      logger: silentLogger,
      counters: memoryCounters(),
    });
    this.#batches = new BatchMaker({
      limits: DEFAULT_BATCH_LIMITS,
      allocate: this.#pool.take,
      after: 0,
    });
  }

  /** Scans the frames of each read of the socket in a turn of its own, as the event loop gives them. */
  async encode(reads: readonly (readonly Uint8Array[])[]): Promise<void> {
    for (const frames of reads) {
      for (const frame of frames) this.#scanner.scan(frame);
      await undefined;
    }
    const drained = this.#scanner.drain();
    const batches: Batch[] = drained.flatMap(rows => this.#batches.make(rows, 0));
    this.#scanner.recycle(drained);
    for (const { columns } of batches) this.#pool.release(columns);
  }
}

/** What Node reads from a socket at once. */
const READ_BYTES = 64 * 1024;

/** Frames as they come when there are many: as many in a read of the socket as fit. */
function readsOf(frames: readonly Uint8Array[]): Uint8Array[][] {
  const reads: Uint8Array[][] = [];
  let room = 0;
  for (const frame of frames) {
    if (frame.length > room || reads.length === 0) {
      reads.push([]);
      room = READ_BYTES;
    }
    reads.at(-1)!.push(frame);
    room -= frame.length;
  }
  return reads;
}

/**
 * CPU per event (ns, user and system) of each side's fastest round: other work of the machine only ever adds. The sides
 * take turns in every round.
 */
async function fastest(
  sides: readonly (() => Promise<unknown>)[],
  events: number,
  rounds: number,
): Promise<number[]> {
  const best = sides.map(() => Number.POSITIVE_INFINITY);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [i, side] of sides.entries()) {
      const before = process.cpuUsage();
      await side();
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) best[i] = Math.min(best[i]!, ((user + system) * 1000) / events);
    }
  }
  return best;
}
