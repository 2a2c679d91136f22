import { MassiveKdbError } from '../../src/base/errors.ts';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { ControlRoute } from '../../src/ops/control/server.ts';
import type { GapView } from '../../src/ops/page/render.ts';
import type { Coverage, LatestBar, QuarantineList, Subscriptions } from '../../src/ops/status/report.ts';
import { FIXTURE_NOW_MS, type MovingDaemon, type MovingFeed } from './moving-status.ts';

const MINUTE_MS = 60_000;
/** Since the session began when the test did. */
const SESSION_MINUTES = 180;
const CANDLES = 120;
const GROUPS = [
  'A-AM',
  'AN-BA',
  'BB-BZ',
  'C-CM',
  'CN-DZ',
  'E-F',
  'G-H',
  'I-K',
  'L-MO',
  'MP-N',
  'O-P',
  'Q-R',
  'S-SO',
  'SP-T',
  'U-V',
  'W-Z',
];
const SYMBOLS = [
  'AAPL',
  'ABBV',
  'ADBE',
  'AMD',
  'AMZN',
  'AVGO',
  'BAC',
  'BRK.A',
  'BRK.B',
  'C',
  'COST',
  'CRM',
  'CSCO',
  'CVX',
  'DIS',
  'GOOG',
  'GOOGL',
  'GS',
  'HD',
  'IBM',
  'INTC',
  'JNJ',
  'JPM',
  'KO',
  'LLY',
  'MA',
  'META',
  'MSFT',
  'NFLX',
  'NVDA',
  'ORCL',
  'PEP',
  'PG',
  'TSLA',
  'UNH',
  'V',
  'WMT',
  'XOM',
];

/** What the daemon of a test refuses. */
class RefusedError extends MassiveKdbError {
  constructor(what: string, remedy: string) {
    super('FIXTURE', { what, remedy });
  }
}

/** Answers of a feed that moves, in the form of the daemon's own: gaps, bars, coverage and subscriptions. Seeded. */
export class MovingFeedRoutes {
  readonly routes: readonly ControlRoute[];
  gaps: GapView[];
  symbols: string[] = [...SYMBOLS];
  readonly #daemon: MovingDaemon;
  readonly #feed: MovingFeed;
  readonly #random: Random;
  readonly #prices = new Map<string, number>();
  readonly #history = new Map<string, LatestBar[]>();

  constructor(daemon: MovingDaemon, feed: MovingFeed, seed: number) {
    this.#daemon = daemon;
    this.#feed = feed;
    this.#random = seededRandom(seed);
    this.gaps = gapsOf(feed.options.name, feed.options.channels, daemon.nowMs);
    this.routes = this.#makeRoutes();
  }

