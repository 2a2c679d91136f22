import { expect } from 'chai';
import { ReceiveClock } from '../../../../src/massive/scanner/receive-clock.ts';
import { parseSubscriptions } from '../../../../src/massive/subscription.ts';
import { GapBook } from '../../../../src/realtime/gaps/book.ts';
import { BookFile } from '../../../../src/realtime/gaps/book-file.ts';
import { type FillOptions, GapFiller, type RestAccess } from '../../../../src/realtime/gaps/filler.ts';
import type { Gap } from '../../../../src/realtime/gaps/gap.ts';
import { TABLE_EPOCH_MS } from '../../../../src/tables/epoch.ts';
import { SessionCalendar } from '../../../../src/tables/session-calendar.ts';
import { BOOK } from '../../../support/gap-process.ts';
import { HttpServer, type Script } from '../../../support/http-server.ts';
import { LeapingClock } from '../../../support/leaping-clock.ts';
import { MemoryStateFiles } from '../../../support/memory-state-files.ts';
import { RestHarness } from '../../../support/rest-harness.ts';
import { rowsOf, scannerHarness } from '../../../support/scanner-harness.ts';
import { Watch } from '../../../support/watch.ts';

const MINUTE = 60_000;

/** 2026-10-02, 10:00 in New York; the clock begins there. */
const NOW = Date.UTC(2026, 9, 2, 14);
const BEGIN = NOW - 20 * MINUTE;
const END = NOW - 10 * MINUTE;

const OPTIONS: FillOptions = {
  settledMs: 2 * MINUTE,
  correctionMs: 15 * MINUTE,
  delayMs: 0,
  mostRequests: 100,
};

const bar = (t: number) => ({ t, o: 1, h: 2, l: 1, c: 2, v: 10.5, vw: 1.5, n: 3 });
const answered = (...results: unknown[]): Script => ({
  body: { status: 'OK', request_id: 'a', resultsCount: results.length, results },
});
const NOTHING: Script = { body: { status: 'OK', request_id: 'a', resultsCount: 0 } };

/** A filler at work on a book, REST under the test's control. */
class Work {
  readonly rest: RestHarness;
  readonly book: GapBook;
  readonly states: string[] = [];
  readonly brought: string[] = [];
  readonly clock = new LeapingClock(NOW);
  readonly #stop = new AbortController();
  readonly #watch = new Watch();
  readonly #files = new MemoryStateFiles();
  readonly #filler: GapFiller;
  #running: Promise<void> = Promise.resolve();

  constructor(
    server: HttpServer,
    options: Partial<FillOptions> & { readonly pairs?: string; readonly access?: RestAccess } = {},
  ) {
    const { pairs = 'AM.AAPL,AM.MSFT', access, ...fill } = options;
    const { clock } = this;
    this.rest = new RestHarness({ address: server.address, clock });
    const { logger } = this.rest;
    // A suspicion that is dropped is told in the log alone.
    const info = logger.info.bind(logger);
    logger.info = (message, fields) => {
      info(message, fields);
      this.#watch.changed();
    };
    const file = new BookFile(BOOK, this.#files);
    this.book = new GapBook({ market: 'stocks', name: 'stocks' }, { clock, logger, file });
    this.book.onChange(({ state }) => {
      this.states.push(state.name);
      this.#watch.changed();
    });
    const calendar = new SessionCalendar('stocks');
    const subscriptions = parseSubscriptions('stocks', pairs);
    this.#filler = new GapFiller(
      { ...OPTIONS, ...fill },
      {
        book: this.book,
        clock,
        logger,
        rest: access ?? { requests: this.rest.requests },
        receiveClock: new ReceiveClock(clock),
        quarantine: { put: () => {} },
        calendar: () => calendar,
        subscriptions: () => subscriptions,
        inject: async rows => {
          for (const { sym, start, src } of rowsOf(rows)) this.brought.push(`${sym} ${start} ${src}`);
          return true;
        },
      },
    );
  }

