import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { HELD_COLUMNS, type HeldBars } from '../../../src/kdb/loader/held-bars.ts';
import type { Loader } from '../../../src/kdb/loader/loader.ts';
import { type BarVersion, blocksOf, OPENING_DATE, OPENING_NS } from '../../support/bar-versions.ts';
import { LoaderProcess } from '../../support/loader-process.ts';

const NS_PER_MINUTE = 60_000_000_000n;

function version(
  sym: string,
  minute: number,
  src: BarVersion['src'],
  second: number,
  values: BarVersion['values'],
): BarVersion {
  const start = OPENING_NS + BigInt(minute) * NS_PER_MINUTE;
  return { sym, start, src, recv: OPENING_NS + BigInt(second) * 1_000_000_000n, values };
}

const PRICES = { open: 1, high: 3, low: 1, close: 2 } as const;

/** What is held and what was captured, one line a bar: symbol, minute, close and volume of both. */
function linesOf({ symbols, runs, starts, values, captured, changed, live }: HeldBars): string[] {
  const names = symbols.flatMap((sym, at) => new Array<string>(runs[at]!).fill(sym));
  const [close, volume] = [HELD_COLUMNS.indexOf('close'), HELD_COLUMNS.indexOf('volume')];
  return names.map((sym, row) => {
    const minute = (starts[row]! - Number(OPENING_NS)) / Number(NS_PER_MINUTE);
    const said = (columns: readonly Float64Array[], at: number) =>
      `${columns[close]![at]}/${columns[volume]![at]}`;
    const at = changed.get(row);
    const was = captured[row] === 0 ? 'never' : at === undefined ? said(values, row) : said(live, at);
    return `${sym} ${minute} ${said(values, row)} ${was}`;
  });
}

describe('loader - what was captured live', () => {
  let root: string;
  let loader: LoaderProcess;
  let client: Loader;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'massive-kdb-held-'));
    loader = new LoaderProcess(root, ['-grace', '0']);
    client = await loader.client();
  });

  afterEach(async () => {
    client.close();
    await loader.stop();
    rmSync(root, { recursive: true });
  });

  async function merge(unit: string, versions: readonly BarVersion[]): Promise<void> {
    await client.stage(unit, blocksOf(versions));
    await client.merge('agg1m', [OPENING_DATE]);
  }

  it('loader - captured is the last live version, also once a flat file has replaced it', async () => {
    const live = { ...PRICES, vwap: 1.5, avgsize: 4, dayvol: 10 };
    await merge('live', [
      version('SAME', 0, 'ws', 60, { ...live, volume: 10 }),
      version('OTHER', 0, 'ws', 60, { ...live, volume: 10 }),
      // Two versions: the last one agrees with the file, and is not the one that was superseded.
      version('TWICE', 0, 'ws', 60, { ...live, volume: 8 }),
      version('EXTRA', 0, 'ws', 60, { ...live, volume: 5 }),
      version('REST', 0, 'rest', 60, { ...PRICES, volume: 7, vwap: 1.5, trades: 3 }),
      version('TWICE', 0, 'ws', 120, { ...live, volume: 10, vwap: 1.6, dayvol: 12 }),
    ]);
    const before = await client.openHeld('agg1m', OPENING_DATE);
    expect(before.map(({ sym, rows }) => `${sym} ${rows}`).sort()).to.deep.equal([
      'EXTRA 1',
      'OTHER 1',
      'REST 1',
      'SAME 1',
      'TWICE 1',
    ]);
    const names = ['EXTRA', 'FILE', 'OTHER', 'REST', 'SAME', 'TWICE'];
    expect(linesOf(await client.heldBars(names)).sort()).to.deep.equal([
      'EXTRA 0 2/5 2/5',
      'OTHER 0 2/10 2/10',
      'REST 0 2/7 2/7',
      'SAME 0 2/10 2/10',
      'TWICE 0 2/10 2/10',
    ]);
    const file = { ...PRICES, trades: 3 };
    await merge('file', [
      version('FILE', 0, 'flat', 9000, { ...file, volume: 1 }),
      version('OTHER', 0, 'flat', 9000, { ...file, volume: 11 }),
      version('OTHER', 1, 'flat', 9000, { ...file, volume: 12 }),
      version('REST', 0, 'flat', 9000, { ...file, volume: 8 }),
      version('SAME', 0, 'flat', 9000, { ...file, volume: 10 }),
      version('TWICE', 0, 'flat', 9000, { ...file, volume: 10 }),
    ]);
    expect(linesOf(await client.heldBars(names))).to.have.length(5);
    await client.openHeld('agg1m', OPENING_DATE);
    expect(linesOf(await client.heldBars(names)).sort()).to.deep.equal([
      'EXTRA 0 2/5 2/5',
      'FILE 0 2/1 never',
      'OTHER 0 2/11 2/10',
      'OTHER 1 2/12 never',
      'REST 0 2/8 2/7',
      'SAME 0 2/10 2/10',
      'TWICE 0 2/10 2/10',
    ]);
    expect(linesOf(await client.heldBars(['SAME', 'NONE']))).to.deep.equal(['SAME 0 2/10 2/10']);
    expect(linesOf(await client.heldBars(['NONE']))).to.deep.equal([]);
    expect(linesOf(await client.heldBars([]))).to.deep.equal([]);
  });

  it('loader - a date that the database lacks has no bars, and what is not open is refused', async () => {
    expect(await client.openHeld('agg1m', OPENING_DATE)).to.deep.equal([]);
    expect(linesOf(await client.heldBars(['SAME']))).to.deep.equal([]);
    await client.endHeld();
    const refused = await client.heldBars(['SAME']).catch((error: unknown) => error);
    expect(String(refused)).to.contain('no date is open');
    const other = await client.openHeld('agg1d', OPENING_DATE).catch((error: unknown) => error);
    expect(String(other)).to.contain('agg1d has no bars by date');
  });
});
