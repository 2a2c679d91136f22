import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Random, seededRandom } from '../../src/base/random.ts';

const VERSION = 1;
const HEADER = 'ticker,volume,open,close,high,low,window_start,transactions\n';
const TICKERS = 10_430;
const FIRST_DAY_MS = Date.UTC(2026, 8, 28, 8);
const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;
/** From 04:00 to 20:00 in New York. */
const MINUTES = 960;
const OPENING_MINUTE = 330;
const CLOSING_MINUTE = 720;
const BLOCK_BYTES = 1 << 20;
const LONGEST_ROW = 160;

/**
 * Files of a day's minute bars of all US stocks, as many as asked for, made once and kept in the folder for temporary
 * files: the same numbers of rows and bytes as Massive's (1.83 million rows, 137 MB, 27 to 30 MB compressed), tickers
 * of one to five letters and with suffixes, minutes without trades, whole and fractional volumes, and prices to the
 * cent with some in between.
 */
export async function minuteFiles(count: number): Promise<string[]> {
  const paths: string[] = [];
  for (let day = 0; day < count; day++) {
    paths.push(await cached(`minutes-${day}`, path => writeMember(path, dayText(day))));
  }
  return paths;
}

/** One file that is so many times as long: a day's rows again and again, each time as a gzip member of its own. */
export function longMinuteFile(times: number): Promise<string> {
  return cached(`minutes-0-times-${times}`, async path => {
    const [day] = await minuteFiles(1);
    await copyFile(day!, path);
    const rows = `${path}.rows`;
    await writeMember(rows, dayRows(0));
    for (let time = 1; time < times; time++) {
      await pipeline(createReadStream(rows), createWriteStream(path, { flags: 'a' }));
    }
    await rm(rows);
  });
}

async function cached(name: string, write: (path: string) => Promise<void>): Promise<string> {
  const folder = join(tmpdir(), `massive-kdb-bench-v${VERSION}`);
  const path = join(folder, `${name}.csv.gz`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  process.stderr.write(`making ${path}, which is kept ...\n`);
  const unfinished = `${path}.${process.pid}`;
  await write(unfinished);
  renameSync(unfinished, path);
  return path;
}

async function writeMember(path: string, text: Iterable<Buffer>): Promise<void> {
  await pipeline(text, createGzip(), createWriteStream(path));
}

function* dayText(day: number): Generator<Buffer> {
  yield Buffer.from(HEADER);
  yield* dayRows(day);
}

function* dayRows(day: number): Generator<Buffer> {
  const random = seededRandom(day + 1);
  let block = Buffer.allocUnsafe(BLOCK_BYTES);
  let at = 0;
  for (const ticker of tickerNames(seededRandom(7))) {
    const stock = new Stock(ticker, random);
    for (let minute = 0; minute < MINUTES; minute++) {
      const row = stock.minute(minute, FIRST_DAY_MS + day * MS_PER_DAY + minute * MS_PER_MINUTE);
      if (row === undefined) continue;
      at += block.write(row, at, 'latin1');
      if (at < BLOCK_BYTES - LONGEST_ROW) continue;
      yield block.subarray(0, at);
      block = Buffer.allocUnsafe(BLOCK_BYTES);
      at = 0;
    }
  }
  yield block.subarray(0, at);
}

/** One stock's day as a walk: how often it trades decides everything else. */
class Stock {
  readonly #ticker: string;
  readonly #random: Random;
  /** The share of the regular session's minutes in which it trades. */
  readonly #activity: number;
  /** The last price, in hundredths of a cent. */
  #price: number;

  constructor(ticker: string, random: Random) {
    this.#ticker = ticker;
    this.#random = random;
    this.#activity = Math.min(0.98, 0.03 + random() ** 1.55 * 0.97);
    this.#price = 100 * Math.round(100 * Math.exp(0.9 + random() * 4));
  }

  minute(minute: number, startMs: number): string | undefined {
    const random = this.#random;
    const isRegular = minute >= OPENING_MINUTE && minute < CLOSING_MINUTE;
    if (random() > (isRegular ? this.#activity : this.#activity ** 6 * 0.22)) return undefined;
    const trades = 1 + Math.floor(random() ** 2.5 * 150 * this.#activity ** 2);
    const step = Math.max(100, this.#price * 0.001);
    const open = this.#near(this.#price, step);
    const close = trades === 1 ? open : this.#near(open, step);
    const reach = trades < 4 ? 0 : random() * step * 0.7;
    const high = Math.max(open, close, this.#near(Math.max(open, close), reach));
    const low = Math.min(open, close, this.#near(Math.min(open, close), reach));
    this.#price = close;
    return `${this.#ticker},${this.#volume(trades)},${priceText(open)},${priceText(close)},${priceText(high)},${priceText(low)},${startMs}000000,${trades}\n`;
  }

  /** A price within `reach` of another: to the cent, but for one in eight. */
  #near(price: number, reach: number): number {
    const moved = price + (this.#random() - 0.5) * 2 * reach;
    const unit = this.#random() < 0.12 ? 1 : 100;
    return Math.max(unit, Math.round(moved / unit) * unit);
  }

  /** Most volumes are whole; trades of fractions of a share leave six decimals. */
  #volume(trades: number): string {
    const shares = Math.ceil(trades * (1 + this.#random() ** 2 * 99));
    if (this.#random() > 0.3 + 0.65 * this.#activity) return `${shares}.000000`;
    return `${shares}.${String(Math.floor(this.#random() * 1e6)).padStart(6, '0')}`;
  }
}

function priceText(price: number): string {
  return `${Math.floor(price / 10_000)}.${String(price % 10_000).padStart(4, '0')}00`;
}

function tickerNames(random: Random): string[] {
  const names = new Set<string>();
  const letter = () => String.fromCharCode(65 + Math.floor(random() * 26));
  while (names.size < TICKERS) {
    const length = [1, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 5][Math.floor(random() * 12)]!;
    const name = Array.from({ length }, letter).join('');
    const suffix = random() < 0.05 ? ['pA', 'pC', '.B', 'rw', '.U', '.WS'][Math.floor(random() * 6)]! : '';
    names.add(name + suffix);
  }
  return [...names].sort();
}
