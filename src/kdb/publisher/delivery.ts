import type { DateDays } from '../../tables/epoch.ts';
import type { Batch } from '../batch.ts';
import type { IpcConnection } from '../connection/ipc-connection.ts';
import { QError } from '../errors.ts';
import { targetName } from '../target.ts';
import type { Inspection } from '../tickerplant/inspection.ts';
import { BatchCalls, type CallForm, DEFAULT_FUNCTION } from './batch-call.ts';
import { type Exchange, InFlight } from './in-flight.ts';
import type { PublisherOptions, PublisherParts } from './options.ts';
import { BatchSender } from './sender.ts';
import { holdReasonOf, isAboutBatch } from './signal.ts';
import type { HoldReason } from './state.ts';

/** A batch that does not fit happens; several in a row are the tickerplant's doing. */
const REFUSALS_TO_BREAK = 3;

export interface DeliveryListener {
  /** A batch is settled: acknowledged, or sent unverified. */
  settled(batch: Batch): void;
  /** Something was answered, or the connection takes more again. */
  answered(): void;
  /** Nothing should be sent for a while; kept batches go first when it goes on. */
  hold(reason: HoldReason, detail: string): void;
}

/**
 * Batches on their way over one connection after the other. Each batch taken is given back exactly once:
 * acknowledged, sent unverified, refused, or rewound.
 */
export class Delivery {
  readonly #options: PublisherOptions;
  readonly #parts: PublisherParts;
  readonly #listener: DeliveryListener;
  readonly #labels: { readonly tickerplant: string };
  readonly #inFlight = new InFlight();
  #connection: IpcConnection | undefined;
  #sender: BatchSender | undefined;
  #absentTables: ReadonlySet<string> = new Set();
  #refusalsInRow = 0;
  #breakerOpen = false;
  /** One batch at a time, until one has been answered. */
  #probing = false;

  constructor(options: PublisherOptions, parts: PublisherParts, listener: DeliveryListener) {
    this.#options = options;
    this.#parts = parts;
    this.#listener = listener;
    this.#labels = { tickerplant: targetName(options.target) };
  }

  /** Batches without an answer. */
  get batchCount(): number {
    return this.#inFlight.batchCount;
  }

  /** Bytes of their columns. */
  get byteCount(): number {
    return this.#inFlight.byteCount;
  }

  /** Sends over this connection from now on. */
  attach(connection: IpcConnection): void {
    this.#connection = connection;
    this.#probing = this.#breakerOpen;
  }

  /** Sends in the form that suits this tickerplant, and what it has tables for. */
  suit({ isNumbering, absentTables }: Inspection): void {
    const { mode, tables, optionalTables } = this.#options;
    const calls = new BatchCalls(this.#formFor(isNumbering), [...tables, ...optionalTables]);
    this.#sender = new BatchSender(this.#connection!, mode, calls);
    this.#absentTables = new Set(absentTables);
  }

  #formFor(isNumbering: boolean): CallForm {
    const { source, convention, functionName = DEFAULT_FUNCTION } = this.#options;
    if (isNumbering) return { kind: 'numbered', numberedBy: source.numberedBy };
    return { kind: 'plain', functionName, convention };
  }

  /** The connection is no more: what it has not answered goes back to the source, and is returned. */
  detach(): readonly Batch[] {
    this.#connection = undefined;
    this.#sender = undefined;
    const unanswered = this.#inFlight.takeAll();
    this.#rewind(unanswered);
    return unanswered;
  }

  /** After a hold: what was kept goes first, and one batch alone shows whether the tickerplant takes it now. */
  probe(): void {
    this.#probing = true;
    this.#rewind(this.#inFlight.takeKept());
  }

  /**
   * Sends as much as the source has for the tickerplant's date and as may be on its way. Returns whether
   * everything has been sent and answered.
   */
  pump(date: DateDays): boolean {
    while (this.#hasRoom()) {
      const batches = this.#take(date);
      if (batches.length === 0) return this.#inFlight.empty;
      this.#send(batches);
    }
    return false;
  }

