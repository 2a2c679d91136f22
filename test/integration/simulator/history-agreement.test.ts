import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { HistoryTruth } from '../../../src/simulator/history/history-truth.ts';
import type { SimulatedMarket } from '../../../src/simulator/markets.ts';
import { SIMULATED_MARKETS } from '../../../src/simulator/markets.ts';
import { type HistoryRow, truthOfRows } from '../../support/history-truth.ts';
import { CSV_FORMS, csvProblems, LITERAL_ROWS } from '../../unit/simulator/csv-form.ts';
import { FileClient } from './file-client.ts';
import { type RestBar, RestClient } from './rest-client.ts';
import { SimulatorHarness } from './simulator-harness.ts';

const DATE = '2026-10-01';
const SIGNED_AT = '20261002T175957Z';
const SYMBOLS = 6;

const FOLDERS: Readonly<Record<SimulatedMarket, readonly string[]>> = {
  stocks: ['us_stocks_sip'],
  options: ['us_options_opra'],
  indices: ['us_indices'],
  forex: ['global_forex'],
  crypto: ['global_crypto'],
  futures: ['us_futures_cme', 'us_futures_cbot', 'us_futures_nymex', 'us_futures_comex'],
};

/** Midnight of the date where the market counts its days: `start` of a day bar. */
const MIDNIGHT_MS: Readonly<Record<SimulatedMarket, number>> = {
  stocks: Date.parse(`${DATE}T04:00Z`),
  options: Date.parse(`${DATE}T04:00Z`),
  indices: Date.parse(`${DATE}T04:00Z`),
  forex: Date.parse(`${DATE}T00:00Z`),
  crypto: Date.parse(`${DATE}T00:00Z`),
  futures: Date.parse(`${DATE}T05:00Z`),
};

/** What a day file writes as its window_start. */
const DAY_FILE_MS: Readonly<Record<SimulatedMarket, number>> = {
  ...MIDNIGHT_MS,
  indices: Date.parse(`${DATE}T05:00Z`),
  futures: Date.parse('2026-09-30T22:00Z'),
};

function restTicker(market: SimulatedMarket, sym: string): string {
  if (market === 'forex') return `C:${sym.replace('/', '')}`;
  return market === 'crypto' ? `X:${sym.replace('-', '')}` : sym;
}

function canonical(market: SimulatedMarket, fileTicker: string): string {
  if (market === 'forex') return fileTicker.slice(2).replace('-', '/');
  return market === 'crypto' ? fileTicker.slice(2) : fileTicker;
}

