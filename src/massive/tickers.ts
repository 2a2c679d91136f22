import type { Market } from '../tables/markets.ts';

/** How a market spells its tickers on the stream: the same thing is spelt otherwise in REST and in files. */
interface TickerForm {
  readonly example: string;
  readonly pattern: RegExp;
  /** What a ticker of another spelling was probably meant to be; need not match the pattern. */
  respell(ticker: string): string;
}

const FORMS: Readonly<Record<Market, TickerForm>> = {
  // Case means something: BApA is a preferred share, BAPA would be another company.
  stocks: {
    example: 'AAPL or BRK.B',
    pattern: /^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$/,
    respell: ticker => ticker.replace(/[-/ ]/g, '.'),
  },
  options: {
    example: 'O:SPY251219C00650000',
    pattern: /^O:[A-Z][A-Z0-9]{0,5}\d{6}[CP]\d{8}$/,
    respell: ticker => `O:${ticker.toUpperCase().replace(/^O:|\s/g, '')}`,
  },
  indices: {
    example: 'I:SPX',
    pattern: /^I:[A-Za-z0-9][A-Za-z0-9._-]*$/,
    respell: ticker => `I:${ticker.toUpperCase().replace(/^(I:|[$^])/, '')}`,
  },
  forex: {
    example: 'EUR/USD',
    pattern: /^[A-Z]{3}\/[A-Z]{3}$/,
    respell: ticker =>
      ticker
        .toUpperCase()
        .replace(/^C:/, '')
        .replace(/^([A-Z]{3})[-_. ]?([A-Z]{3})$/, '$1/$2'),
  },
  crypto: {
    example: 'BTC-USD',
    pattern: /^[A-Z0-9]+-[A-Z0-9]+$/,
    respell: ticker =>
      ticker
        .toUpperCase()
        .replace(/^X:/, '')
        .replace(/^([A-Z0-9]+?)[/_. -]?(USDT|USDC|USD|EUR|GBP|JPY|BTC|ETH)$/, '$1-$2'),
  },
  futures: {
    example: 'ESZ5 or 1OZZ5-1OZG6',
    pattern: /^[A-Z0-9]+[FGHJKMNQUVXZ]\d{1,2}(-[A-Z0-9]+[FGHJKMNQUVXZ]\d{1,2})*$/,
    respell: ticker => ticker.toUpperCase().replace(/^F:|[/ ]/g, ''),
  },
};

/**
 * What is wrong with `ticker` on the stream of `market`, with the spelling that was probably meant; undefined when
 * nothing is. Massive acknowledges a ticker that it does not know and then stays silent for ever, so a wrong form
 * has to be caught before it is sent.
 */
export function tickerProblem(market: Market, ticker: string): string | undefined {
  const form = FORMS[market];
  if (form.pattern.test(ticker)) return undefined;
  const meant = form.respell(ticker);
  const hint = meant !== ticker && form.pattern.test(meant) ? `, did you mean ${meant}?` : '';
  return `'${ticker}' is not how the ${market} stream spells a ticker (like ${form.example})${hint}`;
}

/** A ticker as the stream of `market` spells it. */
export function exampleTicker(market: Market): string {
  return FORMS[market].example;
}
