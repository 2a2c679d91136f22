import type { Timer } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import type { Batch, BatchSource } from '../../src/kdb/batch.ts';
import {
  DEFAULT_PUBLISHER_LIMITS,
  DEFAULT_PUBLISHER_TIMING,
  type PublisherListener,
  type PublisherOptions,
} from '../../src/kdb/publisher/options.ts';
import { Publisher } from '../../src/kdb/publisher/publisher.ts';
import type { PublisherState } from '../../src/kdb/publisher/state.ts';
import { encodeColumns } from '../../src/kdb/tables/encode-columns.ts';
import type { TickerplantCalendar } from '../../src/kdb/tickerplant/calendar-check.ts';
import { AGGREGATE_TABLES } from '../../src/tables/definitions.ts';
import { SymbolTable } from '../../src/tables/symbol-table.ts';
import { TableRows } from '../../src/tables/table-rows.ts';
import { FakeTickerplant, type Update } from './fake-tickerplant.ts';
import { ManualClock, settled } from './manual-clock.ts';
import { RecordingLogger } from './recording-logger.ts';
import type { Watch } from './watch.ts';

/** The date of the manual clock's first moment in New York: 2026-10-02. */
export const TODAY = 9771;

/** One row of `agg1s` whose symbol says which batch it is. */
export function batchOf(sequence: number, changes: Partial<Batch> = {}): Batch {
  const rows = new TableRows(AGGREGATE_TABLES.agg1s, new SymbolTable(), 1);
  const sym = rows.column('sym');
  if (sym.type === 'symbol') sym.ids[0] = rows.symbols.internText(`S${sequence}`);
  rows.rowCount = 1;
  return {
    sequence,
    table: 'agg1s',
    tradingDate: TODAY,
    rowCount: 1,
    columns: encodeColumns(rows, { begin: 0, end: 1 }, 'kdb-tick'),
    drainedMs: 0,
    windowEndMs: undefined,
    ...changes,
  };
}

/** The sequence of a batch that `batchOf` made, as a tickerplant got it. */
export function sequenceOf({ columns }: Update): number {
  if (columns.kind !== 'list') throw new Error('columns are not a list');
  const sym = columns.items[1]!;
  if (sym.kind !== 'vector' || sym.type !== 'symbol') throw new Error('the second column is not sym');
  return Number(sym.values[0]!.slice(1));
}

/** A source that keeps account of every batch. */
export class AccountingSource implements BatchSource {
  readonly numberedBy = 'stocks.test';
  fetching = false;
  waiting: Batch[] = [];
  readonly acknowledgedSequences: number[] = [];
  readonly unverifiedSequences: number[] = [];
  readonly leftOutSequences: number[] = [];
  readonly refusedBatches: [sequence: number, reason: string][] = [];
  readonly rewoundSequences: number[][] = [];
  readonly #taken = new Set<Batch>();
  readonly #watch: Watch;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  get takenCount(): number {
    return this.#taken.size;
  }

  take(tickerplantDate: number): Batch | undefined {
    const at = this.waiting.findIndex(batch => batch.tradingDate === tickerplantDate);
    if (at < 0) return undefined;
    const [batch] = this.waiting.splice(at, 1);
    this.#taken.add(batch!);
    return batch;
  }

  rewind(batches: readonly Batch[]): void {
    for (const batch of batches) this.#giveBack(batch);
    this.rewoundSequences.push(batches.map(({ sequence }) => sequence));
    this.waiting = [...batches, ...this.waiting];
  }

  acknowledged(batch: Batch): void {
    this.#giveBack(batch);
    this.acknowledgedSequences.push(batch.sequence);
  }

  sentUnverified(batch: Batch): void {
    this.#giveBack(batch);
    this.unverifiedSequences.push(batch.sequence);
  }

  refused(batch: Batch, reason: string): void {
    this.#giveBack(batch);
    this.refusedBatches.push([batch.sequence, reason]);
  }

  leftOut(batch: Batch): void {
    this.#giveBack(batch);
    this.leftOutSequences.push(batch.sequence);
  }

  #giveBack(batch: Batch): void {
    if (!this.#taken.delete(batch)) throw new Error(`batch ${batch.sequence} was given back twice`);
    this.#watch.changed();
  }
}

const FOUR_HOURS_MS = 4 * 3_600_000;

/** New York in summer. */
export const calendar: TickerplantCalendar = {
  expectedDate: nowMs => Math.floor((nowMs - FOUR_HOURS_MS - Date.UTC(2000, 0, 1)) / 86_400_000),
  expectedOffsetMs: () => -FOUR_HOURS_MS,
  timeZone: 'America/New_York',
};

