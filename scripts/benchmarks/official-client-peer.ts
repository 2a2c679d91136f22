import { createRequire } from 'node:module';
import { DateTime } from 'luxon';
import nodeq, { type Typed } from 'node-q';

const require = createRequire(import.meta.url);

/** node-q does not export its encoder; this is the function that its `k` and `ks` call. */
const { serialize }: { serialize(value: unknown): Buffer } = require('node-q/lib/c.js');

/** Its lists of longs take no null, so that a user has to know that kdb+'s is the smallest. */
const Long: { fromString(text: string): never } = createRequire(require.resolve('node-q'))('long');
const NULL_LONG = Long.fromString('-9223372036854775808');

interface StockBar {
  readonly ev: string;
  readonly sym: string;
  readonly s: number;
  readonly [field: string]: number | string | boolean | null | undefined;
}

const FLOATS = ['o', 'h', 'l', 'c', 'dv', 'vw'] as const;
const LIVE_FLOATS = ['z', 'dav', 'a', 'op'] as const;

/**
 * Bars into kdb+ as a user would write it with the documentation of both packages at hand: @massive.com/client-js
 * gives each message as a string, which is parsed; the bars of a second are collected, turned into typed lists and
 * encoded by node-q.
 */
export class OfficialClientPeer {
  encode(frames: readonly Buffer[]): Buffer {
    const bars: StockBar[] = [];
    const received: Date[] = [];
    for (const frame of frames) {
      const message = frame.toString('utf8');
      for (const event of JSON.parse(message) as StockBar[]) {
        if (event.ev !== 'A') continue;
        bars.push(event);
        received.push(new Date());
      }
    }
    return serialize(['.u.upd', '`agg1s', columnsOf(bars, received)]);
  }
}

function columnsOf(bars: readonly StockBar[], received: Date[]): Typed[] {
  const floats = (field: string) => nodeq.floats(bars.map(bar => Number(bar[field])));
  // One look at the zone for a batch; a Date gives node-q the time of day that it has in UTC.
  const offsetMs = DateTime.fromMillis(bars[0]!.s, { zone: 'America/New_York' }).offset * 60_000;
  return [
    nodeq.timespans(bars.map(bar => new Date(bar.s + offsetMs))),
    nodeq.symbols(bars.map(bar => bar.sym)),
    nodeq.timestamps(bars.map(bar => new Date(bar.s))),
    ...FLOATS.map(floats),
    nodeq.longs(bars.map(() => NULL_LONG)),
    ...LIVE_FLOATS.map(floats),
    nodeq.symbols(bars.map(() => 'stocks')),
    nodeq.symbols(bars.map(() => 'ws')),
    nodeq.timestamps(received),
  ];
}
