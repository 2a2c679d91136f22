import type { Random } from '../../src/base/random.ts';

export const SYMBOLS = 12_000;

/** Friday 2026-10-02, 12:00 in New York. */
const START_MS = Date.UTC(2026, 9, 2, 16);

const EVENTS_A_SECOND = 2_000;

/**
 * Stock second bars as Massive writes them, all 17 fields in each, as JSON texts: every symbol once for each 12,000, in
 * no order, prices from a few dollars to some hundred, of two to four places, volumes whole and fractional.
 */
export function stockEvents(count: number, random: Random): string[] {
  const tickers = tickersOf(random);
  const prices = tickers.map(() => Math.exp(1 + random() * 5));
  const order = tickers.map((_, i) => i).sort(() => random() - 0.5);
  return Array.from({ length: count }, (_, i) => {
    const symbol = order[i % order.length]!;
    return stockEvent(
      tickers[symbol]!,
      prices[symbol]!,
      START_MS + Math.floor(i / EVENTS_A_SECOND) * 1000,
      random,
    );
  });
}

/** Events as frames of `perFrame` events each. */
export function framesOf(events: readonly string[], perFrame: number): string[] {
  const frames: string[] = [];
  for (let i = 0; i < events.length; i += perFrame)
    frames.push(`[${events.slice(i, i + perFrame).join(',')}]`);
  return frames;
}

function tickersOf(random: Random): string[] {
  const tickers = new Set<string>();
  while (tickers.size < SYMBOLS) {
    const letters = Array.from({ length: 1 + below(5, random) }, () =>
      String.fromCharCode(65 + below(26, random)),
    );
    tickers.add(letters.join(''));
  }
  return [...tickers];
}

function stockEvent(ticker: string, price: number, startMs: number, random: Random): string {
  const near = (places: number) => Number((price * (1 + random() * 0.01)).toFixed(places));
  const open = near(random() < 0.7 ? 2 : 4);
  const close = near(2);
  const volume = random() < 0.8 ? `${1 + below(20_000, random)}.0` : (random() * 5_000).toFixed(6);
  const dayVolume = (random() * 5_000_000).toFixed(6);
  return JSON.stringify({
    ev: 'A',
    sym: ticker,
    v: Math.floor(Number(volume)),
    av: Math.floor(Number(dayVolume)),
    op: near(2),
    vw: near(4),
    o: open,
    c: close,
    h: Math.max(open, close),
    l: Math.min(open, close),
    a: near(4),
    z: 1 + below(300, random),
    s: startMs,
    e: startMs + 1000,
    otc: true,
    dv: volume,
    dav: dayVolume,
  });
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}
