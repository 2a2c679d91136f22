import type { Bar } from '../bars.ts';

/** Bars of one symbol in the order of time, as columns; units as in `Bar`. To be used again for the next symbol. */
export class BarBlock {
  count = 0;
  /** Starts of the windows, seconds since 1970. */
  starts: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
  notional: Float64Array;
  trades: Float64Array;

  constructor(capacity: number) {
    const column = (): Float64Array => new Float64Array(capacity);
    this.starts = column();
    this.open = column();
    this.high = column();
    this.low = column();
    this.close = column();
    this.volume = column();
    this.notional = column();
    this.trades = column();
  }

  add(start: number, bar: Bar): void {
    const at = this.count++;
    this.starts[at] = start;
    this.open[at] = bar.open;
    this.high[at] = bar.high;
    this.low[at] = bar.low;
    this.close[at] = bar.close;
    this.volume[at] = bar.volume;
    this.notional[at] = bar.notional;
    this.trades[at] = bar.trades;
  }

  /** Fills `bar` with one of them. */
  read(at: number, bar: Bar): void {
    bar.open = this.open[at]!;
    bar.high = this.high[at]!;
    bar.low = this.low[at]!;
    bar.close = this.close[at]!;
    bar.volume = this.volume[at]!;
    bar.notional = this.notional[at]!;
    bar.trades = this.trades[at]!;
  }
}
