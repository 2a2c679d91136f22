import { type BarEvent, MINUTE_BAR, SECOND_BAR, WINDOW_MS } from './event.ts';
import type { MarketTraits } from './markets.ts';
import { TextWriter } from './text-writer.ts';
import type { Universe } from './universe.ts';

/** More than any event takes: the longest ticker, seventeen fields of full length. */
export const MAX_EVENT_BYTES = 640;

const text = (ascii: string): Buffer => Buffer.from(ascii, 'latin1');

const EV = text('{"ev":"');
const V = text(',"v":');
const AV = text(',"av":');
const OP = text(',"op":');
const VW = text(',"vw":');
const O = text(',"o":');
const C = text(',"c":');
const H = text(',"h":');
const L = text(',"l":');
const A = text(',"a":');
const Z = text(',"z":');
const N = text(',"n":');
const S = text(',"s":');
const E = text(',"e":');
const DV_STRING = text(',"dv":"');
const DAV_STRING = text('","dav":"');
const DV_NUMBER = text(',"dv":');
const OTC = text(',"otc":true');
const POINT_ZERO = text('.0');
const QUOTE = 0x22;
const CLOSE = 0x7d;

/** Writes the events of one market as JSON objects, field by field as the market has them. */
export class EventLayout {
  readonly #universe: Universe;
  readonly #traits: MarketTraits;
  readonly #heads: readonly Buffer[];
  /** `"sym":"AAPL"` of every symbol, one after the other. */
  readonly #tickers: Buffer;
  readonly #tickerEnds: Int32Array;
  /** The last window of each kind, already written: most events of a moment have the same one. */
  readonly #windows = [new TextWriter(64), new TextWriter(64)];
  readonly #windowStarts = [Number.NaN, Number.NaN];

  constructor(universe: Universe) {
    const { traits } = universe;
    this.#universe = universe;
    this.#traits = traits;
    this.#heads = [traits.secondChannel, traits.minuteChannel].map(channel =>
      Buffer.concat([EV, text(`${channel}",`)]),
    );
    const names = universe.tickers.map(ticker => text(`"${traits.tickerField}":"${ticker}"`));
    this.#tickers = Buffer.concat(names);
    let end = 0;
    this.#tickerEnds = Int32Array.from(names, name => {
      end += name.length;
      return end;
    });
  }

  write(out: TextWriter, event: BarEvent): void {
    const { symbol } = event;
    out.bytes(this.#heads[event.kind]!);
    out.bytes(this.#tickers, symbol === 0 ? 0 : this.#tickerEnds[symbol - 1]!, this.#tickerEnds[symbol]!);
    switch (this.#traits.fields) {
      case 'equity':
        this.#equity(out, event);
        break;
      case 'index':
        this.#price(out, OP, event.dayOpen);
        this.#prices(out, event);
        this.#window(out, event);
        break;
      case 'forex':
        this.#prices(out, event);
        this.#number(out, V, event.volume, 0);
        this.#window(out, event);
        break;
      case 'crypto':
        this.#number(out, V, event.volume, this.#traits.volumeDecimals);
        this.#price(out, VW, event.vwap);
        this.#averageSize(out, event);
        this.#prices(out, event);
        this.#window(out, event);
        break;
      case 'futures':
        this.#futures(out, event);
        break;
    }
    out.byte(CLOSE);
  }

  #equity(out: TextWriter, event: BarEvent): void {
    this.#number(out, V, Math.floor(event.volume / this.#universe.unitsPerVolume), 0);
    this.#number(out, AV, Math.floor(event.dayVolume / this.#universe.unitsPerVolume), 0);
    this.#price(out, OP, event.dayOpen);
    this.#price(out, VW, event.vwap);
    this.#prices(out, event);
    this.#price(out, A, event.dayVwap);
    this.#averageSize(out, event);
    this.#window(out, event);
    if (event.exactVolumes) {
      out.bytes(DV_STRING);
      out.exactVolume(event.volume, this.#traits.volumeDecimals);
      out.bytes(DAV_STRING);
      out.exactVolume(event.dayVolume, this.#traits.volumeDecimals);
      out.byte(QUOTE);
    }
    if (this.#universe.instruments[event.symbol]!.otc) out.bytes(OTC);
  }

  /** Here `dv` is a number, and means US dollars. */
  #futures(out: TextWriter, event: BarEvent): void {
    this.#number(out, V, event.volume, 0);
    const { multiplier = 1 } = this.#universe.instruments[event.symbol]!;
    const points = event.notional / this.#universe.unitsPerPrice;
    this.#number(out, DV_NUMBER, Math.round(points * multiplier * 100), 2);
    this.#prices(out, event);
    this.#number(out, N, event.trades, 0);
    this.#window(out, event);
  }

  #prices(out: TextWriter, event: BarEvent): void {
    const { priceDecimals } = this.#traits;
    this.#number(out, O, event.open, priceDecimals);
    this.#number(out, C, event.close, priceDecimals);
    this.#number(out, H, event.high, priceDecimals);
    this.#number(out, L, event.low, priceDecimals);
  }

  #price(out: TextWriter, name: Buffer, value: number): void {
    if (!Number.isNaN(value)) this.#number(out, name, value, this.#traits.priceDecimals);
  }

  #number(out: TextWriter, name: Buffer, value: number, decimals: number): void {
    out.bytes(name);
    if (decimals === 0) out.integer(value);
    else out.decimal(value, decimals);
  }

  #averageSize(out: TextWriter, event: BarEvent): void {
    const { averageSize } = event;
    if (Number.isNaN(averageSize)) return;
    this.#number(out, Z, averageSize, 2);
    if (event.averageSizeAsDecimal && averageSize % 100 === 0) out.bytes(POINT_ZERO);
  }

  #window(out: TextWriter, event: BarEvent): void {
    const kind = event.kind === SECOND_BAR ? SECOND_BAR : MINUTE_BAR;
    const window = this.#windows[kind]!;
    if (this.#windowStarts[kind] !== event.startMs) {
      this.#windowStarts[kind] = event.startMs;
      window.position = 0;
      window.bytes(S);
      window.integer(event.startMs);
      window.bytes(E);
      window.integer(event.startMs + WINDOW_MS[kind]);
    }
    out.bytes(window.buffer, 0, window.position);
  }
}
