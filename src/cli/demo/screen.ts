import type { QueryConnection } from '../../kdb/connection/query-connection.ts';
import { countText } from '../format/quantities.ts';
import { tableText } from '../format/table-text.ts';
import { typedCommand } from './child.ts';
import type { FeedPage } from './page.ts';
import type { QProcesses } from './q-processes.ts';
import { countRows } from './tables.ts';

const LATEST_ROWS = 8;

/** What runs where, and what to try. */
export function introduction(
  { tickerplantPort, rdbPort, engine }: QProcesses,
  simulatorUrl: string,
  symbols: number,
  page: FeedPage | undefined,
): string {
  const command = typedCommand();
  return [
    `Simulator     ${symbols} stocks at ${simulatorUrl}/stocks`,
    `Tickerplant   q/tick.q on port ${tickerplantPort} (${engine})`,
    `RDB           q/rdb.q on port ${rdbPort}`,
    'Feed          massive-kdb start, channels A and AM',
    ...(page ? [`Status page   ${page.address}/, its token: cat ${page.tokenFile}`] : []),
    '',
    'Try, in another terminal:',
    `  ${command} query :${rdbPort} "select last close by sym from agg1s"`,
    `  ${command} query :${rdbPort} "select from agg1m where sym=\`AAPL" --csv`,
    `  or, from q:  h:hopen ${rdbPort}; h"meta agg1s"`,
    '',
    'The first bars take a few seconds: a second is sent two seconds after its end.',
    'Ctrl-C ends.',
    '',
  ].join('\n');
}

/** The latest second bars, and how many rows there are. */
export async function showLatest(connection: QueryConnection): Promise<string> {
  const seconds = await countRows(connection, 'agg1s');
  const minutes = await countRows(connection, 'agg1m');
  const latest = await connection.query(
    `select time,sym,open,high,low,close,volume,vwap from agg1s where i>=${Math.max(0, seconds - LATEST_ROWS)}`,
  );
  const counted = `agg1s ${countText(seconds)} rows, agg1m ${countText(minutes)} rows`;
  return `\n${new Date().toLocaleTimeString('en', { hour12: false })}  ${counted}\n${[...tableText(latest)].join('\n')}\n`;
}
