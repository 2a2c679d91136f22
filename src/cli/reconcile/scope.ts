import type { Configuration } from '../../config/schema.ts';
import { SymbolSelection } from '../../historical/symbol-selection.ts';
import { findChannel } from '../../massive/channels.ts';
import { readSymbolFile } from '../../massive/symbol-file.ts';
import type { Market } from '../../tables/markets.ts';
import { symbolsOf } from '../backfill/request-flags.ts';
import { UsageError } from '../command.ts';

/** The arguments and flags of `massive-kdb reconcile` beside those of the configuration. */
export interface ReconcileFlags {
  readonly date: string;
  readonly market: Market | undefined;
  readonly symbols: string | undefined;
  readonly 'symbols-file': string | undefined;
  readonly all: boolean;
  readonly repair: boolean;
  readonly limit: number;
  readonly html: string | undefined;
  readonly json: boolean;
}

const MOST_LISTED = 10_000;

/** @throws UsageError */
export function limitOf({ limit }: ReconcileFlags): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED) return limit;
  throw new UsageError(`--limit ${limit} is not a whole number from 1 to ${MOST_LISTED}`, 'Correct it.');
}

/**
 * The market that is asked for, else the one of the feeds.
 *
 * @throws UsageError where there is not exactly one
 */
export function marketOf({ market }: ReconcileFlags, { feeds }: Configuration): Market {
  if (market !== undefined) return market;
  const markets = [...new Set(feeds.map(feed => feed.market))];
  if (markets.length === 1) return markets[0]!;
  throw new UsageError(
    markets.length === 0 ? 'no feed is configured' : `the feeds are of ${markets.join(', ')}`,
    'Name the market with --market.',
  );
}

/**
 * The symbols whose minute bars are subscribed to: those of the flags, else those of the feeds.
 *
 * @throws UsageError, SymbolFileError
 */
export async function subscribedOf(
  flags: ReconcileFlags,
  market: Market,
  { feeds }: Configuration,
): Promise<SymbolSelection> {
  if (flags.all) return SymbolSelection.all;
  if (flags.symbols !== undefined || flags['symbols-file'] !== undefined) {
    return symbolsOf({ ...flags, market });
  }
  const words: string[] = [];
  for (const feed of feeds) {
    const hasMinutes = feed.channels.some(name => findChannel(market, name)?.table === 'agg1m');
    if (feed.market !== market || !hasMinutes) continue;
    words.push(...(feed.symbolsFile === null ? feed.symbols : await readSymbolFile(feed.symbolsFile)));
  }
  return SymbolSelection.of(words);
}