  #hasRoom(): boolean {
    const { inFlightBatches, inFlightBytes } = this.#options.limits;
    return (
      this.#connection?.writable === true &&
      this.batchCount < (this.#probing ? 1 : inFlightBatches) &&
      this.byteCount < inFlightBytes
    );
  }

  /** The batches that are answered together: one, or, before one chaser, a quarter of what may be on its way. */
  #take(date: DateDays): Batch[] {
    const { mode, limits, source } = this.#options;
    const most = mode === 'async+chaser' && !this.#probing ? Math.ceil(limits.inFlightBatches / 4) : 1;
    const batches: Batch[] = [];
    while (batches.length < most) {
      const batch = source.take(date);
      if (!batch) break;
      if (this.#absentTables.has(batch.table)) source.leftOut(batch);
      else batches.push(batch);
    }
    return batches;
  }

  #send(batches: readonly Batch[]): void {
    const connection = this.#connection;
    const exchange = this.#inFlight.add(batches, this.#parts.clock.monotonicMs());
    this.#count('kdb_batches_sent', batches.length);
    this.#sender!.send(batches).then(
      // What a connection leaves unanswered when it ends has been rewound by then.
      seenBefore => connection === this.#connection && this.#answered(exchange, seenBefore),
      error => connection === this.#connection && this.#refused(exchange, error),
    );
  }

  #answered(exchange: Exchange, seenBefore: number): void {
    this.#inFlight.remove(exchange);
    if (seenBefore > 0) this.#count('kdb_batches_seen_before', seenBefore);
    this.#refusalsInRow = 0;
    if (this.#probing) {
      this.#probing = false;
      this.#breakerOpen = false;
    }
    // A batch from before these is sent again: so are these, or an older version of a bar would come last.
    if (this.#inFlight.hasKept) this.#inFlight.keep(exchange.batches);
    else for (const batch of exchange.batches) this.#settle(batch, exchange.sentMs);
    this.#listener.answered();
  }

  #settle(batch: Batch, sentMs: number): void {
    const { source, mode } = this.#options;
    this.#listener.settled(batch);
    if (mode === 'async-unverified') {
      this.#count('kdb_rows_unverified', batch.rowCount);
      source.sentUnverified(batch);
      return;
    }
    this.#count('kdb_rows_acknowledged', batch.rowCount);
    source.acknowledged(batch);
    this.#parts.listener.acknowledged?.(batch, this.#parts.clock.monotonicMs() - sentMs);
  }

  #refused(exchange: Exchange, error: unknown): void {
    if (!(error instanceof QError)) throw error;
    this.#inFlight.remove(exchange);
    const [batch] = exchange.batches;
    // A chaser's error is not about any batch.
    const aboutBatch = this.#options.mode === 'sync' && isAboutBatch(error.signal, batch!);
    if (aboutBatch && !this.#breakerOpen) {
      this.#quarantine(batch!, error);
    } else {
      this.#inFlight.keep(exchange.batches);
      this.#listener.hold(this.#breakerOpen ? 'breaker' : holdReasonOf(error.signal), `'${error.signal}`);
    }
    this.#listener.answered();
  }

  #quarantine(batch: Batch, error: QError): void {
    this.#count('kdb_rows_refused', batch.rowCount);
    this.#parts.logger.error(
      `the tickerplant refused ${batch.rowCount} rows of ${batch.table}: '${error.signal}`,
      { ...this.#labels, sequence: batch.sequence },
    );
    this.#options.source.refused(batch, error.message);
    this.#refusalsInRow++;
    if (this.#refusalsInRow < REFUSALS_TO_BREAK) return;
    this.#breakerOpen = true;
    this.#listener.hold(
      'breaker',
      `${this.#refusalsInRow} batches refused in a row, the last with '${error.signal}`,
    );
  }

  #rewind(batches: readonly Batch[]): void {
    if (batches.length > 0) this.#options.source.rewind(batches);
  }

  #count(name: string, count: number): void {
    this.#parts.counters.counter(name, this.#labels).add(count);
  }
}
