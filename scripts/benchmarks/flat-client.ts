/*
 * Reads flat files of stocks' minute bars and sends them, block by block, to a sink that acknowledges. Prints rows, bytes
 * and the most memory that it held.
 *   node dist-bench/scripts/benchmarks/flat-client.js PORT FILE...
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../src/base/clock.ts';
import { encodeValue } from '../../src/kdb/ipc/encode.ts';
import { MESSAGE_HEADER_BYTES } from '../../src/kdb/ipc/message.ts';
import { GENERIC_NULL } from '../../src/kdb/ipc/values.ts';
import { flatDatasets } from '../../src/massive/flat/datasets.ts';
import { FlatBars, fileBytes } from '../../src/massive/flat/read-bars.ts';
import { ReceiveClock } from '../../src/massive/scanner/receive-clock.ts';
import { SessionCalendar } from '../../src/tables/session-calendar.ts';
import type { TableRows } from '../../src/tables/table-rows.ts';
import { ChunkEncoder } from './flat-chunk.ts';

/** Messages that may be on their way: one is sent while the next is made. */
const MOST_UNANSWERED = 2;
const FILES_AT_ONCE = 2;
const ANSWER_BYTES = MESSAGE_HEADER_BYTES + encodeValue(GENERIC_NULL).length;

/** Sends messages, and holds back once too many are unanswered. */
class AcknowledgedSender {
  bytes = 0;
  readonly #socket: Socket;
  readonly #encoders = Array.from({ length: MOST_UNANSWERED }, () => new ChunkEncoder());
  #sent = 0;
  #answeredBytes = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#answeredBytes += chunk.length;
    });
  }

  async send(rows: TableRows): Promise<void> {
    await this.#unansweredBelow(MOST_UNANSWERED);
    // The message before the last is answered, and its buffer free.
    const message = this.#encoders[this.#sent % MOST_UNANSWERED]!.encode(rows);
    this.#sent++;
    this.bytes += message.length;
    this.#socket.write(message);
  }

  async end(): Promise<void> {
    await this.#unansweredBelow(1);
    this.#socket.end();
  }

  async #unansweredBelow(limit: number): Promise<void> {
    while (this.#sent - Math.floor(this.#answeredBytes / ANSWER_BYTES) >= limit) {
      await once(this.#socket, 'data');
    }
  }
}

const [port, ...files] = process.argv.slice(2);
const sender = new AcknowledgedSender(connect(Number(port), '127.0.0.1'));
const [dataset] = flatDatasets('stocks', 'agg1m');
const calendar = new SessionCalendar('stocks');
const receiveClock = new ReceiveClock(systemClock);
const { signal } = new AbortController();
let rowCount = 0;
let rejectedCount = 0;

// While one file's chunk is inflated, another's is scanned.
await Promise.all(Array.from({ length: FILES_AT_ONCE }, importNext));
await sender.end();

async function importNext(): Promise<void> {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const quarantine = { put: () => {} };
    const bars = new FlatBars(fileBytes(file), {
      dataset: dataset!,
      file,
      calendar,
      receiveClock,
      quarantine,
      signal,
    });
    for await (const rows of bars) await sender.send(rows);
    rowCount += bars.rowCount;
    rejectedCount += bars.rejectedCount;
  }
}

const { maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ rowCount, rejectedCount, bytes: sender.bytes, peakBytes: maxRSS * 1024 })}\n`,
);
