/** Coverage as a picture: a row for each group of symbols, a column for each minute of the session. */

import { colour, shownZone } from './appearance.js';
import { Canvas, Tooltip } from './canvas.js';
import { setAttribute } from './dom.js';
import { count, minute, percent } from './formats.js';
import { gapSeverity } from './gap-words.js';

/** @typedef {import('../../status/report.ts').Coverage} Coverage */

const MINUTE_MS = 60_000;
const STRIP = 7;
const AXIS = 20;
const SHADES = 5;
const MOST_HEIGHT = 430;
/** Width of a character of the labels. */
const LETTER = 6.4;

export class HeatMap {
  /** @type {Coverage | undefined} */
  #coverage;
  #market;
  #tooltip;
  #cell = { group: 0, minute: 0 };
  canvas;

  /**
   * @param {string} market
   * @param {HTMLElement} place
   */
  constructor(market, place) {
    this.#market = market;
    this.canvas = new Canvas(160, (context, width, height) => this.#draw(context, width, height), {
      class: 'heat-map',
      pointermove: event => this.#point(event),
      pointerdown: event => this.#point(event),
      pointerleave: () => this.#tooltip.hide(),
      blur: () => this.#tooltip.hide(),
      keydown: event => this.#key(event),
    });
    place.append(this.canvas.node);
    this.#tooltip = new Tooltip(place);
  }

  /** @param {Coverage} coverage */
  show(coverage) {
    this.#coverage = coverage;
    const rows = Math.max(coverage.groups.length, 1);
    const rowHeight = Math.min(18, Math.max(7, Math.floor((MOST_HEIGHT - STRIP - AXIS) / rows)));
    this.canvas.height = STRIP + 3 + rows * rowHeight + AXIS;
    if (document.activeElement !== this.canvas.node)
      setAttribute(this.canvas.node, 'aria-label', this.#summary(coverage));
    this.canvas.draw();
  }

  close() {
    this.canvas.close();
  }

  /** @param {Coverage} coverage */
  #summary({ groups, gaps }) {
    const worst = [...groups].sort((one, other) => coveredShare(one) - coveredShare(other))[0];
    if (!worst) return 'Coverage: nothing yet';
    return `Coverage of ${groups.length} groups of symbols; least in ${worst.name}, ${percent(coveredShare(worst))}; ${gaps.length} gaps. Arrow keys go from cell to cell; the table below says the same.`;
  }

  #layout() {
    const { groups = [], minutes = 0 } = this.#coverage ?? {};
    const longest = Math.max(...groups.map(({ name }) => name.length), 3);
    const left = Math.min(Math.ceil(longest * LETTER) + 10, this.canvas.width * 0.24);
    const width = Math.max(this.canvas.width - left, 1);
    const rowHeight = (this.canvas.height - STRIP - 3 - AXIS) / Math.max(groups.length, 1);
    return { left, width, rowHeight, perMinute: width / Math.max(minutes, 1), top: STRIP + 3 };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  #draw(context, width, height) {
    const coverage = this.#coverage;
    if (!coverage || coverage.groups.length === 0) return;
    const { left, rowHeight, perMinute, top } = this.#layout();
    const shades = Array.from({ length: SHADES }, (_, shade) => colour(`heat-${shade + 1}`));
    const none = colour('heat-none');
    const bin = Math.max(1, Math.ceil(1 / perMinute));
    const gutter = rowHeight >= 10 ? 1 : 0;
    // At whole pixels of the screen there are no seams.
    const scale = window.devicePixelRatio || 1;
    const snapped = (/** @type {number} */ x) => Math.round(x * scale) / scale;
    for (const [row, { seen, symbols }] of coverage.groups.entries()) {
      const y = top + row * rowHeight;
      for (let from = 0; from < coverage.minutes; from += bin) {
        const share = meanOf(seen, from, bin) / Math.max(symbols, 1);
        const shade = Math.min(SHADES - 1, Math.floor(share * SHADES));
        context.fillStyle = share === 0 ? none : /** @type {string} */ (shades[shade]);
        const x = snapped(left + from * perMinute);
        const end = snapped(left + Math.min(from + bin, coverage.minutes) * perMinute);
        context.fillRect(x, y, end - x, rowHeight - gutter);
      }
    }
    this.#drawGaps(context, coverage, height);
    this.#drawLabels(context, coverage, width, height);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Coverage} coverage
   * @param {number} height
   */
  #drawGaps(context, { beginMs, minutes, gaps }, height) {
    const { left, perMinute, top } = this.#layout();
    for (const gap of gaps) {
      const from = Math.max(0, (gap.beginMs - beginMs) / MINUTE_MS);
      const until = Math.min(minutes, ((gap.endMs ?? beginMs + minutes * MINUTE_MS) - beginMs) / MINUTE_MS);
      if (until < 0 || from > minutes) continue;
      const x = left + from * perMinute;
      const wide = Math.max((until - from) * perMinute, 3);
      context.fillStyle = colour(gapSeverity(gap.state));
      context.fillRect(x, 0, wide, STRIP - 2);
      context.save();
      context.beginPath();
      context.rect(x, top, wide, height - AXIS - top);
      context.clip();
      context.globalAlpha = 0.6;
      context.fillStyle = colour('panel');
      context.fillRect(x, top, wide, height);
      context.globalAlpha = 1;
      context.strokeStyle = colour(gapSeverity(gap.state));
      context.lineWidth = 1.2;
      context.beginPath();
      for (let at = x - height; at < x + wide; at += 6) {
        context.moveTo(at, height);
        context.lineTo(at + height, 0);
      }
      context.stroke();
      context.restore();
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Coverage} coverage
   * @param {number} width
   * @param {number} height
   */
  #drawLabels(context, { groups, minutes, beginMs }, width, height) {
    const { left, rowHeight, perMinute, top } = this.#layout();
    const zone = shownZone(this.#market);
    context.fillStyle = colour('quiet');
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const each = Math.ceil(12 / rowHeight);
    for (let row = 0; row < groups.length; row += each) {
      context.fillText(groups[row]?.name ?? '', left - 6, top + (row + 0.5) * rowHeight, left - 6);
    }
    context.textAlign = 'center';
    const step = [1, 2, 5, 10, 15, 30, 60, 120, 240].find(minutesOf => minutesOf * perMinute >= 56) ?? 480;
    const stepMs = step * MINUTE_MS;
    for (let at = Math.ceil(beginMs / stepMs) * stepMs; at <= beginMs + minutes * MINUTE_MS; at += stepMs) {
      const x = left + ((at - beginMs) / MINUTE_MS) * perMinute;
      if (x < left + 14 || x > width - 14) continue;
      context.fillRect(x, height - AXIS + 1, 1, 4);
      context.fillText(minute(at, zone), x, height - 7);
    }
  }

  /** @param {PointerEvent} event */
  #point(event) {
    const coverage = this.#coverage;
    if (!coverage) return;
    const { left, perMinute, top, rowHeight } = this.#layout();
    const group = Math.floor((event.offsetY - top) / rowHeight);
    const at = Math.floor((event.offsetX - left) / perMinute);
    if (group < -1 || group >= coverage.groups.length || at < 0 || at >= coverage.minutes)
      return this.#tooltip.hide();
    this.#cell = { group: Math.max(group, 0), minute: at };
    this.#tooltip.show(this.#told(coverage), event.offsetX, event.offsetY);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const coverage = this.#coverage;
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (event.key === 'Escape') this.#tooltip.hide();
    if (!step || !coverage || coverage.groups.length === 0) return;
    event.preventDefault();
    const [down = 0, right = 0] = step;
    const pace = event.shiftKey ? 15 : 1;
    this.#cell = {
      group: between(this.#cell.group + down, coverage.groups.length),
      minute: between(this.#cell.minute + right * pace, coverage.minutes),
    };
    const { left, perMinute, top, rowHeight } = this.#layout();
    const told = this.#told(coverage);
    this.#tooltip.show(
      told,
      left + this.#cell.minute * perMinute,
      top + (this.#cell.group + 0.5) * rowHeight,
    );
    setAttribute(this.canvas.node, 'aria-label', told.join(', '));
  }

  /** @param {Coverage} coverage */
  #told({ groups, beginMs, gaps }) {
    const group = groups[this.#cell.group];
    const atMs = beginMs + this.#cell.minute * MINUTE_MS;
    const seen = group?.seen[this.#cell.minute] ?? 0;
    const inGaps = gaps.filter(gap => gap.beginMs < atMs + MINUTE_MS && (gap.endMs ?? Infinity) > atMs);
    return [
      `${minute(atMs, shownZone(this.#market))}  ${group?.name ?? ''}`,
      `${count(seen)} of ${count(group?.symbols)} symbols had a bar`,
      ...inGaps.map(({ state }) => `in a gap, ${state}`),
    ];
  }
}

/**
 * The share of its symbols that had a bar, over the minutes in which any had.
 * @param {Coverage['groups'][number]} group
 */
export function coveredShare({ seen, symbols }) {
  const busy = seen.filter(number => number > 0);
  if (busy.length === 0 || symbols === 0) return 0;
  return busy.reduce((sum, number) => sum + number, 0) / (busy.length * symbols);
}

/**
 * @param {readonly number[]} values
 * @param {number} from
 * @param {number} width
 */
function meanOf(values, from, width) {
  let sum = 0;
  for (let index = from; index < from + width; index++) sum += values[index] ?? 0;
  return sum / width;
}

/**
 * @param {number} value
 * @param {number} end
 */
function between(value, end) {
  return Math.min(Math.max(value, 0), end - 1);
}
