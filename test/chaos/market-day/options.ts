import { parseArgs } from 'node:util';
import { MARKETS, type Market } from './market-calendar.ts';

export const USAGE = `scripts/market-day [--market stocks] [--from 2026-03-03T08:30Z] [--hours 24] [--speed 120] [--seed 1]
  --market   ${MARKETS.join(', ')}
  --from     market time at which the day is to begin, ISO 8601
  --hours    of market time; 0.5 is half an hour
  --speed    market seconds in a second
  --seed     of the simulator
  --symbols  of the market
  --rate     bars of a second in a market second
  --keep     keeps logs, truth and tables in this directory; those of a day that fails are kept in any case

  A regular day of stocks:       --market stocks --from 2026-03-03T08:30Z
  the clocks go forward:         --market stocks --from 2026-03-08T04:30Z --hours 28
  the clocks go back:            --market stocks --from 2026-11-01T03:30Z --hours 30
  Thanksgiving, an early close:  --market stocks --from 2026-11-26T04:30Z --hours 48
  crypto:                        --market crypto --from 2026-03-07T12:00Z
  futures, their evening:        --market futures --from 2026-03-08T20:00Z`;

/** A day to replay. */
export interface MarketDay {
  readonly market: Market;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly speed: number;
  readonly seed: number;
  readonly symbols: number;
  /** Bars of a second in a market second. */
  readonly rate: number;
}

export const DEFAULT_DAY = {
  market: 'stocks',
  from: '2026-03-03T08:30Z',
  hours: '24',
  speed: '120',
  seed: '1',
  symbols: '4',
  rate: '1',
} as const;

const HOUR_MS = 3_600_000;

export interface Given {
  readonly day: MarketDay;
  readonly keep: string | undefined;
}

/** What the command line asks for; a text where it cannot be. */
export function readOptions(args: readonly string[]): Given | string {
  const texts = Object.fromEntries(
    Object.entries(DEFAULT_DAY).map(([name, value]) => [name, { type: 'string', default: value } as const]),
  );
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: { ...texts, keep: { type: 'string' }, help: { type: 'boolean', default: false } },
    }));
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
  if (values['help']) return USAGE;
  const market = MARKETS.find(known => known === values['market']);
  const fromMs = Date.parse(String(values['from']));
  const numbers = ['hours', 'speed', 'seed', 'symbols', 'rate'].map(name => Number(values[name]));
  const [hours = 0, speed = 0, seed = 0, symbols = 0, rate = 0] = numbers;
  if (!market) return `--market is none of ${MARKETS.join(', ')}\n${USAGE}`;
  if (Number.isNaN(fromMs)) return `--from is no time: '${values['from']}'\n${USAGE}`;
  if (!numbers.every(number => number > 0)) return `a number is none, or not above 0\n${USAGE}`;
  const keep = values['keep'];
  return {
    day: { market, fromMs, untilMs: fromMs + hours * HOUR_MS, speed, seed, symbols, rate },
    keep: typeof keep === 'string' ? keep : undefined,
  };
}
