import { unlink } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import type { ExitCode } from '../../base/exit-codes.ts';
import type { Configuration } from '../../config/schema.ts';
import { systemSources } from '../../config/system-sources.ts';
import type { Batch } from '../../kdb/batch.ts';
import { eventFiles, readEvents } from '../../massive/quarantined-events.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import { readRefused, refusedFiles } from '../../realtime/refused-files.ts';
import type { ReplayOutcome } from '../../realtime/replay.ts';
import type { DateDays } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import type { CommandContext } from '../command.ts';
import { tellOutcome } from '../replay/outcome.ts';
import { sendAgain } from '../replay/send.ts';
import { type GivenTarget, type ReplayTarget, replayTarget } from '../replay/target.ts';
import { eventBatches, type RescanCounts } from './events.ts';

/**
 * Sends refused batches again, and what of the events is a bar for the scanner of this release. A batch that is taken
 * leaves the quarantine; events stay, a bar that comes twice replaces itself.
 *
 * @throws UsageError, SecretError, KdbError, and what the system says
 */
export async function replayQuarantine(
  request: GivenTarget & { readonly json: boolean },
  configuration: Configuration,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  const target = replayTarget(configuration, request, systemSources);
  if (target.password) logger.hide(target.password);
  const counts: RescanCounts = { stillRejected: 0, notKept: 0, bars: 0 };
  const parts = { logger, context, target };
  const outcomes: ReplayOutcome[] = [];
  for (const [market, files] of await refusedByMarket(configuration)) {
    const taken = new Map<number, string>();
    outcomes.push(
      await send(refusedBatches(files, taken), market, parts, batch => unlink(taken.get(batch.sequence)!)),
    );
  }
  for (const market of await marketsOfEvents(configuration)) {
    outcomes.push(await send(eventBatches(configuration, market, logger, counts), market, parts));
  }
  if (!request.json) {
    context.stdout.write(
      `${counts.bars} events are bars now, ${counts.stillRejected} are still none, ${counts.notKept} were not kept whole or came in files\n`,
    );
  }
  return tellOutcome(outcomes.reduce(sumOf, NOTHING), target.name, request.json, context);
}

const NOTHING: ReplayOutcome = {
  delivered: 0,
  refused: 0,
  otherDates: new Map(),
  withoutTable: 0,
  complete: true,
};

/** The files of refused batches by the market that they are of. */
async function refusedByMarket({ quarantine }: Configuration): Promise<ReadonlyMap<Market, string[]>> {
  const files = new Map<Market, string[]>();
  for (const file of await refusedFiles(quarantine.directory)) {
    const batch = await readRefused(file);
    if (batch) files.set(batch.market, [...(files.get(batch.market) ?? []), file]);
  }
  return files;
}

async function marketsOfEvents({ quarantine }: Configuration): Promise<ReadonlySet<Market>> {
  const markets = new Set<Market>();
  for await (const event of readEvents(await eventFiles(quarantine.directory))) {
    if (event) markets.add(event.market);
  }
  return markets;
}

interface SendParts {
  readonly logger: ProcessLogger;
  readonly context: CommandContext;
  readonly target: ReplayTarget;
}

/** Each replay has a name of its own: the batches are numbered anew. */
async function send(
  batches: AsyncIterable<Batch>,
  market: Market,
  { logger, context, target }: SendParts,
  taken?: (batch: Batch) => Promise<void>,
): Promise<ReplayOutcome> {
  const removals: Promise<void>[] = [];
  const outcome = await sendAgain(batches, {
    numberedBy: `quarantine.${Math.round(systemClock.wallMs())}.${process.pid}`,
    market,
    target,
    logger,
    stop: context.stop,
    listener: { acknowledged: batch => taken && removals.push(taken(batch)) },
  });
  await Promise.all(removals);
  return outcome;
}

/** The batches in files, numbered; `files` by number are told in `taken`. */
async function* refusedBatches(files: readonly string[], taken: Map<number, string>): AsyncGenerator<Batch> {
  let sequence = 0;
  for (const file of files) {
    const batch = await readRefused(file);
    if (!batch) continue;
    const { table, tradingDate, rowCount, columns } = batch;
    taken.set(++sequence, file);
    yield {
      sequence,
      table,
      tradingDate,
      rowCount,
      columns,
      drainedMs: systemClock.wallMs(),
      windowEndMs: undefined,
    };
  }
}

function sumOf(left: ReplayOutcome, right: ReplayOutcome): ReplayOutcome {
  const otherDates = new Map<DateDays, number>(left.otherDates);
  for (const [date, rows] of right.otherDates) otherDates.set(date, (otherDates.get(date) ?? 0) + rows);
  return {
    delivered: left.delivered + right.delivered,
    refused: left.refused + right.refused,
    otherDates,
    withoutTable: left.withoutTable + right.withoutTable,
    complete: left.complete && right.complete,
  };
}
