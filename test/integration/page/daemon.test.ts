import { expect } from 'chai';
import type { Page } from 'playwright-core';
import {
  BROWSER_PATIENCE_MS,
  browserOfTests,
  DESKTOP,
  isLive,
  keepPicture,
  logIn,
  PHONE,
  tooWide,
  type VisitedPage,
} from '../../support/page-browser.ts';
import { SimulatedDaemon } from '../../support/simulated-daemon.ts';

/** What the page promises for a change of state. */
const TOLD_WITHIN_MS = 3_000;

describe('status page of a daemon', function () {
  this.timeout(4 * BROWSER_PATIENCE_MS);
  const browser = browserOfTests();
  let daemon: SimulatedDaemon;
  let visited: VisitedPage;
  let page: Page;

  before(async () => {
    daemon = await SimulatedDaemon.start(['BTC-USD', 'ETH-USD', 'SOL-USD']);
  });
  beforeEach(async () => {
    visited = await browser().visit(daemon.address, DESKTOP);
    page = visited.page;
    await logIn(page, daemon.token);
    await isLive(page);
    await session('good').waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    expect(visited.complaints).to.deep.equal([]);
    expect(visited.foreignRequests).to.deep.equal([]);
  });
  after(() => daemon?.stop());

  const session = (severity: 'good' | 'warning') => page.locator(`[data-state="session"].${severity}`);
  const symbol = (name: string) => page.locator(`#subscriptions [data-symbol="${name}"]`);

  it('charts move while bars come, and the newest bars are found by symbol', async () => {
    const chart = page.getByRole('img', { name: /^Events a second: \d.* now/ });
    const before = await chart.getAttribute('aria-label');
    await page.locator(`.plot[aria-label^="Events a second"]:not([aria-label="${before}"])`).waitFor();
    await page.getByRole('img', { name: /^Lag, until acknowledged: p50 [\d.]+ m?s now/ }).waitFor();
    await page.getByLabel('Search by symbol').fill('eth');
    await page.getByText('1 of 3').waitFor();
    await page.getByRole('button', { name: 'ETH-USD', exact: true }).click();
    await page
      .getByRole('img', { name: /^Candles of ETH-USD: \d+ bars, the newest \d\d:\d\d:\d\d, open/ })
      .waitFor();
    await page.getByRole('img', { name: /^Coverage of \d+ groups/ }).waitFor();
  });

  it('a symbol that is added comes, and one that is removed is gone', async () => {
    await page.getByLabel('Symbols to add').fill('XRP-USD');
    await page.getByRole('button', { name: 'Add' }).click();
    await symbol('XRP-USD').waitFor();
    await page.getByRole('button', { name: 'XRP-USD', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove XRP-USD' }).click();
    await symbol('XRP-USD').waitFor({ state: 'detached' });
  });

  it('a session that drops is told within three seconds, its gap is filled by a click', async () => {
    await page.locator('#gaps').getByText('There are no gaps.').waitFor();
    await daemon.killSimulator();
    const droppedAt = performance.now();
    await session('warning').waitFor();
    expect(performance.now() - droppedAt).to.be.lessThan(TOLD_WITHIN_MS);
    expect(await page.locator('.banner').getAttribute('class')).to.equal('banner warning');
    await keepPicture(page, 'daemon-without-session');
    await daemon.returnSimulator();
    await session('good').waitFor();
    const gap = page.locator('#gaps [data-gap="crypto-1"]');
    await gap.locator('.badge', { hasText: 'deferred' }).waitFor();
    await gap.getByRole('button', { name: 'Fill' }).click();
    await gap.locator('.badge', { hasText: 'filled' }).waitFor();
  });

  it('is readable on a phone', async () => {
    const phone = await browser().visit(daemon.address, PHONE);
    await logIn(phone.page, daemon.token);
    await isLive(phone.page);
    await phone.page.getByRole('img', { name: /^Candles of/ }).waitFor();
    expect(await tooWide(phone.page)).to.equal(0);
    await keepPicture(phone.page, 'daemon-phone');
    await phone.page.context().close();
    expect(phone.complaints).to.deep.equal([]);
  });

  it('shows the configuration without its secrets', async () => {
    await page.getByText('Configuration in force').click();
    await page.locator('.settings tbody tr').first().waitFor();
    expect(await page.locator('.settings').innerText()).not.to.contain(daemon.token);
    await keepPicture(page, 'daemon');
  });
});
