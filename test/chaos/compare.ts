import { NUMBERS, SHARED_NUMBERS } from './bar.ts';
import { covers, excuses, type Gap } from './gaps.ts';
import type { Row } from './tables.ts';
import { identityOf, type TrueBar } from './truth.ts';

/** After its window a second bar is sent so much later, at most. */
const SENT_AFTER_MS = 3900;

const WINDOW_MS: Readonly<Record<string, number>> = { agg1s: 1000, agg1m: 60_000 };
/** Most examples of each finding that are told. */
const SHOWN = 5;

/** What a run is judged by. */
export interface Evidence {
  readonly truth: ReadonlyMap<string, TrueBar>;
  readonly rows: readonly Row[];
  readonly gaps: readonly Gap[];
  /** Of each table. */
  readonly channels: Readonly<Record<string, string>>;
  /** The date of a window in the zone of its market. */
  readonly tradingDate: (startMs: number) => string;
  /** When bars may have been sent that the daemon did not store; undefined where the disk was too slow to tell. */
  readonly risks: readonly { readonly fromMs: number; readonly untilMs: number }[] | undefined;
  /** The daemon's clock was set back: what it receives meanwhile has one and the same time. */
  readonly clockStepped?: boolean;
  /** Market time from which the daemon has listened, and until which the truth has every bar. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** All but `bars` and `excused` must be 0. */
export interface Verdict {
  /** Distinct bars of the truth. */
  readonly bars: number;
  readonly lost: number;
  readonly wrong: number;
  /** Bars that are in more than one place after the last version has won. */
  readonly doubled: number;
  /** Rows that were delivered more than once. */
  readonly repeated: number;
  /** Bars that the daemon was not sent and that are in no gap. */
  readonly uncovered: number;
  /** Bars that the daemon must have stored when it was sent them, and that no row has as they came. */
  readonly unstored: number;
  /** Bars that the truth does not have. */
  readonly invented: number;
  /** Rows in another date than theirs. */
  readonly misfiled: number;
  /** Lost or wrong bars of gaps that say that they could not be filled, or not yet. */
  readonly excused: number;
  readonly examples: readonly string[];
}

type Finding = Exclude<keyof Verdict, 'bars' | 'examples'>;

/** Compares bar by bar. */
export function judge(evidence: Evidence): Verdict {
  const counts = {
    lost: 0,
    wrong: 0,
    doubled: 0,
    repeated: 0,
    uncovered: 0,
    unstored: 0,
    invented: 0,
    misfiled: 0,
    excused: 0,
  };
  const examples: string[] = [];
  const found = (finding: Finding, what: string): void => {
    if (++counts[finding] <= SHOWN) examples.push(`${finding}: ${what}`);
  };
  const { truth, gaps, channels } = evidence;
  const last = lastVersions(evidence, found);
  findUnstored(evidence, found);
  for (const [key, bar] of truth) {
    // Corrections of what was over before the daemon ever listened are not promised.
    if (bar.missed && bar.startMs + WINDOW_MS[bar.table]! <= evidence.fromMs) continue;
    const inGap = (which: (gap: Gap) => boolean): boolean =>
      gaps.some(gap => which(gap) && covers(gap, channels[bar.table]!, bar.startMs, WINDOW_MS[bar.table]!));
    if (bar.missed && !inGap(() => true)) found('uncovered', nameOf(key));
    const row = last.get(key);
    const difference = row ? differenceOf(bar, row) : 'is not there';
    if (difference === undefined) continue;
    if (inGap(excuses)) found('excused', `${nameOf(key)} ${difference}`);
    else found(row ? 'wrong' : 'lost', `${nameOf(key)} ${difference}${bar.missed ? ', was missed' : ''}`);
  }
  return { bars: truth.size, ...counts, examples };
}

/** Whether nothing was found that must not be. */
export function isClean(verdict: Verdict): boolean {
  const { lost, wrong, doubled, repeated, uncovered, unstored, invented, misfiled } = verdict;
  return lost + wrong + doubled + repeated + uncovered + unstored + invented + misfiled === 0;
}

/** The last version of each bar; what is strange about the rows themselves is told on the way. */
function lastVersions(evidence: Evidence, found: (finding: Finding, what: string) => void): Map<string, Row> {
  const { rows, truth, tradingDate, fromMs, untilMs } = evidence;
  const last = new Map<string, Row>();
  const seen = new Map<string, number>();
  for (const row of rows) {
    const key = identityOf(row);
    const earlier = last.get(key);
    if (row.place === 'hdb' && earlier) found('doubled', `${nameOf(key)} in the HDB`);
    if (row.place === 'rdb' && earlier?.place === 'hdb') found('doubled', `${nameOf(key)} in HDB and RDB`);
    const version = row.numbers.join('|');
    const whole = `${key}|${row.src}|${row.received}|${version}`;
    const times = (seen.get(whole) ?? 0) + 1;
    seen.set(whole, times);
    const sent = row.src === 'ws' ? (truth.get(key)?.sent.get(version) ?? 1) : fetchesOf(row, evidence);
    if (row.place === 'rdb' && times > Math.max(1, sent)) found('repeated', `${nameOf(key)} from ${row.src}`);
    if (tradingDate(row.startMs) !== row.date) found('misfiled', `${nameOf(key)} under ${row.date}`);
    const length = WINDOW_MS[row.table]!;
    const within = row.startMs >= fromMs && row.startMs + length <= untilMs;
    if (within && !earlier && !truth.has(key)) found('invented', `${nameOf(key)} from ${row.src}`);
    last.set(key, row);
  }
  return last;
}

/** How often REST may have brought the same row: every gap is asked for twice, and each time has its own time of receipt. */
function fetchesOf({ table, startMs }: Row, { gaps, channels, clockStepped }: Evidence): number {
  if (!clockStepped) return 1;
  return 2 * gaps.filter(gap => covers(gap, channels[table]!, startMs, WINDOW_MS[table]!)).length;
}

/**
 * What REST has filled hides what the spool has lost: second bars that were sent while nothing threatened the daemon
 * have to be there as the stream had them. In ended dates only the last version of a bar says where it came from.
 */
function findUnstored(
  { truth, rows, risks, fromMs: listenedMs }: Evidence,
  found: (finding: Finding, what: string) => void,
): void {
  if (!risks) return;
  const streamed = new Set(rows.filter(({ src }) => src === 'ws').map(identityOf));
  const ended = new Set(rows.filter(({ place }) => place === 'hdb').map(identityOf));
  for (const [key, bar] of truth) {
    if (bar.table !== 'agg1s' || bar.missed || streamed.has(key) || ended.has(key)) continue;
    const endMs = bar.startMs + WINDOW_MS[bar.table]!;
    const atRisk = risks.some(({ fromMs, untilMs }) => endMs + SENT_AFTER_MS > fromMs && endMs < untilMs);
    if (!atRisk && bar.startMs >= listenedMs) found('unstored', nameOf(key));
  }
}

/** Undefined where the row is the bar. */
function differenceOf({ numbers }: TrueBar, row: Row): string | undefined {
  const count = row.src === 'ws' ? NUMBERS.length : SHARED_NUMBERS.length;
  for (let at = 0; at < count; at++) {
    if (Object.is(numbers[at], row.numbers[at])) continue;
    // What the stream of a market does not have, such as trades of crypto, REST may have; in the HDB a version that lacks
    // it leaves the value that an earlier one had.
    const isMerged = row.place === 'hdb' && at < SHARED_NUMBERS.length;
    if ((row.src !== 'ws' || isMerged) && Number.isNaN(numbers[at])) continue;
    return `has ${NUMBERS[at]} ${row.numbers[at]} in place of ${numbers[at]}, from ${row.src} in the ${row.place}`;
  }
  return undefined;
}

function nameOf(identity: string): string {
  const [table, , sym, startMs] = identity.split('|');
  return `${table} ${sym} ${new Date(Number(startMs)).toISOString()}`;
}
