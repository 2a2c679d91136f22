import type { Counter, Counters } from '../../base/counters.ts';
import type { Logger } from '../../base/logger.ts';
import type { Market } from '../../tables/markets.ts';
import type { SessionCalendar } from '../../tables/session-calendar.ts';
import type { TableRows } from '../../tables/table-rows.ts';
import type { StatusEvent } from '../status.ts';
import { Ascii } from './ascii.ts';
import { BarDraft } from './bar-draft.ts';
import { channelFieldsOf } from './event-fields.ts';
import { ChannelLayout } from './event-layout.ts';
import { textOf } from './event-members.ts';
import { EventReader } from './event-reader.ts';
import { FrameBytes } from './frame-bytes.ts';
import { endOfValue, skipSpace } from './json-skip.ts';
import type { QuarantineSink, RejectReason } from './quarantine-sink.ts';
import type { ReceiveClock } from './receive-clock.ts';
import { DEFAULT_ROW_BUFFER_LIMITS, type RowBufferLimits, RowBuffers, type RowSet } from './row-buffers.ts';
import { UnusualEventReader } from './unusual-event.ts';

const { COMMA, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE } = Ascii;
const UNUSUAL = -1;

export interface FrameScannerOptions {
  readonly market: Market;
  readonly calendar: SessionCalendar;
  readonly receiveClock: ReceiveClock;
  readonly quarantine: QuarantineSink;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly limits?: Partial<RowBufferLimits>;
}

/** An event of the current frame that will be quarantined if the frame proves to be JSON. */
interface Rejected {
  readonly reason: RejectReason;
  readonly detail?: string | undefined;
  readonly channel?: string | undefined;
  readonly begin: number;
  readonly end: number;
}

const NO_STATUSES: readonly StatusEvent[] = [];

/**
 * Turns the frames of one market's connection into rows of typed columns, without building the events. A frame is
 * taken exactly if JSON.parse takes it and it is an array; one that is not goes to the quarantine whole and leaves no
 * row. An event that is not a bar of this market goes there alone.
 */
export class FrameScanner {
  readonly #options: FrameScannerOptions;
  readonly #frame = new FrameBytes();
  readonly #draft: BarDraft;
  readonly #reader: EventReader;
  readonly #unusual: UnusualEventReader;
  readonly #buffers: RowBuffers;
  readonly #maxRows: number;
  readonly #frames: Counter;
  readonly #rows: Counter;
  readonly #lost: Counter;
  /** What the current frame held beside bars. */
  #statuses: StatusEvent[] = [];
  #rejected: Rejected[] = [];
  #lostInFrame = 0;
  #lostSinceDrain = 0;
  // Counters may be shared by feeds of one market; these are of this scanner alone.
  #rowTotal = 0;
  #lostTotal = 0;
  #quarantined = 0;

  constructor(options: FrameScannerOptions) {
    const channels = channelFieldsOf(options.market);
    const tables = [...new Set(channels.map(channel => channel.table))];
    const layouts = channels.map(channel => new ChannelLayout(channel, tables.indexOf(channel.table)));
    const limits = { ...DEFAULT_ROW_BUFFER_LIMITS, ...options.limits };
    this.#options = options;
    this.#draft = new BarDraft(options.calendar);
    this.#reader = new EventReader(layouts, this.#draft);
    this.#unusual = new UnusualEventReader(layouts, this.#draft);
    this.#buffers = new RowBuffers(options.market, tables, limits);
    this.#maxRows = limits.maxRows;
    const labels = { market: options.market };
    this.#frames = options.counters.counter('scanner_frames', labels);
    this.#rows = options.counters.counter('scanner_rows', labels);
    this.#lost = options.counters.counter('scanner_rows_lost', labels);
  }

