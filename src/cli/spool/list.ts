import { join } from 'node:path';
import { ExitCode } from '../../base/exit-codes.ts';
import type { Segment } from '../../realtime/spool/segment.ts';
import { viewSpool, waitingRows } from '../../realtime/spool/view.ts';
import { isoDateOf } from '../../tables/epoch.ts';
import type { CommandContext } from '../command.ts';
import { linesOfTable } from '../format/columns-text.ts';
import { daemonOf, namesOf, type SpoolPlace } from './places.ts';

interface SegmentSummary {
  readonly file: string;
  readonly bytes: number;
  readonly records: number;
  readonly rows: number;
  readonly firstSequence: number | null;
  readonly lastSequence: number | null;
  readonly dates: readonly string[];
  readonly drainedFrom: string | null;
  readonly drainedTo: string | null;
}

interface SpoolSummary {
  readonly name: string;
  readonly directory: string;
  readonly source: string | null;
  /** The daemon that has it. */
  readonly pid: number | null;
  readonly bytes: number;
  readonly damagedBytes: number;
  readonly segments: readonly SegmentSummary[];
  readonly targets: readonly {
    readonly name: string;
    readonly position: number;
    readonly waitingRows: number;
  }[];
}

/** Prints what spools hold. Throws SpoolError, UsageError. */
export async function listSpools(
  place: SpoolPlace,
  given: string | undefined,
  json: boolean,
  { stdout }: CommandContext,
): Promise<ExitCode> {
  const spools: SpoolSummary[] = [];
  for (const name of await namesOf(place, given)) spools.push(await summaryOf(place, name));
  if (json) stdout.write(`${JSON.stringify(spools)}\n`);
  else if (spools.length === 0) stdout.write(`there is no spool in ${place.root}\n`);
  else stdout.write(`${spools.map(spool => linesOf(spool).join('\n')).join('\n\n')}\n`);
  return ExitCode.ok;
}

async function summaryOf(place: SpoolPlace, name: string): Promise<SpoolSummary> {
  const directory = join(place.root, name);
  const view = await viewSpool(place.files, directory);
  const targets = [];
  for (const [target, position] of Object.entries(view.positions)) {
    targets.push({ name: target, position, waitingRows: await waitingRows(view, position, place.files) });
  }
  return {
    name,
    directory,
    source: view.source ?? null,
    pid: (await daemonOf(place, name)) ?? null,
    bytes: view.segments.reduce((sum, { fileBytes }) => sum + fileBytes, 0),
    damagedBytes: view.damagedBytes,
    segments: view.segments.map(segmentSummaryOf),
    targets,
  };
}

function segmentSummaryOf(segment: Segment): SegmentSummary {
  const { path, fileBytes, records, rows, first, last, dates } = segment;
  const isEmpty = first === undefined;
  return {
    file: path,
    bytes: fileBytes,
    records,
    rows,
    firstSequence: first ?? null,
    lastSequence: isEmpty ? null : last,
    dates: [...dates].sort((a, b) => a - b).map(isoDateOf),
    drainedFrom: isEmpty ? null : new Date(segment.firstDrainedMs).toISOString(),
    drainedTo: isEmpty ? null : new Date(segment.lastDrainedMs).toISOString(),
  };
}

function linesOf(spool: SpoolSummary): string[] {
  const { name, source, pid, segments, bytes, damagedBytes, targets } = spool;
  const state = pid === null ? 'no daemon has it' : `process ${pid} has it`;
  const damage = damagedBytes === 0 ? '' : `, ${damagedBytes} bytes are no record`;
  return [
    `${name}: ${segments.length} segments, ${bytes} bytes${damage}, source ${source ?? 'unknown'}, ${state}`,
    ...linesOfTable(
      ['segment', 'bytes', 'records', 'rows', 'sequences', 'trading dates', 'drained'],
      segments.map(segment => [
        segment.file.slice(segment.file.lastIndexOf('/') + 1),
        String(segment.bytes),
        String(segment.records),
        String(segment.rows),
        segment.firstSequence === null ? '' : `${segment.firstSequence} to ${segment.lastSequence}`,
        segment.dates.join(' '),
        segment.drainedFrom === null ? '' : `${segment.drainedFrom} to ${segment.drainedTo}`,
      ]),
    ),
    ...linesOfTable(
      ['target', 'acknowledged up to', 'rows that wait'],
      targets.map(target => [target.name, String(target.position), String(target.waitingRows)]),
    ),
  ];
}
