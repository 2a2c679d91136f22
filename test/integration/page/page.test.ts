import { expect } from 'chai';
import type { BrowserContextOptions } from 'playwright-core';
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
import { StatusFixture } from '../../support/status-fixture.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

describe('status page in a browser', function () {
  this.timeout(2 * BROWSER_PATIENCE_MS);
  const browser = browserOfTests();
  let fixture: StatusFixture;
  let visited: VisitedPage;

  beforeEach(async () => {
    fixture = await StatusFixture.start();
  });
  afterEach(async () => {
    await visited.page
      .context()
      .close()
      .finally(() => fixture.stop());
    expect(visited.foreignRequests, 'requests that leave the daemon').to.deep.equal([]);
  });

  /** Logs in, and waits for what is live. */
  async function open(options?: BrowserContextOptions): Promise<VisitedPage['page']> {
    visited = await browser().visit(fixture.address, options);
    await logIn(visited.page, fixture.token);
    if (options?.javaScriptEnabled !== false) await isLive(visited.page);
    return visited.page;
  }

  describe('loads', () => {
    afterEach(() => {
      expect(visited.complaints).to.deep.equal([]);
    });

    it('in light, under its policy, with every panel filled', async () => {
      const page = await open({ ...DESKTOP, colorScheme: 'light' });
      await page.getByRole('row', { name: /AAPL/ }).first().waitFor();
      await page.locator('#gaps [data-gap="stocks-16"]').waitFor();
      await page.locator('#quarantine li').first().waitFor();
      await page.locator('#subscriptions li').first().waitFor();
      await page.getByRole('img', { name: /^Coverage of 16 groups/ }).waitFor();
      await page.getByRole('img', { name: /^Candles of AAPL: \d+ bars/ }).waitFor();
      expect(await page.locator('.chart canvas').count()).to.equal(6);
      expect(await page.getByRole('heading', { level: 1 }).innerText()).to.contain('2 feeds stream');
      expect(await tooWide(page)).to.equal(0);
      await keepPicture(page, 'desktop-light');
    });

    it('in dark where the system is dark, and as it was chosen at the next visit', async () => {
      const page = await open({ ...DESKTOP, colorScheme: 'dark' });
      const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      const dark = await background();
      await page.getByRole('row', { name: /AAPL/ }).first().waitFor();
      await keepPicture(page, 'desktop-dark');
      await page.getByLabel('Theme').selectOption('light');
      const light = await background();
      expect(light).not.to.equal(dark);
      await page.reload();
      await isLive(page);
      expect(await background()).to.equal(light);
      await page.getByLabel('Theme').selectOption('system');
      expect(await background()).to.equal(dark);
    });

    it('on a phone without sideways scrolling, before and after the login', async () => {
      visited = await browser().visit(fixture.address, PHONE);
      expect(await tooWide(visited.page)).to.equal(0);
      await logIn(visited.page, fixture.token);
      await isLive(visited.page);
      await visited.page.locator('#gaps [data-gap="stocks-16"]').waitFor();
      await visited.page.getByRole('img', { name: /^Candles of AAPL: \d+ bars/ }).waitFor();
      await visited.page.getByText('Configuration in force').click();
      await visited.page.getByRole('cell', { name: 'default' }).first().waitFor();
      expect(await tooWide(visited.page)).to.equal(0);
      await keepPicture(visited.page, 'phone');
    });

    it('without scripts: states, numbers, and gaps that can be filled and forgotten', async () => {
      const page = await open({ ...DESKTOP, javaScriptEnabled: false });
      expect(await page.getByRole('heading', { level: 1 }).innerText()).to.contain('2 feeds stream');
      await page.getByText(/Scripts are off: .* loads itself again/).waitFor();
      expect(await page.locator('meta[http-equiv="refresh"]').count()).to.equal(1);
      await keepPicture(page, 'without-scripts');
      await page.getByRole('button', { name: 'Fill stocks-16' }).click();
      await page.getByRole('row', { name: /stocks-16.*filling/ }).waitFor();
      const row = page.getByRole('row', { name: /stocks-13/ });
      await row.getByLabel('Why stocks-13 is given up').fill('the exchange was down');
      await row.getByRole('button', { name: 'Forget stocks-13' }).click();
      await page.getByRole('row', { name: /stocks-13.*unfillable.*the exchange was down/ }).waitFor();
      expect(await page.evaluate('document.location.pathname')).to.equal('/');
    });

    it('the login, which says why it was in vain, and the page after the right token', async () => {
      visited = await browser().visit(fixture.address, { viewport: { width: 900, height: 560 } });
      await keepPicture(visited.page, 'login');
      await logIn(visited.page, fixture.token);
      await isLive(visited.page);
      await visited.page.getByRole('button', { name: 'Log out' }).click();
      await visited.page.getByLabel('Token').waitFor();
    });

    it('text of foreign origin as text', async () => {
      fixture.daemon.line = { severity: 'warning', text: HOSTILE };
      const routes = fixture.routes.get('stocks')!;
      routes.gaps = [{ ...routes.gaps[0]!, state: { name: 'deferred', reason: HOSTILE } }];
      const page = await open();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).to.contain(HOSTILE);
      await page.getByRole('cell', { name: HOSTILE }).waitFor();
      expect(await page.locator('main img').count()).to.equal(0);
    });
  });

  it('a wrong token is told, and lets nobody in', async () => {
    visited = await browser().visit(fixture.address);
    await logIn(visited.page, 'not-the-token');
    await visited.page.getByRole('alert').getByText('This is not the token.').waitFor();
  });

  it('charts go on with every second', async () => {
    const page = await open();
    const now = page.getByRole('img', { name: /^Events a second: .* now/ });
    const before = await now.getAttribute('aria-label');
    await page.locator(`.plot[aria-label^="Events a second"]:not([aria-label="${before}"])`).waitFor();
  });

  it('each feed has a tab, which arrows reach', async () => {
    const page = await open();
    await page.getByRole('tab', { name: /stocks/ }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: /crypto/, selected: true }).waitFor();
    await page.locator('#gaps [data-gap="crypto-16"]').waitFor();
    expect(await page.locator('#gaps [data-gap="stocks-16"]').count()).to.equal(0);
    await page.reload();
    await isLive(page);
    await page.getByRole('tab', { name: /crypto/, selected: true }).waitFor();
  });

  it('a state that becomes bad is shown by sign and colour, and said aloud once', async () => {
    const page = await open();
    const [stocks] = fixture.daemon.feeds;
    stocks!.lines = { ...stocks!.lines, spool: { severity: 'bad', text: 'The disk is full.' } };
    const card = page.locator('[data-state="spool"]');
    await card.getByText('The disk is full.').waitFor();
    expect(await card.getAttribute('class')).to.equal('state bad');
    expect(await card.locator('p').textContent()).to.equal('Bad: The disk is full.');
    await page
      .locator('#announcer')
      .getByText('Spool, bad: The disk is full.')
      .waitFor({ state: 'attached' });
    await page.getByRole('tab', { name: /Bad: stocks/ }).waitFor();
  });

  it('a daemon that is gone is told at once, nothing looks live, and its return is noticed', async () => {
    const page = await open();
    const port = Number(new URL(fixture.address).port);
    await fixture.stop();
    await page
      .getByRole('alert')
      .getByText(/^No contact with the daemon since \d\d:\d\d:\d\d\./)
      .waitFor({ timeout: 3_000 });
    expect(await page.locator('#live').getAttribute('class')).to.equal('stale');
    expect(await page.locator('.pulse').innerText()).to.match(/^no contact since/);
    expect(await page.title()).to.contain('no contact');
    await keepPicture(page, 'no-contact');
    fixture = await StatusFixture.start(port);
    await isLive(page);
    expect(await page.getByRole('alert').count()).to.equal(0);
  });

  it('a daemon that has no stream left says so instead of going silent, and streams once one is free', async () => {
    const { address, token } = fixture;
    const others = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const streams = Array.from({ length: 8 }, () =>
      fetch(`${address}/events`, { headers, signal: others.signal }),
    );
    await Promise.all(streams);
    visited = await browser().visit(address);
    await logIn(visited.page, token);
    await visited.page
      .getByRole('alert')
      .getByText(/has no stream left: close another page/)
      .waitFor();
    await visited.page.getByRole('heading', { level: 1, name: /2 feeds stream/ }).waitFor();
    others.abort();
    await isLive(visited.page);
  });

  it('a session that has ended asks for another login', async () => {
    const page = await open();
    await page.context().clearCookies();
    const port = Number(new URL(fixture.address).port);
    await fixture.stop();
    fixture = await StatusFixture.start(port);
    await page.getByRole('alert').getByRole('link', { name: 'Log in again' }).click();
    await page.getByLabel('Token').waitFor();
  });

  it('by keys alone: skip, find a symbol, read its candles, fill a gap and forget another', async () => {
    visited = await browser().visit(fixture.address);
    const { page } = visited;
    const { keyboard } = page;
    await keyboard.type(fixture.token);
    await keyboard.press('Enter');
    await isLive(page);
    await keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('Skip to the state');
    await page.getByRole('searchbox', { name: 'Search by symbol' }).focus();
    await keyboard.type('msft');
    await page.getByText('1 of 38').waitFor();
    await page.getByRole('button', { name: 'MSFT', exact: true }).focus();
    await keyboard.press('Enter');
    await page.getByRole('img', { name: /^Candles of MSFT: \d+ bars/ }).focus();
    await keyboard.press('ArrowLeft');
    await page.getByRole('img', { name: /^\d\d:\d\d:\d\d, open .*, high .*, low .*, close / }).waitFor();
    await page.getByRole('img', { name: /^Coverage of/ }).focus();
    await keyboard.press('ArrowRight');
    await page.getByRole('img', { name: /^09:31 A-AM, \d+ of \d+ symbols had a bar/ }).waitFor();
    await page.getByRole('button', { name: 'Fill stocks-16' }).focus();
    await keyboard.press('Enter');
    await page.getByRole('row', { name: /stocks-16.*filling/ }).waitFor();
    await page.getByRole('button', { name: 'Forget stocks-13' }).focus();
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await page.getByRole('row', { name: /stocks-13.*deferred/ }).waitFor();
    await page.getByRole('button', { name: 'Forget stocks-13' }).focus();
    await keyboard.press('Enter');
    await keyboard.type('the exchange was down');
    await keyboard.press('Enter');
    await page.getByRole('row', { name: /stocks-13.*unfillable.*the exchange was down/ }).waitFor();
  });

  it('a symbol is added and removed, and what is no symbol is refused in words', async () => {
    const page = await open();
    const panel = page.locator('#subscriptions');
    await panel.getByLabel('Symbols to add').fill('zzz9');
    await panel.getByRole('button', { name: 'Add' }).click();
    await panel.getByText("'zzz9' is no symbol of stocks. Symbols are upper case.").waitFor();
    await panel.getByLabel('Symbols to add').fill('SHOP, UBER');
    await panel.getByRole('button', { name: 'Add' }).click();
    await panel.getByText('40 symbols on A, AM').waitFor();
    await panel.getByRole('button', { name: 'Remove SHOP' }).click();
    await panel.getByText('39 symbols on A, AM').waitFor();
    expect(await panel.locator('[data-symbol="SHOP"]').count()).to.equal(0);
    expect(await panel.locator('[data-symbol="UBER"]').count()).to.equal(1);
  });
});