  #makeRoutes(): ControlRoute[] {
    const get = (path: RegExp, answer: ControlRoute['answer']): ControlRoute => ({
      method: 'GET',
      path,
      answer,
    });
    const post = (path: RegExp, answer: ControlRoute['answer']): ControlRoute => ({
      method: 'POST',
      path,
      answer,
    });
    return [
      get(/^\/gaps$/, () => ({ gaps: this.gaps })),
      post(/^\/gaps\/(?<id>[^/]+)\/fill$/, ({ id }) => this.#change(id!, { name: 'filling' })),
      post(/^\/gaps\/(?<id>[^/]+)\/forget$/, ({ id }, body) => {
        const { reason } = body as { readonly reason: string };
        return this.#change(id!, { name: 'unfillable', reason: `forgotten: ${reason}` });
      }),
      get(/^\/series$/, () => ({ points: this.#feed.points })),
      get(/^\/bars$/, (_groups, _body, query) => {
        const search = (query.get('search') ?? '').toUpperCase();
        const beginning = this.symbols.filter(sym => sym.startsWith(search));
        const found = beginning.length > 0 ? beginning : this.symbols.filter(sym => sym.includes(search));
        const bars = found.slice(0, Number(query.get('limit') ?? 50)).map(sym => this.#bars(sym).at(-1)!);
        return { symbols: this.symbols.length, bars };
      }),
      get(/^\/candles\/(?<sym>[^/]+)$/, ({ sym }) => ({ sym, bars: this.#bars(sym!) })),
      get(/^\/coverage$/, () => this.#coverage()),
      get(/^\/subscriptions$/, () => this.#subscriptions()),
      post(/^\/subscriptions\/(?<wish>add|remove)$/, ({ wish }, body) => {
        const { symbols } = body as { readonly symbols: readonly string[] };
        const unknown = symbols.find(sym => !/^[A-Z.]+$/.test(sym));
        if (unknown) throw new RefusedError(`'${unknown}' is no symbol of stocks`, 'Symbols are upper case.');
        this.symbols =
          wish === 'add'
            ? [...new Set([...this.symbols, ...symbols])].sort()
            : this.symbols.filter(sym => !symbols.includes(sym));
        return this.#subscriptions();
      }),
      get(/^\/quarantine$/, () => quarantineOf(this.#daemon.nowMs)),
    ];
  }

  #change(id: string, state: GapView['state']): GapView {
    const gap = this.gaps.find(candidate => candidate.id === id);
    if (!gap)
      throw new RefusedError(`there is no gap '${id}'`, 'massive-kdb gaps list shows those that there are.');
    const changed = { ...gap, state };
    this.gaps = this.gaps.map(candidate => (candidate === gap ? changed : candidate));
    this.#feed.missing = this.gaps.filter(
      ({ state: { name } }) => name === 'open' || name === 'filling',
    ).length;
    const counts: Record<string, number> = {};
    for (const { state } of this.gaps) counts[state.name] = (counts[state.name] ?? 0) + 1;
    this.#feed.gapCounts = counts;
    return changed;
  }

  #subscriptions(): Subscriptions {
    const { channels } = this.#feed.options;
    return { channels, symbols: this.symbols, count: this.symbols.length, failedPairs: ['A.ZZZT'] };
  }

  /** Bars of a minute up to now; the walk goes on where it was. */
  #bars(sym: string): readonly LatestBar[] {
    const bars = this.#history.get(sym) ?? [];
    this.#history.set(sym, bars);
    const newest = Math.floor(this.#daemon.nowMs / MINUTE_MS) * MINUTE_MS;
    let startMs = (bars.at(-1)?.startMs ?? newest - CANDLES * MINUTE_MS) + MINUTE_MS;
    for (; startMs <= newest; startMs += MINUTE_MS) bars.push(this.#bar(sym, startMs));
    return bars.slice(-CANDLES);
  }

  #bar(sym: string, startMs: number): LatestBar {
    const random = this.#random;
    const open = this.#prices.get(sym) ?? 20 + 480 * random();
    const close = round(open * (1 + 0.0022 * (random() - 0.49)));
    const high = round(Math.max(open, close) * (1 + 0.0008 * random()));
    const low = round(Math.min(open, close) * (1 - 0.0008 * random()));
    this.#prices.set(sym, close);
    const volume = Math.round(900 + 60_000 * random() ** 3);
    return {
      sym,
      table: 'agg1m',
      startMs,
      open: round(open),
      high,
      low,
      close,
      volume,
      vwap: round((high + low) / 2),
      trades: Math.round(volume / 70),
    };
  }

  #coverage(): Coverage {
    const random = seededRandom(7);
    const beginMs = FIXTURE_NOW_MS - SESSION_MINUTES * MINUTE_MS;
    const date = new Date(this.#daemon.nowMs).toISOString().slice(0, 10);
    const groups = GROUPS.map((name, row) => {
      const symbols = 55 + Math.floor(40 * random());
      const liveliness = 0.62 + 0.3 * random();
      const seen = Array.from({ length: SESSION_MINUTES }, (_, minute) => {
        const away = minute >= 96 && minute < 101;
        const share = Math.min(
          1,
          liveliness * (1.25 - 0.4 * Math.sin((Math.PI * minute) / SESSION_MINUTES)) +
            0.12 * (random() - 0.5),
        );
        return away && row % 5 !== 3 ? 0 : Math.round(symbols * share);
      });
      return { name, symbols, seen };
    });
    const gaps = this.gaps.filter(gap => gap.beginMs >= beginMs);
    return {
      date,
      beginMs,
      minutes: SESSION_MINUTES,
      groups,
      gaps: gaps.map(({ beginMs: begin, endMs, state }) => ({
        beginMs: begin,
        endMs: endMs ?? null,
        state: state.name,
      })),
    };
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function gapsOf(feedName: string, channels: readonly string[], nowMs: number): GapView[] {
  const gap = (
    number: number,
    minutesAgo: number,
    minutes: number,
    cause: string,
    state: GapView['state'],
    rows: number,
  ) => {
    const beginMs = nowMs - minutesAgo * MINUTE_MS;
    return {
      id: `${feedName}-${number}`,
      channels,
      beginMs,
      endMs: beginMs + minutes * MINUTE_MS,
      cause,
      state,
      rows,
    };
  };
  return [
    gap(12, 1_560, 4, 'restart', { name: 'verified' }, 9_411),
    gap(
      13,
      1_330,
      31,
      'crash',
      { name: 'deferred', reason: 'more requests than the budget of a gap: the flat file brings it' },
      0,
    ),
    gap(14, 171, 1, 'refused', { name: 'unfillable', reason: 'the plan has no second bars for these' }, 0),
    gap(15, 84, 5, 'disconnect', { name: 'filled', final: false }, 5_204),
    gap(
      16,
      12,
      2,
      'silence',
      { name: 'open', attempts: 2, reason: 'REST answers with status 503', retryMs: nowMs + 42_000 },
      0,
    ),
  ];
}

function quarantineOf(nowMs: number): QuarantineList {
  return {
    events: [
      {
        atMs: nowMs - 14 * MINUTE_MS,
        reason: 'price is no number',
        text: '{"ev":"A","sym":"ACME","v":100,"o":"12,5","c":12.5,"h":12.6,"l":12.4}',
      },
      { atMs: nowMs - 52 * MINUTE_MS, reason: 'unknown event', text: '{"ev":"ZZ","sym":"AAPL"}' },
      { atMs: nowMs - 53 * MINUTE_MS, reason: 'frame is no JSON', text: '[{"ev":"AM","sym":"MSF' },
    ],
    batches: [
      { atMs: nowMs - 31 * MINUTE_MS, target: 'standby', table: 'agg1m', rows: 1_204, reason: "'length" },
    ],
  };
}
