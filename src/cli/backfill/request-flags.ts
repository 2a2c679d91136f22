import { systemClock } from '../../base/clock.ts';
import type { BackfillRequest, BackfillSource } from '../../historical/request.ts';
import { isPattern, SymbolSelection } from '../../historical/symbol-selection.ts';
import { readSymbolFile } from '../../massive/symbol-file.ts';
import { tickerProblem } from '../../massive/tickers.ts';
import { type DateDays, dateDaysOf, isoDateOf } from '../../tables/epoch.ts';
import type { Market } from '../../tables/markets.ts';
import { SessionCalendar } from '../../tables/session-calendar.ts';
import { UsageError } from '../command.ts';

/** Bars by the length of their window, and the table that holds them. */
const BAR_TABLES = { '1s': 'agg1s', '1m': 'agg1m', '1d': 'agg1d' } as const;

/** The same limit as that of history.concurrency. */
const MOST_UNITS = 64;

/** The flags of `massive-kdb backfill` beside those of the configuration. */
export interface BackfillFlags {
  readonly market: Market;
  readonly bar: keyof typeof BAR_TABLES;
  readonly symbols: string | undefined;
  readonly 'symbols-file': string | undefined;
  readonly from: string;
  readonly to: string | undefined;
  readonly source: BackfillSource;
  readonly concurrency: number | undefined;
  readonly 'dry-run': boolean;
  readonly force: boolean;
  readonly json: boolean;
}

/** The most units at once. Throws UsageError. */
export function concurrencyOf({ concurrency }: BackfillFlags, otherwise: number): number {
  if (concurrency === undefined) return otherwise;
  if (Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MOST_UNITS) return concurrency;
  throw new UsageError(
    `--concurrency ${concurrency} is not a whole number from 1 to ${MOST_UNITS}`,
    'Correct it.',
  );
}

/** What the flags ask for. Throws UsageError, SymbolFileError. */
export async function requestOf(flags: BackfillFlags): Promise<BackfillRequest> {
  const { market, bar, from, to, source } = flags;
  const yesterday = new SessionCalendar(market).tradingDate(systemClock.wallMs()) - 1;
  return {
    market,
    table: BAR_TABLES[bar],
    symbols: await symbolsOf(flags),
    fromDate: dateOf('--from', from),
    untilDate: to === undefined ? yesterday : dateOf('--to', to),
    source,
  };
}

/** The symbols that flags name, all without them. Throws UsageError, SymbolFileError. */
export async function symbolsOf({
  market,
  symbols,
  'symbols-file': file,
}: Pick<BackfillFlags, 'market' | 'symbols' | 'symbols-file'>): Promise<SymbolSelection> {
  if (symbols !== undefined && file !== undefined) {
    throw new UsageError('--symbols is given beside --symbols-file', 'Keep one of the two.');
  }
  const words =
    file === undefined ? symbols?.split(',').map(word => word.trim()) : await readSymbolFile(file);
  if (words === undefined) return SymbolSelection.all;
  for (const word of words) {
    const problem = isPattern(word) ? undefined : tickerProblem(market, word);
    if (problem) throw new UsageError(problem, 'Correct --symbols.');
  }
  return SymbolSelection.of(words);
}

/** The date that a flag gives. Throws UsageError. */
export function dateOf(flag: string, text: string): DateDays {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  const date = isDate ? dateDaysOf(text) : Number.NaN;
  if (isDate && isoDateOf(date) === text) return date;
  throw new UsageError(`${flag} '${text}' is not a date; expected YYYY-MM-DD`, 'Correct it.');
}
