import { MultiBar, Presets } from 'cli-progress';
import type { Clock } from '../../base/clock.ts';
import { seconds } from '../../base/durations.ts';
import { messageOf } from '../../base/errors.ts';
import type { BackfillObserver } from '../../historical/observer.ts';
import { RowMeter } from '../../historical/row-meter.ts';
import { isoDateOf } from '../../tables/epoch.ts';

/** How progress is shown: bars on a terminal, lines, or JSON lines for programs. */
export interface Progress extends BackfillObserver {
  /** Takes what is shown off the screen. */
  end(): void;
}

/** Time between two lines of progress where there is no terminal. */
const LINE_EVERY_MS = 5_000;

/** Bars on a terminal: units that are published, and rows that are on their way. */
export function terminalProgress(stderr: NodeJS.WriteStream, total: number, clock: Clock): Progress {
  const bars = new MultiBar(
    {
      stream: stderr,
      format: '{bar} {value}/{total} units | {rows} rows | {rate} rows/s | {left} left | {now}',
      hideCursor: true,
      clearOnComplete: false,
      stopOnComplete: false,
      barsize: 24,
    },
    Presets.shades_grey,
  );
  const bar = bars.create(total, 0, { rows: 0, rate: 0, left: '?', now: '' });
  const meter = new RowMeter(clock);
  let done = 0;
  const show = (now: string) => {
    const remainingMs = meter.remainingMs(done, total);
    const left = remainingMs === undefined ? '?' : seconds(remainingMs);
    bar.update(done, { rows: meter.rows, rate: meter.rate(), left, now });
  };
  return {
    unitStarted: unit => show(unit.id),
    rows(unit, rows) {
      meter.take(unit, rows);
      show(unit.id);
    },
    unitStaged(unit, rows) {
      meter.take(unit, rows);
      show(unit.id);
    },
    unitFailed(unit, error) {
      done++;
      bars.log(`${unit.id}: ${messageOf(error)}\n`);
      show('');
    },
    mergeStarted: group => show(`merging ${group.table} ${group.name}`),
    groupPublished(group, units) {
      done += units;
      show(`published ${group.table} ${group.name}`);
    },
    end: () => bars.stop(),
  };
}

/** A line for each group that is published and each unit that failed, and one now and then in between. */
export function lineProgress(stderr: NodeJS.WritableStream, total: number, clock: Clock): Progress {
  const meter = new RowMeter(clock);
  let done = 0;
  let saidMs = clock.monotonicMs();
  const say = (line: string) => {
    saidMs = clock.monotonicMs();
    stderr.write(`${line}\n`);
  };
  return {
    unitStarted: () => {},
    rows(unit, rows) {
      meter.take(unit, rows);
      if (clock.monotonicMs() - saidMs < LINE_EVERY_MS) return;
      say(`${done} of ${total} units, ${meter.rows} rows, ${meter.rate()} rows/s, now ${unit.id}`);
    },
    unitStaged(unit, rows) {
      meter.take(unit, rows);
      done++;
    },
    unitFailed(unit, error) {
      done++;
      say(`${unit.id}: ${messageOf(error)}`);
    },
    mergeStarted: () => {},
    groupPublished(group, _units, dates) {
      const rows = dates.reduce((sum, merged) => sum + merged.rows, 0);
      say(`published ${group.table} ${group.name}: ${rows} rows in ${dates.length} partitions`);
    },
    end: () => {},
  };
}

/** One JSON object a line. */
export function jsonProgress(stdout: NodeJS.WritableStream): Progress {
  const say = (event: Readonly<Record<string, unknown>>) => stdout.write(`${JSON.stringify(event)}\n`);
  return {
    unitStarted: unit => say({ event: 'started', unit: unit.id }),
    rows: () => {},
    unitStaged: (unit, rows) => say({ event: 'staged', unit: unit.id, rows }),
    unitFailed: (unit, error) =>
      say({
        event: 'failed',
        unit: unit.id,
        code: (error as { code?: unknown }).code,
        message: messageOf(error),
      }),
    mergeStarted: group => say({ event: 'merging', table: group.table, group: group.name }),
    groupPublished: (group, _units, dates) =>
      say({
        event: 'published',
        table: group.table,
        group: group.name,
        dates: dates.map(({ date, ...counts }) => ({
          date: date === undefined ? null : isoDateOf(date),
          ...counts,
        })),
      }),
    end: () => {},
  };
}
