/** One chart of the last half hour. */

import { colour, shownZone } from './appearance.js';
import { element, setAttribute, setText } from './dom.js';
import { clock, minute } from './formats.js';
import { SERIES_MS } from './series.js';

/** @typedef {import('./series.js').PointName} PointName */
/** @typedef {import('./series.js').PointColumns} PointColumns */

/**
 * @typedef {{
 *   readonly title: string,
 *   readonly lines: readonly { readonly name: PointName, readonly label: string, readonly colour: string }[],
 *   readonly format: (value: number | null | undefined) => string,
 *   readonly fromZero: boolean,
 * }} ChartPlan
 */

/** What the axis of time spans at least, while there is less than half an hour. */
const SPANS_MS = [60_000, 5 * 60_000, 10 * 60_000, SERIES_MS];
const HEIGHT = 132;
const SYNC = 'massive-kdb';
/** Steps of the cursor by keys. */
const STEP_POINTS = 10;

export class Chart {
  #plan;
  #points;
  #market;
  #pointAt;
  #values;
  #frame = element('div', {
    class: 'plot',
    tabindex: '0',
    role: 'img',
    keydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
  });
  #observer = new ResizeObserver(() => this.#resize());
  /** @type {uPlot | undefined} */
  #plot;
  isPointing = false;

  /**
   * @param {ChartPlan} plan
   * @param {PointColumns} points
   * @param {string} market
   * @param {(index: number | null | undefined) => void} pointAt
   */
  constructor(plan, points, market, pointAt) {
    this.#plan = plan;
    this.#points = points;
    this.#market = market;
    this.#pointAt = pointAt;
    this.#values = plan.lines.map(() => element('b'));
    const keys = plan.lines.map(({ label, colour: tone }, index) =>
      element(
        'span',
        { class: `value ${tone}` },
        label !== '' && element('i', { text: label }),
        this.#values[index],
      ),
    );
    this.node = element(
      'figure',
      { class: 'chart' },
      element(
        'figcaption',
        {},
        element('h3', { text: plan.title }),
        element('span', { class: 'values' }, ...keys),
      ),
      this.#frame,
    );
    this.#frame.addEventListener('blur', () => this.#plot?.setCursor({ left: -10, top: -10 }));
    this.#observer.observe(this.#frame);
  }

  /** Makes it anew, with colours and times as they are shown now. */
  build() {
    this.#plot?.destroy();
    this.#plot = undefined;
    const width = this.#frame.clientWidth;
    if (width > 0) this.#plot = new uPlot(this.#options(width), this.#data(), this.#frame);
  }

  draw() {
    if (this.#plot) this.#plot.setData(this.#data());
    else this.build();
  }

  /** @param {number} index of the point whose values it tells */
  say(index) {
    const { lines, format, title } = this.#plan;
    const told = lines.map(({ name, label }, number) => {
      const values = this.#points.columns[name];
      setText(/** @type {Node} */ (this.#values[number]), format(values[index]));
      const known = values.filter(value => value !== null);
      if (known.length === 0) return `${label} nothing yet`;
      const least = known.reduce((one, other) => Math.min(one, other));
      const most = known.reduce((one, other) => Math.max(one, other));
      return `${label} ${format(values.at(-1))} now, between ${format(least)} and ${format(most)}`.trim();
    });
    // Who stands on it hears what is under the cursor; else what the half hour was.
    if (document.activeElement !== this.#frame)
      setAttribute(this.#frame, 'aria-label', `${title}: ${told.join('; ')}`);
  }

  close() {
    this.#observer.disconnect();
    this.#plot?.destroy();
  }

  #resize() {
    const width = this.#frame.clientWidth;
    if (!this.#plot) this.build();
    else if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
  }

  /** @returns {uPlot.AlignedData} */
  #data() {
    const { times, columns } = this.#points;
    return [times, ...this.#plan.lines.map(({ name }) => columns[name])];
  }

  /**
   * @param {number} width
   * @returns {uPlot.Options}
   */
  #options(width) {
    const { lines, format, fromZero } = this.#plan;
    const zone = shownZone(this.#market);
    const axis = {
      stroke: colour('quiet'),
      font: '11px "Liberation Sans", system-ui, sans-serif',
      grid: { stroke: colour('chart-grid'), width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height: HEIGHT,
      ms: 1,
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: SYNC, setSeries: false },
        drag: { x: false, y: false },
        y: false,
        points: { size: 7 },
      },
      scales: {
        x: { time: true, range: (_, least, most) => [most - spanOf(most - least), most] },
        y: { range: (_, least, most) => rangeOf(least, most, fromZero) },
      },
      axes: [
        { ...axis, size: 24, gap: 4, space: 64, values: (_, splits) => timesOf(splits, zone) },
        { ...axis, size: 58, gap: 6, space: 30, values: (_, splits) => splits.map(value => format(value)) },
      ],
      series: [
        {},
        ...lines.map(({ colour: tone }, index) => ({
          stroke: colour(tone),
          width: 1.4,
          points: { show: false },
          ...(lines.length === 1 &&
            index === 0 && { fill: `color-mix(in srgb, ${colour(tone)} 14%, transparent)` }),
        })),
      ],
      hooks: {
        setCursor: [
          plot => {
            this.isPointing = typeof plot.cursor.idx === 'number' && (plot.cursor.left ?? -1) >= 0;
            this.#pointAt(this.isPointing ? plot.cursor.idx : null);
          },
        ],
      },
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const plot = this.#plot;
    const steps = { ArrowLeft: -STEP_POINTS, ArrowRight: STEP_POINTS, Home: -1e9, End: 1e9 }[event.key];
    if (!plot || steps === undefined) return;
    event.preventDefault();
    const { times } = this.#points;
    const from = this.isPointing ? (plot.cursor.idx ?? times.length - 1) : times.length - 1;
    const index = Math.min(Math.max(from + steps * (event.shiftKey ? 6 : 1), 0), times.length - 1);
    const at = times[index];
    if (at === undefined) return;
    plot.setCursor({ left: plot.valToPos(at, 'x'), top: 10 });
    const told = this.#plan.lines.map(
      ({ name, label }) => `${label} ${this.#plan.format(this.#points.columns[name][index])}`,
    );
    setAttribute(
      this.#frame,
      'aria-label',
      `${clock(at, shownZone(this.#market))}: ${told.join(', ').trim()}`,
    );
  }
}

/**
 * With seconds where minutes would be the same.
 * @param {readonly number[]} splits
 * @param {string} zone
 */
function timesOf(splits, zone) {
  const isFine = splits.some(at => at % 60_000 !== 0);
  return splits.map(at => (isFine ? clock(at, zone) : minute(at, zone)));
}

/** @param {number} spanMs */
function spanOf(spanMs) {
  return SPANS_MS.find(span => spanMs <= span) ?? SERIES_MS;
}

/**
 * @param {number | null} least
 * @param {number | null} most
 * @param {boolean} fromZero
 * @returns {[number, number]}
 */
function rangeOf(least, most, fromZero) {
  if (least === null || most === null) return [0, 1];
  if (fromZero) return [0, most <= 0 ? 1 : most * 1.12];
  const room = Math.max((most - least) * 0.25, most * 0.02);
  return [Math.max(0, least - room), most + room];
}
