import type { Market } from '../tables/markets.ts';

/**
 * Quotes of crypto pairs that are longer than three letters; where REST writes a pair without a dash, what ends in none
 * of these ends in a quote of three.
 */
const LONG_CRYPTO_QUOTES = ['USDT', 'USDC'] as const;

const FOREX_PAIR = /^([A-Z]{3})[-/]?([A-Z]{3})$/;
const CRYPTO_PAIR = /^([A-Z0-9]+)[-/]([A-Z0-9]+)$/i;
const CRYPTO_WORD = /^[A-Z0-9]+$/i;

const THREE_LETTERS = 3;

/**
 * A ticker as column `sym` has it, which is how the stream spells it: stocks `AAPL`, options `O:SPY251219C00650000`,
 * indices `I:SPX`, forex `EUR/USD`, crypto `BTC-USD`, futures `ESZ5`. REST writes `C:EURUSD` and `X:BTCUSD`, files
 * `C:EUR-USD` and `X:BTC-USD`; all spellings are taken, the canonical one as well. Case is kept: `BApA` and `BAPA`
 * would be two companies.
 *
 * @returns undefined where the text is empty, or names no pair in a market of pairs
 */
export function canonicalTicker(market: Market, text: string): string | undefined {
  if (text === '') return undefined;
  switch (market) {
    case 'stocks':
    case 'futures':
      return text;
    case 'options':
      return withPrefix('O:', text);
    case 'indices':
      return withPrefix('I:', text);
    case 'forex': {
      const [, base, quote] = FOREX_PAIR.exec(withoutPrefix('C:', text)) ?? [];
      return base && `${base}/${quote}`;
    }
    case 'crypto':
      return cryptoPair(withoutPrefix('X:', text));
  }
}

/** Whether a market's files and REST answers spell every ticker as column `sym` has it. */
export function isSpeltCanonically(market: Market): boolean {
  return market === 'stocks' || market === 'futures';
}

/** How REST spells the ticker that column `sym` has: `EUR/USD` is `C:EURUSD`, `BTC-USD` is `X:BTCUSD`. */
export function restTicker(market: Market, sym: string): string {
  switch (market) {
    case 'forex':
      return `C:${sym.replace('/', '')}`;
    case 'crypto':
      return `X:${sym.replace('-', '')}`;
    default:
      return sym;
  }
}

function cryptoPair(pair: string): string | undefined {
  const [, base, quote] = CRYPTO_PAIR.exec(pair) ?? [];
  if (base) return `${base}-${quote}`;
  if (!CRYPTO_WORD.test(pair)) return undefined;
  const long = LONG_CRYPTO_QUOTES.find(candidate => pair.endsWith(candidate));
  const quoteLength = long?.length ?? THREE_LETTERS;
  if (pair.length <= quoteLength) return undefined;
  return `${pair.slice(0, -quoteLength)}-${pair.slice(-quoteLength)}`;
}

function withPrefix(prefix: string, text: string): string | undefined {
  const bare = withoutPrefix(prefix, text);
  return bare === '' ? undefined : `${prefix}${bare}`;
}

function withoutPrefix(prefix: string, text: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
