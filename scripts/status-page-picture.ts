/**
 * Draws the picture of the status page that the README shows, from numbers of a test:
 *
 *     node --import tsx scripts/status-page-picture.ts [FILE]
 */
import { isLive, logIn, PageBrowser } from '../test/support/page-browser.ts';
import { StatusFixture } from '../test/support/status-fixture.ts';

const WIDTH = 1280;

const [file = 'docs/status-page.png'] = process.argv.slice(2);
const browser = await PageBrowser.launch();
if (!browser) throw new Error('this machine has no chromium');
const fixture = await StatusFixture.start();
try {
  const viewport = { width: WIDTH, height: 900 };
  const { page } = await browser.visit(fixture.address, { viewport, colorScheme: 'light' });
  await logIn(page, fixture.token);
  await isLive(page);
  await page.getByRole('img', { name: /^Candles of/ }).waitFor();
  const last = (await page.locator('#bars').boundingBox())!;
  const height = Math.ceil(last.y + last.height) + 12;
  await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: WIDTH, height } });
} finally {
  await fixture.stop();
  await browser.close();
}
