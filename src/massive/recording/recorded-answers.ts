import { dateDaysOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { BarBlock } from '../bars/bar-block.ts';
import {
  type BarFields,
  CUSTOM_BAR_FIELDS,
  FUTURES_BAR_FIELDS,
  GROUPED_BAR_FIELDS,
} from '../rest/bar-fields.ts';
import { BarReader } from '../rest/bar-reader.ts';
import { isObject, parseJson } from '../rest/json.ts';
import { Rejection } from '../scanner/rejection.ts';
import { ObjectProfile, type Seen, see } from './profile.ts';
import type { RecordedAnswer } from './recording.ts';

/** An endpoint, how its addresses begin, and what its rows are read as. */
interface Endpoint {
  readonly name: string;
  readonly path: RegExp;
  readonly bars?: BarFields;
  /** What a row is nothing without. */
  readonly needed: readonly string[];
}

const ENDPOINTS: readonly Endpoint[] = [
  { name: 'bars', path: /^\/v2\/aggs\/ticker\/[^/]+\/range\//, bars: CUSTOM_BAR_FIELDS, needed: ['t'] },
  { name: 'day bars of all', path: /^\/v2\/aggs\/grouped\//, bars: GROUPED_BAR_FIELDS, needed: ['T'] },
  { name: 'bars', path: /^\/futures\/v1\/aggs\//, bars: FUTURES_BAR_FIELDS, needed: ['window_start'] },
  { name: 'splits', path: /\/splits\b/, needed: ['ticker', 'execution_date', 'split_from', 'split_to'] },
  { name: 'dividends', path: /\/dividends\b/, needed: ['ticker', 'ex_dividend_date', 'cash_amount'] },
  { name: 'symbols', path: /^\/v3\/reference\/(tickers|options\/contracts)\b/, needed: ['ticker'] },
  { name: 'market status', path: /^\/v1\/marketstatus\/now/, needed: [] },
  { name: 'holidays to come', path: /^\/v1\/marketstatus\/upcoming/, needed: ['exchange', 'date', 'status'] },
];

/** Its rows count for nothing more: one block is as good as another. */
const BLOCK_ROWS = 64;

/** What the recorded answers of one endpoint show. */
export interface AnswersProfile {
  readonly read: ReadonlyMap<string, 'needed' | 'optional'>;
  answers: number;
  readonly statusCodes: Map<number, Seen>;
  /** What field `status` of the bodies says. */
  readonly statuses: Map<string, Seen>;
  readonly bodies: ObjectProfile;
  readonly rows: ObjectProfile;
  /** Bodies that are no JSON, and rows that the reader refuses, by reason. */
  readonly rejected: Map<string, Seen>;
}

/** What the answers of each endpoint have in common, and what its reader makes of their rows. */
export function answersProfiles(
  answers: readonly RecordedAnswer[],
  market: Market,
): Map<string, AnswersProfile> {
  const profiles = new Map<string, AnswersProfile>();
  for (const answer of answers) {
    const endpoint = ENDPOINTS.find(({ path }) => path.test(answer.request));
    if (!endpoint) continue;
    let profile = profiles.get(endpoint.name);
    if (!profile) {
      profile = emptyProfile(endpoint);
      profiles.set(endpoint.name, profile);
    }
    addAnswer(profile, endpoint, answer, market);
  }
  return profiles;
}

function emptyProfile({ needed, bars }: Endpoint): AnswersProfile {
  const optional = bars ? [...bars.decimals.map(([, field]) => field), bars.trades] : [];
  return {
    read: new Map([
      ...optional.map(field => [field, 'optional'] as const),
      ...needed.map(field => [field, 'needed'] as const),
    ]),
    answers: 0,
    statusCodes: new Map(),
    statuses: new Map(),
    bodies: new ObjectProfile(),
    rows: new ObjectProfile(),
    rejected: new Map(),
  };
}

function addAnswer(
  profile: AnswersProfile,
  endpoint: Endpoint,
  answer: RecordedAnswer,
  market: Market,
): void {
  profile.answers++;
  see(profile.statusCodes, answer.statusCode, `${answer.request}: ${answer.body}`);
  if (answer.statusCode !== 200) return;
  const body = bodyOf(answer);
  if (body === undefined) {
    see(profile.rejected, 'the body is not JSON', `${answer.request}: ${answer.body}`);
    return;
  }
  const rows = isObject(body) ? body['results'] : body;
  if (isObject(body)) {
    profile.bodies.add(body);
    if (typeof body['status'] === 'string') see(profile.statuses, body['status'], body);
  }
  if (!Array.isArray(rows)) return;
  const reader = endpoint.bars && barReader(endpoint.bars, market);
  for (const row of rows as readonly unknown[]) {
    if (isObject(row)) profile.rows.add(row);
    const why = reader ? reader(row, answer.request) : isObject(row) ? undefined : 'a row is no object';
    if (why !== undefined) see(profile.rejected, why, row);
  }
}

/** Why a row is no bar; undefined where it is one. */
function barReader(fields: BarFields, market: Market): (row: unknown, request: string) => string | undefined {
  const block = new BarBlock('agg1m', market, 'rest', BLOCK_ROWS);
  const reader = new BarReader(fields, block, new SessionCalendar(market));
  return (row, request) => {
    try {
      const place = reader.placeOf(row, 'SYM', dateDaysOf(/\d{4}-\d\d-\d\d/.exec(request)?.[0] ?? ''));
      reader.append(row as Readonly<Record<string, unknown>>, place);
      if (block.isFull) block.empty();
      return undefined;
    } catch (error) {
      if (error instanceof Rejection) return `${error.reason}: ${error.detail}`;
      throw error;
    }
  };
}

function bodyOf({ body }: RecordedAnswer): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}
