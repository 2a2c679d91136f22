/** The newest bars of one symbol as candles, with their volume below. */

import { colour, shownZone } from './appearance.js';
import { Canvas, Tooltip } from './canvas.js';
import { setAttribute } from './dom.js';
import { clock, minute, price, short } from './formats.js';

/** @typedef {import('../../status/report.ts').LatestBar} LatestBar */

const HEIGHT = 264;
const AXIS = 20;
const VOLUME_SHARE = 0.2;
const PER_CANDLE = 7;
const PRICE_LINES = 5;

export class CandleChart {
  /** @type {readonly LatestBar[]} */
  #bars = [];
  #market;
  #tooltip;
  /** @type {number | null} */
  #at = null;
  canvas;

  /**
   * @param {string} market
   * @param {HTMLElement} place
   */
  constructor(market, place) {
    this.#market = market;
    this.canvas = new Canvas(HEIGHT, (context, width, height) => this.#draw(context, width, height), {
      class: 'candles',
      pointermove: event => this.#point(event),
      pointerdown: event => this.#point(event),
      pointerleave: () => this.#leave(),
      blur: () => this.#leave(),
      keydown: event => this.#key(event),
    });
    place.append(this.canvas.node);
    this.#tooltip = new Tooltip(place);
  }

  /**
   * @param {string} sym
   * @param {readonly LatestBar[]} bars oldest first
   */
  show(sym, bars) {
    this.#bars = bars;
    const last = bars.at(-1);
    const told = last ? `${bars.length} bars, the newest ${this.#told(last).join(', ')}` : 'no bars';
    if (document.activeElement !== this.canvas.node)
      setAttribute(this.canvas.node, 'aria-label', `Candles of ${sym}: ${told}`);
    this.canvas.draw();
  }

  close() {
    this.canvas.close();
  }

  /** Those that there is room for, and where they stand. */
  #layout() {
    const right = Math.max(...this.#bars.map(({ high }) => price(high).length), 6) * 6.2 + 10;
    const width = Math.max(this.canvas.width - right, 1);
    const bars = this.#bars.slice(-Math.max(Math.floor(width / PER_CANDLE), 1));
    return { bars, width, step: Math.min(width / Math.max(bars.length, 1), 16) };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} canvasWidth
   * @param {number} height
   */
  #draw(context, canvasWidth, height) {
    const { bars, width, step } = this.#layout();
    if (bars.length === 0) return;
    const bottom = height - AXIS;
    const priceBottom = bottom * (1 - VOLUME_SHARE) - 8;
    const least = Math.min(...bars.map(({ low }) => low));
    const most = Math.max(...bars.map(({ high }) => high));
    const room = (most - least || most * 0.001 || 1) * 0.06;
    const yOf = (/** @type {number} */ value) =>
      6 + ((most + room - value) / (most - least + 2 * room)) * (priceBottom - 6);
    this.#drawPrices(context, width, canvasWidth, least, most, yOf);
    const mostVolume = Math.max(...bars.map(({ volume }) => volume), 1e-12);
    const body = Math.max(1, Math.round(step * 0.64));
    for (const [index, bar] of bars.entries()) {
      const x = Math.round((index + 0.5) * step);
      const rises = bar.close >= bar.open;
      context.fillStyle = colour(rises ? 'rise' : 'fall');
      context.strokeStyle = context.fillStyle;
      context.lineWidth = 1;
      context.fillRect(x, yOf(bar.high), 1, Math.max(yOf(bar.low) - yOf(bar.high), 1));
      const top = yOf(Math.max(bar.open, bar.close));
      const tall = Math.max(Math.abs(yOf(bar.open) - yOf(bar.close)), 1);
      const begin = x - Math.floor(body / 2);
      // Hollow rises, full falls: not told by colour alone.
      if (rises && body >= 4 && tall >= 3) {
        context.clearRect(begin, top, body, tall);
        context.strokeRect(begin + 0.5, top + 0.5, body - 1, tall - 1);
      } else context.fillRect(begin, top, body, tall);
      context.globalAlpha = 0.45;
      const volumeHeight = (bar.volume / mostVolume) * bottom * VOLUME_SHARE;
      context.fillRect(begin, bottom - volumeHeight, body, volumeHeight);
      context.globalAlpha = 1;
    }
    this.#drawTimes(context, bars, step, height);
    if (this.#at !== null && this.#at < bars.length) {
      context.fillStyle = colour('edge');
      context.fillRect(Math.round((this.#at + 0.5) * step), 0, 1, bottom);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} canvasWidth
   * @param {number} least
   * @param {number} most
   * @param {(value: number) => number} yOf
   */
  #drawPrices(context, width, canvasWidth, least, most, yOf) {
    const step = niceStep((most - least || Math.abs(most) * 0.001 || 1) / PRICE_LINES);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    for (let value = Math.ceil(least / step) * step; value <= most + step * 1e-6; value += step) {
      const y = Math.round(yOf(value));
      context.fillStyle = colour('chart-grid');
      context.fillRect(0, y, width, 1);
      context.fillStyle = colour('quiet');
      context.fillText(price(Number(value.toPrecision(12))), canvasWidth - 2, y);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {readonly LatestBar[]} bars
   * @param {number} step
   * @param {number} height
   */
  #drawTimes(context, bars, step, height) {
    const zone = shownZone(this.#market);
    const isFast =
      bars.length > 1 &&
      /** @type {LatestBar} */ (bars[1]).startMs - /** @type {LatestBar} */ (bars[0]).startMs < 60_000;
    const each = Math.max(1, Math.ceil((isFast ? 78 : 60) / step));
    context.fillStyle = colour('quiet');
    context.textAlign = 'center';
    for (let index = Math.floor(each / 2); index < bars.length; index += each) {
      const { startMs } = /** @type {LatestBar} */ (bars[index]);
      const x = (index + 0.5) * step;
      if (x < 26 || x > bars.length * step + 20) continue;
      context.fillText(isFast ? clock(startMs, zone) : minute(startMs, zone), x, height - 7);
    }
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const { bars, step } = this.#layout();
    this.#select(Math.min(Math.floor(event.offsetX / step), bars.length - 1), event.offsetY);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { bars } = this.#layout();
    const last = bars.length - 1;
    if (event.key === 'Escape') this.#leave();
    const from = this.#at ?? last + 1;
    const next = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    this.#select(Math.min(Math.max(next, 0), last), HEIGHT / 3);
    const bar = bars[this.#at ?? 0];
    if (bar) setAttribute(this.canvas.node, 'aria-label', this.#told(bar).join(', '));
  }

  /**
   * @param {number} index
   * @param {number} y
   */
  #select(index, y) {
    const { bars, step } = this.#layout();
    const bar = bars[index];
    if (!bar) return;
    this.#at = index;
    this.canvas.draw();
    this.#tooltip.show(this.#told(bar), (index + 0.5) * step, y);
  }

  #leave() {
    this.#at = null;
    this.#tooltip.hide();
    this.canvas.draw();
  }

  /** @param {LatestBar} bar */
  #told({ startMs, open, high, low, close, volume, vwap }) {
    return [
      clock(startMs, shownZone(this.#market)),
      `open ${price(open)}`,
      `high ${price(high)}`,
      `low ${price(low)}`,
      `close ${price(close)}`,
      `volume ${short(volume)}`,
      ...(vwap === null ? [] : [`vwap ${price(vwap)}`]),
    ];
  }
}

/** @param {number} rough */
function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find(factor => factor * power >= rough) ?? 10) * power;
}