/** A manual clock that counts how often it was asked to wait for the next reading of the date. */
class DateTimerClock extends ManualClock {
  dateTimers = 0;
  readonly #watch: Watch;

  constructor(watch: Watch) {
    super();
    this.#watch = watch;
  }

  override after(delayMs: number, action: () => void): Timer {
    if (delayMs === DEFAULT_PUBLISHER_TIMING.dateIntervalMs) this.dateTimers++;
    this.#watch.changed();
    return super.after(delayMs, action);
  }
}

/** A publisher between an accounting source and a fake tickerplant, on a manual clock. */
export class PublisherHarness implements PublisherListener {
  readonly tickerplant: FakeTickerplant;
  readonly watch: Watch;
  readonly clock: DateTimerClock;
  readonly counters = memoryCounters();
  readonly logger = new RecordingLogger();
  readonly source: AccountingSource;
  readonly publisher: Publisher;
  readonly states: PublisherState[] = [];
  readonly dates: number[] = [];
  readonly ackMs: number[] = [];

  static async start(
    changes: Partial<PublisherOptions> = {},
    prepare: (tickerplant: FakeTickerplant) => void = () => {},
    tickerplantOptions: Parameters<typeof FakeTickerplant.listen>[2] = {},
  ): Promise<PublisherHarness> {
    const tables = changes.tables ?? [AGGREGATE_TABLES.agg1s];
    const tickerplant = await FakeTickerplant.listen(tables, changes.convention, tickerplantOptions);
    prepare(tickerplant);
    const harness = new PublisherHarness(tickerplant, { ...changes, tables });
    harness.publisher.start();
    return harness;
  }

  /** One that publishes already. */
  static async publishing(
    changes: Partial<PublisherOptions> = {},
    prepare?: (tickerplant: FakeTickerplant) => void,
  ): Promise<PublisherHarness> {
    const harness = await PublisherHarness.start(changes, prepare);
    await harness.reached('publishing');
    return harness;
  }

  private constructor(tickerplant: FakeTickerplant, changes: Partial<PublisherOptions>) {
    this.tickerplant = tickerplant;
    this.watch = tickerplant.server.watch;
    this.source = new AccountingSource(this.watch);
    this.clock = new DateTimerClock(this.watch);
    const { clock, counters, logger } = this;
    this.publisher = new Publisher(
      {
        target: tickerplant.server.target(),
        convention: 'kdb-tick',
        tables: [],
        optionalTables: [],
        source: this.source,
        mode: 'sync',
        allowUnlogged: false,
        failFast: false,
        limits: DEFAULT_PUBLISHER_LIMITS,
        timing: DEFAULT_PUBLISHER_TIMING,
        ...changes,
      },
      { clock, random: () => 0, counters, logger, calendar, listener: this },
    );
  }

  stateChanged(state: PublisherState): void {
    this.states.push(state);
    this.watch.changed();
  }

  dateChanged(date: number): void {
    this.dates.push(date);
    this.watch.changed();
  }

  acknowledged(_batch: Batch, ackMs: number): void {
    this.ackMs.push(ackMs);
  }

  get stateNames(): string[] {
    return this.states.map(({ name }) => name);
  }

  /** Resolves when the publisher is in this state. */
  async reached<Name extends PublisherState['name']>(
    name: Name,
  ): Promise<PublisherState & { readonly name: Name }> {
    await this.watch.until(() => this.publisher.state.name === name);
    return this.publisher.state as PublisherState & { readonly name: Name };
  }

  /** Lets the source have these batches, and the publisher know. */
  offer(...batches: Batch[]): void {
    this.source.waiting.push(...batches);
    this.publisher.wake();
  }

  /** Resolves when everything sent has been answered, whatever the answers were. */
  async answered(): Promise<void> {
    while (this.publisher.inFlight.batches > 0) await settled();
  }

  /** Lets the tickerplant's date be read once more, and waits until it has been. */
  async readDate(): Promise<void> {
    const before = this.clock.dateTimers;
    await this.clock.advance(DEFAULT_PUBLISHER_TIMING.dateIntervalMs);
    await this.watch.until(() => this.clock.dateTimers > before);
  }

  /** Moves the clock to where the publisher tries again. */
  async retry(): Promise<void> {
    const { state } = this.publisher;
    if (state.name !== 'holding' && state.name !== 'backing-off')
      throw new Error(`nothing to retry in ${state.name}`);
    await this.clock.advance(state.retryAtMs - this.clock.monotonicMs());
  }

  async close(): Promise<void> {
    const stopped = this.publisher.stop(0);
    await this.clock.advance(0);
    await stopped;
    await this.tickerplant.server.close();
  }
}
