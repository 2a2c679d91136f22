import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { BROWSER_FILES } from '../../../../src/ops/page/files.ts';
import { type GapView, loginPage, statusPage } from '../../../../src/ops/page/render.ts';
import { FIXTURE_NOW_MS, MovingDaemon } from '../../../support/moving-status.ts';

const STOCKS = { name: 'stocks', market: 'stocks', channels: ['A', 'AM'], eventsPerSecond: 900 };
const HOSTILE = `<script>alert(1)</script>" onclick='x'`;

function gap(id: string, state: GapView['state'], more: Partial<GapView> = {}): GapView {
  const beginMs = FIXTURE_NOW_MS - 600_000;
  return {
    id,
    channels: ['A'],
    beginMs,
    endMs: beginMs + 60_000,
    cause: 'disconnect',
    state,
    rows: 0,
    ...more,
  };
}

function page(gaps: readonly GapView[] = [], message?: string): string {
  const status = new MovingDaemon([STOCKS]).status();
  return statusPage({ status, gaps: { stocks: gaps }, ...(message !== undefined && { message }) });
}

describe('status page without scripts', () => {
  it('says how session, tickerplant and spool are, with a sign for each severity', () => {
    const { feeds, ...daemon } = new MovingDaemon([STOCKS]).status();
    const lines = { ...feeds[0]!.lines, tickerplant: { severity: 'bad', text: 'It refuses rows.' } } as const;
    const shown = statusPage({ status: { ...daemon, feeds: [{ ...feeds[0]!, lines }] }, gaps: {} });
    expect(shown).to.match(/class="state bad"><h3>Tickerplant<\/h3>.*Bad: <\/span><span>It refuses rows\./);
    expect(shown).to.match(/class="state good"><h3>Session/);
    expect(shown).to.match(/class="state good"><h3>Spool/);
  });

  it('offers to fill what is over and not verified, and to forget what nothing was brought for', () => {
    const shown = page([
      gap('stocks-1', { name: 'open', attempts: 0 }),
      gap('stocks-2', { name: 'filled', final: true }),
      gap('stocks-3', { name: 'verified' }),
      gap('stocks-4', { name: 'filling' }),
      gap('stocks-5', { name: 'open', attempts: 0 }, { endMs: null }),
    ]);
    const actions = [...shown.matchAll(/action="\/api\/feeds\/stocks\/gaps\/(\S+)"/g)].map(
      ([, path]) => path,
    );
    expect(actions.sort()).to.deep.equal(['stocks-1/fill', 'stocks-1/forget', 'stocks-2/fill']);
  });

  it('leaves nothing of foreign text that a browser would take for markup', () => {
    const state = { name: 'deferred', reason: HOSTILE };
    const shown =
      page([gap('stocks-1', state), gap(HOSTILE, { name: 'open' })], HOSTILE) + loginPage(HOSTILE);
    expect(shown).not.to.contain('<script>alert');
    expect(shown).not.to.match(/" onclick/);
  });

  it('has nothing inline, as its policy wants it, and fetches only what is served with it', () => {
    const shown = page([gap('stocks-1', { name: 'open' })]) + loginPage('no');
    expect(shown).not.to.match(/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/);
    const served = BROWSER_FILES.map(({ name }) => `/assets/${name}`);
    const fetched = [...shown.matchAll(/\b(?:src|href)="([^"#][^"]*)"/g)].map(([, address]) => address);
    expect(fetched.filter(address => address !== '/' && !served.includes(address!))).to.deep.equal([]);
  });
});

describe('status page - files', () => {
  it('exist, each under a name of its own', () => {
    expect(BROWSER_FILES.filter(({ path }) => !existsSync(path))).to.deep.equal([]);
    expect(new Set(BROWSER_FILES.map(({ name }) => name)).size).to.equal(BROWSER_FILES.length);
    expect(BROWSER_FILES.map(({ name }) => name)).to.include.members(['main.js', 'uplot.js', 'uplot.css']);
  });
});
