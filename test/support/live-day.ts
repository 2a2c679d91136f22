import { gunzipSync } from 'node:zlib';
import { systemClock } from '../../src/base/clock.ts';
import { memoryCounters } from '../../src/base/counters.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { S3_DEFAULTS } from '../../src/massive/flat/s3-requests.ts';
import { S3Store } from '../../src/massive/flat/s3-store.ts';
import type { BarVersion } from './bar-versions.ts';

/** What was done to the rows of a file to make a day that was captured with faults. */
export interface LiveDay {
  readonly rows: BarVersion[];
  readonly file: number;
  readonly missing: number;
  readonly different: number;
  readonly extra: number;
  /** Bars that differ, by column. */
  readonly columns: Readonly<Record<string, number>>;
  /** Not captured at all. */
  readonly absent: ReadonlyMap<string, number>;
}

const NS_1970_TO_2000 = 946_684_800_000_000_000n;
const NS_PER_MINUTE = 60_000_000_000n;

/** The rows of a file of minutes, as text says them, out of a simulator. */
export async function fileRows(httpAddress: string, key: string): Promise<BarVersion[]> {
  const store = new S3Store(
    {
      ...S3_DEFAULTS,
      endpoint: httpAddress,
      bucket: 'flatfiles',
      accessKeyId: 'demo',
      secretAccessKey: 'demo-secret',
    },
    {
      clock: systemClock,
      random: Math.random,
      logger: silentLogger,
      counters: memoryCounters(),
      environment: {},
    },
  );
  try {
    const answer = await store.get(key, { signal: new AbortController().signal });
    if (answer.kind !== 'body') throw new Error(`the simulator has no ${key}`);
    const parts: Uint8Array[] = [];
    for await (const part of answer.body) parts.push(part);
    return rowsOf(gunzipSync(Buffer.concat(parts)).toString('utf8'));
  } finally {
    await store.close();
  }
}

/** The columns of a file of stocks: ticker,volume,open,close,high,low,window_start,transactions */
export function rowsOf(text: string): BarVersion[] {
  const [, ...lines] = text.trimEnd().split('\n');
  return lines.map(line => {
    const [sym, volume, open, close, high, low, start, trades] = line.split(',');
    return {
      sym: sym!,
      start: BigInt(start!) - NS_1970_TO_2000,
      src: 'flat',
      recv: 0n,
      values: {
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volume),
        trades: Number(trades),
      },
    };
  });
}

/**
 * A day as a stream would have captured it but for some faults: every 31st bar is left out, every 37th has another volume,
 * every 41st another close, and after each symbol's last bar comes one that the file does not have.
 *
 * @param absent symbols of which nothing was captured
 */
export function liveDay(file: readonly BarVersion[], absent: readonly string[]): LiveDay {
  const rows: BarVersion[] = [];
  const left = new Map(absent.map(sym => [sym, 0]));
  const counts = { file: 0, missing: 0, different: 0, extra: 0, volume: 0, close: 0 };
  for (const [at, bar] of file.entries()) {
    const isAbsent = left.has(bar.sym);
    if (isAbsent) left.set(bar.sym, left.get(bar.sym)! + 1);
    if (isAbsent) continue;
    counts.file++;
    const { trades: _, ...values } = bar.values;
    const recv = bar.start + NS_PER_MINUTE + 1_000_000_000n;
    const live: BarVersion = {
      ...bar,
      src: 'ws',
      recv,
      values: { ...values, vwap: values.close!, avgsize: 7 },
    };
    if (at % 31 === 0) counts.missing++;
    else {
      const hasVolume = at % 37 === 0;
      const hasClose = at % 41 === 0;
      if (hasVolume) counts.volume++;
      if (hasClose) counts.close++;
      if (hasVolume || hasClose) counts.different++;
      rows.push({
        ...live,
        values: {
          ...live.values,
          ...(hasVolume && { volume: values.volume! + 100 }),
          ...(hasClose && { close: values.close! + 0.01 }),
        },
      });
    }
    if (file[at + 1]?.sym !== bar.sym) {
      counts.extra++;
      rows.push({ ...live, start: bar.start + NS_PER_MINUTE });
    }
  }
  const { volume, close, ...totals } = counts;
  return { rows, ...totals, columns: { volume, close }, absent: left };
}
