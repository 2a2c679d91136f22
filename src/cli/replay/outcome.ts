import { ExitCode } from '../../base/exit-codes.ts';
import type { ReplayOutcome } from '../../realtime/replay.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import type { CommandContext } from '../command.ts';

/** Prints what became of a replay, and returns what the command ends with. */
export function tellOutcome(
  outcome: ReplayOutcome,
  target: string,
  json: boolean,
  { stdout, stop }: CommandContext,
): ExitCode {
  const { delivered, refused, otherDates, withoutTable, complete } = outcome;
  const dates = [...otherDates].sort(([left], [right]) => left - right);
  if (json) {
    const byDate = Object.fromEntries(dates.map(([date, rows]) => [isoDateOf(date), rows]));
    stdout.write(
      `${JSON.stringify({ target, delivered, refused, otherDates: byDate, withoutTable, complete })}\n`,
    );
  } else {
    stdout.write(`${delivered} rows delivered to ${target}\n`);
    if (refused > 0) stdout.write(`${refused} rows refused by it\n`);
    for (const [date, rows] of dates) {
      stdout.write(
        `${rows} rows of ${isoDateOf(date)} left out: it is not at that date, and would file them wrongly\n`,
      );
    }
    if (withoutTable > 0) stdout.write(`${withoutTable} rows left out: it has no table for them\n`);
    if (!complete) stdout.write('stopped before everything was sent\n');
  }
  if (stop.aborted) return ExitCode.interrupted;
  return complete && refused === 0 && dates.length === 0 && withoutTable === 0
    ? ExitCode.ok
    : ExitCode.failed;
}
