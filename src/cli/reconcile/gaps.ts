import type { Logger } from '../../base/logger.ts';
import type { DayComparison } from '../../historical/reconcile/reconcile-day.ts';
import type { GapVerdict } from '../../historical/reconcile/report.ts';
import { findChannel } from '../../massive/channels.ts';
import type { Gap } from '../../realtime/gaps/gap.ts';
import type { Market } from '../../tables/markets.ts';
import { feedsWithGaps, gapPlace } from '../gaps/places.ts';

/**
 * Holds the gaps of a date against its file: those in which the database lacks no minute bar of it become verified, at the
 * daemon that runs, or in the book of gaps where none does. A gap of bars of a second that REST did not fill stays as it
 * is: there is no file of those.
 *
 * @throws GapBookError, ControlError
 */
export async function verifyGaps(
  market: Market,
  comparison: DayComparison,
  stateDirectory: string,
  logger: Logger,
): Promise<GapVerdict[]> {
  const { session, databaseMissing } = comparison;
  const verdicts: GapVerdict[] = [];
  for (const name of feedsWithGaps(stateDirectory)) {
    if (name !== market && !name.startsWith(`${market}-`)) continue;
    const place = await gapPlace(stateDirectory, name, logger);
    for (const gap of await place.list()) {
      const { id, beginMs, endMs } = gap;
      if (endMs === undefined || beginMs < session.beginMs || endMs > session.endMs) continue;
      const missing = session.sumBetween(databaseMissing, beginMs, endMs);
      const { state } = missing === 0 && isVerifiable(gap, market) ? await place.verify(id) : gap;
      const [begin, end] = [new Date(beginMs).toISOString(), new Date(endMs).toISOString()];
      verdicts.push({ id, begin, end, state: state.name, missing });
    }
  }
  return verdicts;
}

/** Whether the file of minutes can say that nothing of a gap is left to be brought. */
function isVerifiable({ state, channels }: Gap, market: Market): boolean {
  const tables = channels.map(name => findChannel(market, name)?.table);
  if (!tables.includes('agg1m')) return false;
  switch (state.name) {
    case 'filled':
      return true;
    case 'open':
    case 'deferred':
    case 'unfillable':
      return tables.every(table => table === 'agg1m');
    default:
      return false;
  }
}
