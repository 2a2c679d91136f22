import { readFileSync } from 'node:fs';
import { NUMBERS, type Numbers, type Tolerated } from './bar.ts';

/** What the simulator sent, or would have sent to a daemon that listened. */
export interface TrueBar {
  readonly table: string;
  readonly mkt: string;
  readonly sym: string;
  readonly startMs: number;
  /** Of the last version. */
  readonly numbers: Numbers;
  /** Whether there is a version that the daemon was not sent, after it had begun to listen. */
  readonly missed: boolean;
  /** How often the daemon was sent each version, by its numbers: two versions may be alike. */
  readonly sent: ReadonlyMap<string, number>;
}

interface Line extends Tolerated {
  readonly table: string;
  readonly mkt: string;
  readonly sym: string;
  readonly startMs: number;
  /** Connections that took this version; one of them is the witness's. */
  readonly sent: number;
}

/** The bars of a truth file by their identity. */
export function readTruth(path: string): Map<string, TrueBar> {
  return truthOf(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter(line => line !== ''),
  );
}

/** How often each minute was sent, by its symbol and start. */
export function versionsOfMinutes(path: string): Map<string, number> {
  const versions = new Map<string, number>();
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    if (text === '') continue;
    const { table, sym, startMs } = JSON.parse(text) as Line;
    const key = `${sym} ${startMs}`;
    if (table === 'agg1m') versions.set(key, (versions.get(key) ?? 0) + 1);
  }
  return versions;
}

export function truthOf(lines: readonly string[]): Map<string, TrueBar> {
  const bars = new Map<string, TrueBar>();
  let listening = false;
  for (const text of lines) {
    const line = JSON.parse(text) as Line;
    if (line.sent > 1) listening = true;
    // What was there before anybody listened is not promised; a later version of it is.
    if (!listening) continue;
    const { table, mkt, sym, startMs } = line;
    const key = identityOf(line);
    const earlier = bars.get(key);
    const numbers = NUMBERS.map(name => line[name] ?? Number.NaN);
    const version = numbers.join('|');
    const sent = new Map(earlier?.sent);
    bars.set(key, {
      table,
      mkt,
      sym,
      startMs,
      numbers,
      missed: (earlier?.missed ?? false) || line.sent === 1,
      sent: sent.set(version, (sent.get(version) ?? 0) + line.sent - 1),
    });
  }
  return bars;
}

export function identityOf(bar: {
  readonly table: string;
  readonly mkt: string;
  readonly sym: string;
  readonly startMs: number;
}): string {
  return `${bar.table}|${bar.mkt}|${bar.sym}|${bar.startMs}`;
}