  gap(silentFromMs?: number): Gap {
    const { id } = this.book.open({
      channels: ['AM'],
      beginMs: BEGIN,
      cause: 'disconnect',
      ...(silentFromMs === undefined ? {} : { silentFromMs }),
    });
    return this.book.end(id, END);
  }

  /** The stream sends a minute of AAPL. */
  streams(startMs: number): void {
    const { scan, scanner } = scannerHarness('stocks');
    const bar = { ev: 'AM', sym: 'AAPL', v: 11, av: 11, op: 1, vw: 1, o: 1, c: 1, h: 1, l: 1, a: 1, z: 1 };
    scan(JSON.stringify([{ ...bar, s: startMs, e: startMs + MINUTE }]));
    for (const rows of scanner.drain()) this.#filler.streamed.received(rows);
  }

  run(): void {
    this.#running = this.#filler.run(this.#stop.signal);
  }

  /** Resolves when a gap is as wanted. */
  async until(isSo: (book: GapBook) => boolean): Promise<void> {
    await this.#watch.until(() => isSo(this.book));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.rest.close();
  }
}

describe('gap filler', () => {
  let server: HttpServer;
  let work: Work;

  beforeEach(async () => {
    server = await HttpServer.start();
  });

  afterEach(async () => {
    await work.close();
    await server.stop();
  });

  const state = (book: GapBook) => book.gaps[0]!.state;

  it('brings the bars of each symbol, and asks once more when no corrections come any more', async () => {
    work = new Work(server);
    server.answer = ({ path }) => answered(bar(BEGIN), bar(path.includes('AAPL') ? BEGIN + MINUTE : BEGIN));
    work.gap();
    work.run();
    await work.until(book => state(book).name === 'filled' && (state(book) as { final: boolean }).final);
    expect(work.states).to.deep.equal(['open', 'open', 'filling', 'filled', 'filled']);
    expect(work.book.gaps[0]?.rows).to.equal(6);
    expect(work.clock.wallMs() - END).to.be.within(17 * MINUTE, 18 * MINUTE);
    expect(server.seen.map(({ path }) => path)).to.deep.equal([
      `/v2/aggs/ticker/AAPL/range/1/minute/${BEGIN}/${END - 1}`,
      `/v2/aggs/ticker/MSFT/range/1/minute/${BEGIN}/${END - 1}`,
      `/v2/aggs/ticker/AAPL/range/1/minute/${BEGIN}/${END - 1}`,
      `/v2/aggs/ticker/MSFT/range/1/minute/${BEGIN}/${END - 1}`,
    ]);
    expect(work.brought.slice(0, 3).map(row => row.replace(/ \d+ /, ' '))).to.deep.equal([
      'AAPL rest',
      'AAPL rest',
      'MSFT rest',
    ]);
  });

  it('leaves out what the stream has sent anew meanwhile: REST may have given it as it was before', async () => {
    work = new Work(server);
    server.answer = () => answered(bar(BEGIN), bar(BEGIN + MINUTE));
    server.onRequest = ({ path }) => {
      if (path.includes('MSFT')) work.streams(BEGIN + MINUTE);
    };
    work.streams(BEGIN);
    work.gap();
    work.run();
    await work.until(book => state(book).name === 'filled');
    const brought = work.brought.slice(0, 3).map(row => row.split(' ').slice(0, 2).join(' '));
    const ns = (ms: number) => BigInt(ms - TABLE_EPOCH_MS) * 1_000_000n;
    expect(brought).to.deep.equal([`AAPL ${ns(BEGIN)}`, `MSFT ${ns(BEGIN)}`, `MSFT ${ns(BEGIN + MINUTE)}`]);
  });

  it('waits until the windows are settled', async () => {
    work = new Work(server, { settledMs: 30 * MINUTE });
    server.answer = () => NOTHING;
    work.gap();
    work.run();
    await work.until(book => state(book).name === 'filled');
    expect(work.clock.wallMs()).to.be.at.least(END + 30 * MINUTE);
  });

  const forGood: readonly (readonly [string, Script, RegExp])[] = [
    [
      'a gap outside the history of the plan',
      { status: 403, body: { status: 'NOT_AUTHORIZED', message: 'You are not entitled to this data.' } },
      /not in your plan/,
    ],
    ['a key that is refused', { status: 401, body: { error: 'Unknown API Key' } }, /refuses the API key/],
  ];
  for (const [what, script, reason] of forGood) {
    it(`${what} makes it unfillable, with the reason`, async () => {
      work = new Work(server);
      server.answer = () => script;
      work.gap();
      work.run();
      await work.until(book => state(book).name === 'unfillable');
      expect((state(work.book) as { reason: string }).reason).to.match(reason);
      expect(server.seen).to.have.length(1);
    });
  }

  it('trouble that passes is waited out, longer each time, and nothing is given up', async () => {
    work = new Work(server);
    server.answer = () => ({ status: 502, body: '<html>Bad Gateway</html>' });
    work.gap();
    work.run();
    await work.until(book => {
      const now = state(book);
      return now.name === 'open' && now.attempts === 3;
    });
    server.answer = () => answered(bar(BEGIN));
    await work.until(book => state(book).name === 'filled');
    expect(work.book.gaps[0]?.rows).to.equal(2);
  });

  it('a symbol that REST does not know costs only itself', async () => {
    work = new Work(server);
    server.answer = ({ path }) =>
      path.includes('MSFT')
        ? { status: 404, body: { status: 'NOT_FOUND', message: 'Ticker not found.' } }
        : answered(bar(BEGIN));
    work.gap();
    work.run();
    await work.until(book => state(book).name === 'filled');
    expect(work.book.gaps[0]?.rows).to.equal(1);
  });

  it('the whole market, and what takes too many requests, is left to the flat file without a request', async () => {
    for (const options of [{ pairs: 'AM.*' }, { mostRequests: 1 }]) {
      work = new Work(server, options);
      work.gap();
      work.run();
      await work.until(book => state(book).name === 'deferred');
      expect((state(work.book) as { reason: string }).reason).to.include('the flat file of 2026-10-02');
      if ('pairs' in options) await work.close();
    }
    expect(server.seen).to.deep.equal([]);
  });

  it('but not where somebody asks for it', async () => {
    work = new Work(server, { mostRequests: 1 });
    server.answer = () => answered(bar(BEGIN));
    const { id } = work.gap();
    work.run();
    await work.until(book => state(book).name === 'deferred');
    work.book.change(id, { name: 'open', attempts: 0, byHand: true });
    await work.until(book => state(book).name === 'filled');
    expect(work.book.gaps[0]?.rows).to.equal(2);
  });

  it('without REST a gap says why nothing will fill it', async () => {
    work = new Work(server, { access: { leaves: 'unfillable', reason: 'there is no key for REST' } });
    work.gap();
    work.run();
    await work.until(book => state(book).name === 'unfillable');
    expect((state(work.book) as { reason: string }).reason).to.equal('there is no key for REST');
  });

  it('a suspicion is dropped where REST has nothing of the silence, and was never a gap', async () => {
    work = new Work(server);
    // Only what was there before the silence.
    server.answer = () => answered(bar(BEGIN));
    work.gap(BEGIN + 5 * MINUTE);
    work.run();
    await work.until(book => book.gaps.length === 0);
    expect(work.book.gaps).to.deep.equal([]);
    expect(work.states).to.deep.equal(['suspected', 'suspected']);
  });

  it('and is a gap, filled at once, where REST has something', async () => {
    work = new Work(server);
    server.answer = () => answered(bar(BEGIN), bar(BEGIN + 6 * MINUTE));
    work.gap(BEGIN + 5 * MINUTE);
    work.run();
    await work.until(book => state(book).name === 'filled');
    expect(work.states.slice(2)).to.deep.equal(['open', 'filling', 'filled']);
  });

  it('what a killed process was filling is filled again', async () => {
    work = new Work(server);
    server.answer = () => answered(bar(BEGIN));
    const { id } = work.gap();
    work.book.change(id, { name: 'filling' });
    work.run();
    await work.until(book => state(book).name === 'filled');
    expect(work.states).to.deep.equal(['open', 'open', 'filling', 'open', 'filling', 'filled']);
  });
});
