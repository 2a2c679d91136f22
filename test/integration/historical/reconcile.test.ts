import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/base/clock.ts';
import { bookPath } from '../../../src/cli/start/gaps.ts';
import type { ReconcileReport } from '../../../src/historical/reconcile/report.ts';
import { Loader } from '../../../src/kdb/loader/loader.ts';
import { BookFile } from '../../../src/realtime/gaps/book-file.ts';
import type { Gap } from '../../../src/realtime/gaps/gap.ts';
import { systemStateFiles } from '../../../src/realtime/gaps/state-files.ts';
import { dateDaysOf } from '../../../src/tables/epoch.ts';
import { blocksOf } from '../../support/bar-versions.ts';
import type { CommandResult } from '../../support/command-process.ts';
import { HistoryProcesses } from '../../support/history-processes.ts';
import { fileRows, type LiveDay, liveDay } from '../../support/live-day.ts';

const DATE = '2026-10-02';
const DAY_MS = 86_400_000;
const KEY = 'us_stocks_sip/minute_aggs_v1/2026/10/2026-10-02.csv.gz';

describe('reconcile', function () {
  this.timeout(240_000);
  let processes: HistoryProcesses;
  let day: LiveDay;
  let absentSubscribed: string;
  let absentOther: string;

  before(async () => {
    processes = await HistoryProcesses.start({ symbols: 30, rate: 2, atMs: Date.UTC(2026, 9, 8, 14) });
    const file = await fileRows(processes.httpAddress, KEY);
    const symbols = [...new Set(file.map(({ sym }) => sym))];
    [absentSubscribed, absentOther] = [symbols[5]!, symbols[9]!];
    day = liveDay(file, [absentSubscribed, absentOther]);
    expect(day.missing).to.be.greaterThan(50);
    await stage(day);
    const feeds = [{ market: 'stocks', channels: ['AM'], symbols: [absentSubscribed] }];
    writeFileSync(join(processes.directory, 'feeds.yaml'), JSON.stringify({ feeds }));
    writeGaps();
  });

  after(() => processes.stop());

  async function stage({ rows }: LiveDay): Promise<void> {
    const loader = await Loader.open(
      { host: '127.0.0.1', port: processes.loaderPort, user: '', password: '' },
      { clock: systemClock, connectTimeoutMs: 60_000, answerTimeoutMs: 60_000, market: 'stocks' },
    );
    const recv = rows.reduce((latest, bar) => (bar.recv > latest ? bar.recv : latest), 0n);
    await loader.stage(
      'live.test',
      blocksOf(
        rows.map(bar => ({ ...bar, recv })),
        dateDaysOf(DATE),
      ),
    );
    await loader.merge('agg1m', [dateDaysOf(DATE)]);
    loader.close();
  }

  /** A gap of minutes that was left to the file, one of seconds too, and one of another date. */
  function writeGaps(): void {
    const beginMs = Date.UTC(2026, 9, 2, 14, 30);
    const gap = {
      market: 'stocks',
      cause: 'restart',
      state: { name: 'deferred', reason: 'the whole market' },
      ...{ rows: 0, openedMs: beginMs, changedMs: beginMs },
    };
    const gaps = [
      { ...gap, id: 'stocks-1', channels: ['AM'], beginMs, endMs: beginMs + 600_000 },
      { ...gap, id: 'stocks-2', channels: ['A', 'AM'], beginMs, endMs: beginMs + 600_000 },
      {
        ...gap,
        id: 'stocks-3',
        channels: ['AM'],
        beginMs: beginMs - DAY_MS,
        endMs: beginMs + 60_000 - DAY_MS,
      },
    ];
    const state = join(processes.directory, 'state');
    mkdirSync(state, { recursive: true });
    const file = new BookFile(bookPath(state, 'stocks'), systemStateFiles);
    file.save({ nextNumber: 4, gaps: gaps as readonly Gap[] });
  }

  async function gapStates(): Promise<string[]> {
    const { stdout } = await processes.command('gaps', 'list', '--json').done;
    return (JSON.parse(stdout) as Gap[]).map(({ id, state }) => `${id} ${state.name}`);
  }

  function reconcile(...flags: readonly string[]): Promise<CommandResult> {
    const feeds = ['--config', join(processes.directory, 'feeds.yaml')];
    return processes.command('reconcile', DATE, ...feeds, ...flags).done;
  }

  async function report(...flags: readonly string[]): Promise<{ code: number; report: ReconcileReport }> {
    const { code, stdout, stderr } = await reconcile('--json', ...flags);
    expect(stdout, stderr).to.not.equal('');
    return { code: Number(code), report: JSON.parse(stdout) as ReconcileReport };
  }

  it('finds every hole, difference and extra bar that was made, and ends with 2', async () => {
    const { code, report: found } = await report();
    const wholly = day.absent.get(absentSubscribed)!;
    expect(code).to.equal(2);
    expect(found.outcome).to.equal('different');
    expect(found.captured).to.include({
      file: day.file + wholly,
      missing: day.missing + wholly,
      different: day.different,
      extra: day.extra,
      equal: day.file - day.missing - day.different,
    });
    expect(found.captured.columns['volume']!.different).to.equal(day.columns['volume']);
    expect(found.captured.columns['close']!.different).to.equal(day.columns['close']);
    expect(found.captured.columns['open']!.different).to.equal(0);
    expect(found.captured.columns['trades']).to.include({
      compared: 0,
      absent: day.file - day.missing,
    });
    const { file, held, equal, missing, different, extra } = found.captured;
    expect(found.database).to.deep.equal({ file, held, equal, missing, different, extra });
    expect(found.captured.worst[0]).to.include({ sym: absentSubscribed, missing: wholly, file: wholly });
    const byMinute = found.captured.minutes.reduce((sum, minute) => sum + minute.missing, 0);
    expect(byMinute).to.equal(day.missing + wholly);
    expect(found.notSubscribed).to.deep.equal({
      symbols: 1,
      bars: day.absent.get(absentOther),
      names: [absentOther],
    });
    const [example] = found.captured.examples.different;
    expect(example!.columns).to.have.length.greaterThan(0);
    expect(example!.file).to.not.deep.equal(example!.captured);
  });

  it('counts what was not subscribed to as missing with --all', async () => {
    const { code, report: found } = await report('--all');
    expect(code).to.equal(2);
    const absent = [...day.absent.values()].reduce((sum, bars) => sum + bars, 0);
    expect(found.captured.missing).to.equal(day.missing + absent);
    expect(found.notSubscribed.symbols).to.equal(0);
  });

  it('prints it for people, and as a page that needs nothing else', async () => {
    const html = join(processes.directory, 'day.html');
    const { code, stdout } = await reconcile('--html', html);
    expect(code).to.equal(2);
    const missing = (day.missing + day.absent.get(absentSubscribed)!).toLocaleString('en-US');
    expect(stdout).to.match(new RegExp(`missing +${missing} +${missing}\n`));
    expect(stdout).to.contain('not subscribed: 1 symbols');
    expect(stdout).to.contain("--repair loads the file's version");
    const page = readFileSync(html, 'utf8');
    expect(page.match(/<svg /g)!.length).to.be.greaterThan(5);
    expect(page).to.contain(absentSubscribed);
    expect(page).to.not.match(/<script|https?:|url\(|<link|@import/);
  });

  it("repairs to the file's version, keeps what was captured, and does nothing the second time", async () => {
    const before = (await report()).report;
    const verdicts = (of: ReconcileReport) => of.gaps.map(({ id, state }) => `${id} ${state}`);
    expect(verdicts(before)).to.deep.equal(['stocks-1 deferred', 'stocks-2 deferred']);
    expect(before.gaps[0]!.missing).to.be.greaterThan(0);
    const { code, report: found } = await report('--repair');
    expect(code).to.equal(0);
    expect(found.outcome).to.equal('repaired');
    expect(found.repair!.before).to.deep.equal(before.database);
    expect(found.database).to.include({ missing: 0, different: 0, extra: day.extra });
    expect(verdicts(found)).to.deep.equal(['stocks-1 verified', 'stocks-2 deferred']);
    expect(await gapStates()).to.deep.equal(['stocks-1 verified', 'stocks-2 deferred', 'stocks-3 deferred']);
    const again = await report('--repair');
    expect(again.code).to.equal(0);
    expect(again.report.repair).to.equal(null);
    expect(again.report.database).to.deep.equal(found.database);
    // What was captured is known still, though the file's values are the bars' now.
    expect(again.report.captured).to.deep.equal(before.captured);
    expect(again.report.notSubscribed.names).to.deep.equal([absentOther]);
  });

  it('ends with a line and a code of its own where there is no file, or nothing to compare', async () => {
    const run = (date: string) => processes.command('reconcile', date, '--market', 'stocks').done;
    const holiday = await run('2026-09-07');
    expect(holiday.code).to.equal(64);
    expect(holiday.stderr.trim().split('\n').at(-1)).to.match(/2026-09-07 is no trading date of stocks/);
    const nothing = await run('2026-10-05');
    expect(nothing.code).to.equal(1);
    expect(nothing.stdout).to.contain('Nothing to compare');
  });
});
