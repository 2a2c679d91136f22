import { join } from 'node:path';
import type { ExitCode } from '../../base/exit-codes.ts';
import type { Configuration } from '../../config/schema.ts';
import { systemSources } from '../../config/system-sources.ts';
import type { ProcessLogger } from '../../ops/logger.ts';
import { recordsDrained, viewSpool } from '../../realtime/spool/view.ts';
import { MARKETS } from '../../tables/markets.ts';
import { type CommandContext, UsageError } from '../command.ts';
import { tellOutcome } from '../replay/outcome.ts';
import { sendAgain } from '../replay/send.ts';
import { type GivenTarget, replayTarget } from '../replay/target.ts';
import { nameOf, type SpoolPlace } from './places.ts';

export interface SpoolReplayRequest extends GivenTarget {
  readonly name: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly json: boolean;
}

/**
 * Sends kept records again. It reads only: the daemon may go on, and no position changes. A tickerplant of ours that has
 * a record already takes it no second time.
 *
 * @throws UsageError, SpoolError, SecretError, KdbError
 */
export async function replaySpool(
  place: SpoolPlace,
  request: SpoolReplayRequest,
  configuration: Configuration,
  logger: ProcessLogger,
  context: CommandContext,
): Promise<ExitCode> {
  if (request.since === undefined)
    throw new UsageError('replay needs --since', 'Give a time: --since 2026-10-02T13:30Z.');
  const sinceMs = timeOf('--since', request.since);
  const untilMs = request.until === undefined ? Number.POSITIVE_INFINITY : timeOf('--until', request.until);
  if (untilMs <= sinceMs) throw new UsageError('--until is not after --since', 'Give a later time.');
  const target = replayTarget(configuration, request, systemSources);
  if (target.password) logger.hide(target.password);
  const name = await nameOf(place, request.name);
  const market = MARKETS.find(known => name.startsWith(known));
  if (!market) throw new UsageError(`${name} is not the spool of a market`, 'See massive-kdb spool list.');
  const view = await viewSpool(place.files, join(place.root, name));
  const damage = {
    skipped: async ({ segment, begin, end }: { segment: { path: string }; begin: number; end: number }) => {
      logger.warn(`${end - begin} bytes at ${segment.path}:${begin} are no record and were skipped`);
      return false;
    },
  };
  const outcome = await sendAgain(recordsDrained(view, sinceMs, untilMs, place.files, damage), {
    numberedBy: view.source ?? `${market}.replay`,
    market,
    target,
    logger,
    stop: context.stop,
  });
  return tellOutcome(outcome, target.name, request.json, context);
}

/** A time as ISO 8601 has it; in UTC unless it names a zone. */
export function timeOf(flag: string, text: string): number {
  const isoForm = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  const zoned = isoForm && text.includes('T') && !isoForm.groups?.['zone'] ? `${text}Z` : text;
  const ms = isoForm ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new UsageError(`${flag} is not a time`, `Give it as ISO 8601 has it: ${flag} 2026-10-02T13:30Z.`);
  }
  return ms;
}
