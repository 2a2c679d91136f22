import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { DaemonStatus } from '../status/report.ts';
import type { Refusals } from './refusals.ts';
import { SECURITY_HEADERS } from './responses.ts';

const INTERVAL_MS = 1000;
/** What a reader may leave waiting, beside what the operating system takes for it. */
const MOST_WAITING_BYTES = 256 * 1024;
/** When a browser asks again after the daemon was away. */
const RETRY_MS = 2000;

export interface EventStreamParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly refusals: Refusals;
  readonly status: () => DaemonStatus;
}

interface Stream {
  readonly response: ServerResponse;
  /** Whether the session that it was opened in still holds. */
  readonly mayGoOn: () => boolean;
}

/**
 * Server-sent events: `status` each second, made once for all who read. A reader that lets too much wait is cut off, and
 * one whose session has ended.
 */
export class EventStreams {
  readonly #most: number;
  readonly #parts: EventStreamParts;
  readonly #streams = new Set<Stream>();
  #timer: Timer | undefined;

  constructor(most: number, parts: EventStreamParts) {
    this.#most = most;
    this.#parts = parts;
  }

  get count(): number {
    return this.#streams.size;
  }

  get full(): boolean {
    return this.#streams.size >= this.#most;
  }

  /** Answers with events from now on. */
  open(response: ServerResponse, mayGoOn: () => boolean): void {
    const stream = { response, mayGoOn };
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'content-type': 'text/event-stream',
      connection: 'close',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#streams.add(stream);
    // Of the connection: a second one that is asked for on it is not told its end, for it never came to be sent.
    response.req.socket.on('close', () => this.#streams.delete(stream));
    this.#tell([stream]);
    this.#timer ??= this.#parts.clock.after(INTERVAL_MS, () => this.#tick(), false);
  }

  /** Ends all of them. */
  close(): void {
    this.#timer?.cancel();
    for (const { response } of this.#streams) response.end();
    this.#streams.clear();
  }

  #tick(): void {
    this.#timer = undefined;
    this.#tell([...this.#streams]);
    if (this.#streams.size > 0) this.#timer = this.#parts.clock.after(INTERVAL_MS, () => this.#tick(), false);
  }

  #tell(streams: readonly Stream[]): void {
    const event = this.#event();
    for (const stream of streams) {
      const { response, mayGoOn } = stream;
      if (!mayGoOn()) {
        this.#streams.delete(stream);
        response.end();
      } else if (response.writableLength > MOST_WAITING_BYTES) {
        this.#streams.delete(stream);
        this.#parts.refusals.count('stream-slow');
        response.req.socket.destroy();
      } else if (event !== undefined) {
        response.write(event);
      }
    }
  }

  /** Undefined where there is none this time: the page says since when it knows nothing. */
  #event(): string | undefined {
    try {
      return `event: status\ndata: ${JSON.stringify(this.#parts.status())}\n\n`;
    } catch (error) {
      this.#parts.logger.warn(`the status page shows nothing new: ${messageOf(error)}`);
      return undefined;
    }
  }
}