describe('simulator history over HTTP', () => {
  let harness: SimulatorHarness;
  let rest: RestClient;
  let files: FileClient;

  before(async () => {
    harness = await SimulatorHarness.start({
      markets: SIMULATED_MARKETS,
      symbols: SYMBOLS,
      rate: 2,
      filesFrom: '2026-09-28',
      publish: 'at-once',
    });
    rest = new RestClient(harness.simulator.httpUrl);
    files = new FileClient(harness.simulator.httpUrl);
  });

  after(() => harness.simulator.close());

  async function fileRows(market: SimulatedMarket, table: 'agg1m' | 'agg1d'): Promise<HistoryRow[]> {
    const dataset =
      table === 'agg1m' ? 'minute_aggs_v1' : market === 'futures' ? 'session_aggs_v1' : 'day_aggs_v1';
    const rows: HistoryRow[] = [];
    for (const folder of FOLDERS[market]) {
      const lines = await files.lines(`${folder}/${dataset}/2026/10/${DATE}.csv.gz`, SIGNED_AT);
      const form = market === 'futures' && table === 'agg1d' ? 'futuresSession' : market;
      expect(csvProblems(lines, CSV_FORMS[form])).to.deep.equal([]);
      const names = lines[0]!.split(',');
      const tickers = lines.slice(1).map(line => line.split(',')[0]!);
      expect(tickers).to.deep.equal(
        tickers.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
      );
      for (const line of lines.slice(1)) {
        const fields = line.split(',');
        const number = (name: string): number | undefined =>
          names.includes(name) ? Number(fields[names.indexOf(name)]) : undefined;
        const startMs = Number(fields[names.indexOf('window_start')]!.slice(0, -6));
        if (table === 'agg1d') expect(startMs).to.equal(DAY_FILE_MS[market]);
        rows.push({
          sym: canonical(market, fields[0]!),
          startMs: table === 'agg1d' ? MIDNIGHT_MS[market] : startMs,
          open: number('open')!,
          high: number('high')!,
          low: number('low')!,
          close: number('close')!,
          volume: number('volume'),
          vwap: undefined,
          trades: number('transactions'),
        });
      }
    }
    return rows;
  }

  async function restRows(market: SimulatedMarket, table: 'agg1m' | 'agg1d', syms: readonly string[]) {
    const rows: HistoryRow[] = [];
    for (const sym of syms) {
      const bars =
        market === 'futures'
          ? await futuresBars(sym, table)
          : await rest.bars(
              `/v2/aggs/ticker/${restTicker(market, sym)}/range/1/${table === 'agg1m' ? 'minute' : 'day'}/${DATE}/${DATE}?adjusted=false&limit=700`,
            );
      for (const { t, o, h, l, c, v, vw, n } of bars) {
        if (table === 'agg1d' && market !== 'futures') expect(t).to.equal(MIDNIGHT_MS[market]);
        const startMs = table === 'agg1d' ? MIDNIGHT_MS[market] : t;
        rows.push({ sym, startMs, open: o, high: h, low: l, close: c, volume: v, vwap: vw, trades: n });
      }
    }
    return rows;
  }

  async function futuresBars(sym: string, table: 'agg1m' | 'agg1d'): Promise<RestBar[]> {
    const resolution = table === 'agg1m' ? '1min' : '1session';
    const bounds = 'window_start.gte=1790805600000000000&window_start.lt=1790888400000000000';
    const pages = await rest.pages(
      `/futures/v1/aggs/${sym}?resolution=${resolution}&${bounds}&sort=window_start.asc&limit=500`,
    );
    const results = pages.flatMap(page => (page.results ?? []) as unknown as Record<string, number>[]);
    return results.map(bar => {
      expect(bar['session_end_date']).to.equal(DATE);
      return {
        t: Number(bar['window_start']) / 1e6,
        o: bar['open']!,
        h: bar['high']!,
        l: bar['low']!,
        c: bar['close']!,
        v: bar['volume']!,
        n: bar['transactions']!,
      };
    });
  }

  for (const market of SIMULATED_MARKETS) {
    for (const table of ['agg1m', 'agg1d'] as const) {
      it(`${market} ${table} - REST, file and truth agree bar by bar`, async () => {
        const fromFile = await fileRows(market, table);
        const syms = [...new Set(fromFile.map(({ sym }) => sym))];
        expect(syms.length).to.be.at.least(SYMBOLS);
        const fromRest = await restRows(market, table, syms);
        const withoutVwap = fromRest.map(row => ({ ...row, vwap: undefined }));
        expect(withoutVwap).to.deep.equal(fromFile);
        const hasVwap = market !== 'indices' && market !== 'futures';
        expect(fromRest.every(({ vwap }) => (vwap !== undefined) === hasVwap)).to.equal(true);
        const query = { market, table, date: DATE };
        expect(await harness.simulator.historyTruth(query)).to.deep.equal(truthOfRows(market, fromFile));
        expect(await harness.simulator.historyTruth({ ...query, source: 'rest' })).to.deep.equal(
          truthOfRows(market, fromRest),
        );
      });
    }
  }

  it('truth - of some symbols, of seconds, over HTTP and of a day without trading', async () => {
    const { httpUrl } = harness.simulator;
    const truth = async (query: string): Promise<HistoryTruth> =>
      (await (await fetch(`${httpUrl}/truth/history?${query}`)).json()) as HistoryTruth;
    const bars = await rest.bars(
      `/v2/aggs/ticker/AAPL/range/1/second/${DATE}/${DATE}?adjusted=false&limit=50000`,
    );
    const rows = bars.map(({ t, o, h, l, c, v, vw, n }) => ({
      sym: 'AAPL',
      startMs: t,
      open: o,
      high: h,
      low: l,
      close: c,
      volume: v,
      vwap: vw,
      trades: n,
    }));
    expect(rows.length).to.be.above(10_000);
    expect(await truth(`market=stocks&table=agg1s&date=${DATE}&symbols=AAPL&source=rest`)).to.deep.equal(
      truthOfRows('stocks', rows),
    );
    expect((await truth('market=stocks&table=agg1m&date=2026-10-03')).rows).to.equal(0);
    expect((await fetch(`${httpUrl}/truth/history?market=bonds&table=agg1m&date=${DATE}`)).status).to.equal(
      400,
    );
  });

  it('stocks before fractional volumes - have whole volumes and short prices', async () => {
    const older = await SimulatorHarness.start({
      symbols: 3,
      rate: 2,
      filesFrom: '2026-02-20',
      atMs: Date.parse('2026-02-25T17:00Z'),
    });
    try {
      const client = new FileClient(older.simulator.httpUrl);
      const lines = (date: string): Promise<string[]> =>
        client.lines(`us_stocks_sip/minute_aggs_v1/2026/02/${date}.csv.gz`, SIGNED_AT);
      expect(csvProblems(await lines('2026-02-20'), CSV_FORMS.wholeStocks)).to.deep.equal([]);
      expect(csvProblems(await lines('2026-02-23'), CSV_FORMS.stocks)).to.deep.equal([]);
    } finally {
      await older.simulator.close();
    }
  });

  it('forms - accept what was really published', function () {
    for (const [form, row] of LITERAL_ROWS) {
      const header = Object.keys(CSV_FORMS[form]).join(',');
      expect(csvProblems([header, row], CSV_FORMS[form])).to.deep.equal([]);
    }
    const samples = new URL('../../../../shared/samples/', import.meta.url);
    const dayFile = new URL('us_stocks_sip_day_aggs_v1_2026-10-02_excerpt.csv', samples);
    if (!existsSync(dayFile)) {
      this.test!.title += ' (no samples beside the project: only the rows above)';
      return;
    }
    const linesOf = (file: URL): string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(csvProblems(linesOf(dayFile), CSV_FORMS.stocks)).to.deep.equal([]);
    const [header = '', ...rows] = linesOf(new URL('us_stocks_sip_minute_aggs_v1_excerpts.csv', samples));
    const decimals = rows.filter(row => /^[^,]+,\d+\.\d/.test(row));
    expect(csvProblems([header, ...decimals], CSV_FORMS.stocks)).to.deep.equal([]);
    const whole = rows.filter(row => !decimals.includes(row));
    expect(csvProblems([header, ...whole], CSV_FORMS.wholeStocks)).to.deep.equal([]);
  });
});
