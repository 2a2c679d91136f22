import { ExitCode } from '../../base/exit-codes.ts';
import type { Configuration } from '../../config/schema.ts';
import { eventFiles, readEvents } from '../../massive/quarantined-events.ts';
import { readRefused, refusedFiles } from '../../realtime/refused-files.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import type { CommandContext } from '../command.ts';
import { linesOfTable } from '../format/columns-text.ts';

/** Events of one market that were rejected for one reason. */
interface EventCount {
  readonly market: string;
  readonly reason: string;
  count: number;
  readonly first: string;
  last: string;
}

/** Batches of one table and date that one target refused for one reason. */
interface BatchCount {
  readonly target: string;
  readonly table: string;
  readonly date: string;
  readonly reason: string;
  batches: number;
  rows: number;
}

export interface QuarantineContent {
  readonly events: readonly EventCount[];
  readonly batches: readonly BatchCount[];
  /** Lines and files that cannot be read. */
  readonly damaged: number;
}

/** What is in the quarantine, counted by reason. Rejects with what the system says. */
export async function quarantineContent(configuration: Configuration): Promise<QuarantineContent> {
  const events = new Map<string, EventCount>();
  const batches = new Map<string, BatchCount>();
  let damaged = 0;
  for await (const event of readEvents(await eventFiles(configuration.quarantine.directory))) {
    if (!event) {
      damaged++;
      continue;
    }
    const { market, reason, time } = event;
    const counted = entry(events, [market, reason], { market, reason, count: 0, first: time, last: time });
    counted.count++;
    counted.last = time;
  }
  for (const file of await refusedFiles(configuration.quarantine.directory)) {
    const batch = await readRefused(file);
    if (!batch) {
      damaged++;
      continue;
    }
    const { target, table, reason, rowCount } = batch;
    const date = isoDateOf(batch.tradingDate);
    const empty = { target, table, date, reason, batches: 0, rows: 0 };
    const counted = entry(batches, [target, table, date, reason], empty);
    counted.batches++;
    counted.rows += rowCount;
  }
  return { events: [...events.values()], batches: [...batches.values()], damaged };
}

/** Prints what is in the quarantine. */
export async function listQuarantine(
  configuration: Configuration,
  json: boolean,
  { stdout }: CommandContext,
): Promise<ExitCode> {
  const content = await quarantineContent(configuration);
  if (json) {
    stdout.write(`${JSON.stringify(content)}\n`);
    return ExitCode.ok;
  }
  const { events, batches, damaged } = content;
  const lines = [
    ...linesOfTable(
      ['events', 'market', 'reason', 'first', 'last'],
      events.map(({ count, market, reason, first, last }) => [String(count), market, reason, first, last]),
    ),
    ...linesOfTable(
      ['batches', 'rows', 'target', 'table', 'date', 'reason'],
      batches.map(batch => [
        String(batch.batches),
        String(batch.rows),
        batch.target,
        batch.table,
        batch.date,
        batch.reason,
      ]),
    ),
    ...(damaged > 0 ? [`${damaged} lines or files cannot be read`] : []),
  ];
  if (lines.length === 0) lines.push(`nothing is in the quarantine ${configuration.quarantine.directory}`);
  stdout.write(`${lines.join('\n')}\n`);
  return ExitCode.ok;
}

function entry<Counted>(counts: Map<string, Counted>, parts: readonly string[], empty: Counted): Counted {
  const key = JSON.stringify(parts);
  const counted = counts.get(key) ?? empty;
  counts.set(key, counted);
  return counted;
}