  /**
   * Adds the bars of a frame to the rows and returns its status events, in their order. The frame is not kept.
   */
  scan(frame: Uint8Array): readonly StatusEvent[] {
    const { receiveClock } = this.#options;
    receiveClock.stamp();
    this.#frame.load(frame);
    const set = this.#buffers.filling;
    const refusal = this.#scanEvents(set);
    if (refusal !== undefined) {
      set.rollBack();
      this.#forget();
      this.#quarantineFrame(refusal);
      return NO_STATUSES;
    }
    const rowCount = set.settle(receiveClock.low, receiveClock.high);
    this.#rowTotal += rowCount;
    this.#rows.add(rowCount);
    this.#frames.add();
    if (this.#lostInFrame > 0) this.#reportLoss();
    if (this.#rejected.length > 0) this.#quarantineEvents();
    return this.#takeStatuses();
  }

  /**
   * The tables that have rows, for encoding; scanning goes on into other buffers. Give them back with `recycle`. While
   * earlier ones are still out the answer is empty and the rows wait, up to the limit, for a later drain.
   */
  drain(): readonly TableRows[] {
    const drained = this.#buffers.drain();
    if (drained.length > 0) this.#lostSinceDrain = 0;
    return drained;
  }

  /** Takes back what `drain` gave; the rows are emptied and filled again. */
  recycle(drained: readonly TableRows[]): void {
    this.#buffers.recycle(drained);
  }

  /** Since the start: rows, rows that found no room, and events and frames that went to the quarantine. */
  get totals(): { readonly rows: number; readonly lostRows: number; readonly quarantined: number } {
    return { rows: this.#rowTotal, lostRows: this.#lostTotal, quarantined: this.#quarantined };
  }

  /** Rows that wait for the next drain. */
  get rowCount(): number {
    return this.#buffers.filling.rowCount;
  }

  /** Reads every event of the frame; the reason where the frame as a whole is refused. */
  #scanEvents(set: RowSet): RejectReason | undefined {
    const { bytes, length } = this.#frame;
    let at = skipSpace(bytes, 0);
    if (bytes[at] !== OPEN_BRACKET) return this.#isJson() ? 'frame-not-array' : 'frame-not-json';
    at = skipSpace(bytes, at + 1);
    if (bytes[at] !== CLOSE_BRACKET) {
      for (;;) {
        at = this.#scanEvent(at, set);
        if (at === UNUSUAL) return 'frame-not-json';
        if (bytes[at] !== COMMA) at = skipSpace(bytes, at);
        if (bytes[at] !== COMMA) break;
        at++;
        if (bytes[at] !== OPEN_BRACE) at = skipSpace(bytes, at);
      }
      if (bytes[at] !== CLOSE_BRACKET) return 'frame-not-json';
    }
    return skipSpace(bytes, at + 1) === length ? undefined : 'frame-not-json';
  }

  /** The position behind the event at `at`; UNUSUAL where it is not JSON. */
  #scanEvent(at: number, set: RowSet): number {
    const end = this.#reader.read(this.#frame, at, set.symbols);
    if (end === UNUSUAL) return this.#scanUnusual(at, set);
    this.#append(this.#reader.channel, set);
    return end;
  }

  #scanUnusual(begin: number, set: RowSet): number {
    const { bytes, length } = this.#frame;
    const end = endOfValue(bytes, begin, length);
    const event = this.#unusual.read(bytes, begin, end, set.symbols);
    switch (event.kind) {
      case 'not-json':
        return UNUSUAL;
      case 'bar':
        this.#append(event.channel, set);
        break;
      case 'status':
        this.#statuses.push(event.status);
        break;
      case 'rejected':
        this.#rejected.push({ ...event, begin, end });
        break;
    }
    return end;
  }

  #append(channel: ChannelLayout, set: RowSet): void {
    const bars = set.bars[channel.table]!;
    if (bars.rows.rowCount < this.#maxRows) bars.append(this.#draft);
    else this.#lostInFrame++;
  }

  #isJson(): boolean {
    try {
      JSON.parse(textOf(this.#frame.bytes, 0, this.#frame.length));
      return true;
    } catch {
      return false;
    }
  }

  #takeStatuses(): readonly StatusEvent[] {
    if (this.#statuses.length === 0) return NO_STATUSES;
    const statuses = this.#statuses;
    this.#statuses = [];
    return statuses;
  }

  #forget(): void {
    this.#statuses = [];
    this.#rejected = [];
    this.#lostInFrame = 0;
  }

  #quarantineFrame(reason: RejectReason): void {
    this.#quarantined++;
    const { bytes, length } = this.#frame;
    const raw = bytes.subarray(0, length);
    this.#options.quarantine.put({
      market: this.#options.market,
      reason,
      detail: undefined,
      channel: undefined,
      raw,
    });
  }

  #quarantineEvents(): void {
    this.#quarantined += this.#rejected.length;
    for (const { reason, detail, channel, begin, end } of this.#rejected) {
      const raw = this.#frame.bytes.subarray(begin, end);
      this.#options.quarantine.put({ market: this.#options.market, reason, detail, channel, raw });
    }
    this.#rejected = [];
  }

  /** Counts rows that found no room; one line of log for each drain that lost some. */
  #reportLoss(): void {
    if (this.#lostSinceDrain === 0) {
      this.#options.logger.error('rows lost: the drain does not keep up and the row buffers are full', {
        market: this.#options.market,
        maxRows: this.#maxRows,
      });
    }
    this.#lost.add(this.#lostInFrame);
    this.#lostTotal += this.#lostInFrame;
    this.#lostSinceDrain += this.#lostInFrame;
    this.#lostInFrame = 0;
  }
}
