import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];
const SCREENSHOTS = fileURLToPath(new URL('../../coverage/screenshots/', import.meta.url));

/** More than a minute, whose end some of it waits for, on a machine that is busy otherwise. */
export const BROWSER_PATIENCE_MS = 150_000;
export const DESKTOP = { viewport: { width: 1440, height: 900 } } as const;
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

/** A page that is looked at, and what a browser held against it. */
export interface VisitedPage {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, and what the policy forbade. */
  readonly complaints: readonly string[];
  /** Addresses that are not the daemon's own. */
  readonly foreignRequests: readonly string[];
}

/** One browser for the tests of a file. */
export class PageBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Undefined where this machine has none. */
  static async launch(): Promise<PageBrowser | undefined> {
    const executablePath = PROGRAMS.find(isProgram);
    if (executablePath === undefined) return undefined;
    return new PageBrowser(await chromium.launch({ executablePath, args: ARGUMENTS }));
  }

  /** Opens an address as somebody who was never there. */
  async visit(address: string, options: BrowserContextOptions = DESKTOP): Promise<VisitedPage> {
    const context = await this.#browser.newContext({
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      ...options,
    });
    context.setDefaultTimeout(BROWSER_PATIENCE_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    const foreignRequests: string[] = [];
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', error => complaints.push(error.stack ?? error.message));
    page.on('request', request => {
      const url = new URL(request.url());
      if (url.protocol !== 'data:' && url.origin !== address) foreignRequests.push(request.url());
    });
    await page.goto(`${address}/`);
    return { page, complaints, foreignRequests };
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** A browser for the tests of a block, opened before them and closed after them; without one they are skipped. */
export function browserOfTests(): () => PageBrowser {
  let browser: PageBrowser | undefined;
  before(async function () {
    browser = await PageBrowser.launch();
    if (browser) return;
    console.log('      skipped: this machine has no chromium');
    this.skip();
  });
  after(() => browser?.close());
  return () => browser!;
}

/** Enters the token, and waits for what comes after it. */
export async function logIn(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Log in' }).click();
}

/** Resolves when the page shows what is live. */
export async function isLive(page: Page): Promise<void> {
  await page.locator('.pulse.good').waitFor();
  await page.locator('#live:not([hidden], .stale) .chart canvas').first().waitFor();
}

/** Keeps a picture for people, of the whole page. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** By how many pixels a page is wider than what shows it. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
