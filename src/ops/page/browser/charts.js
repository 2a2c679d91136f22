/** Six charts of the last half hour under one cursor. */

import { APPEARANCE, shownZone } from './appearance.js';
import { Chart } from './chart.js';
import { element, setText } from './dom.js';
import { bytes, clock, delay, short } from './formats.js';
import { Panel } from './panel.js';

/** @typedef {import('./series.js').PointName} PointName */
/** @typedef {import('./series.js').PointColumns} PointColumns */
/** @typedef {import('./chart.js').ChartPlan} ChartPlan */

/** @type {readonly ChartPlan[]} */
const PLANS = [
  { title: 'Events a second', format: short, fromZero: true, lines: [line('eventsPerSecond', '')] },
  { title: 'Rows a second, acknowledged', format: short, fromZero: true, lines: [line('rowsPerSecond', '')] },
  {
    title: 'Lag, until acknowledged',
    format: delay,
    fromZero: true,
    lines: [line('lagP50Ms', 'p50'), line('lagP99Ms', 'p99', 'chart-two')],
  },
  { title: 'Rows in the spool', format: short, fromZero: true, lines: [line('spoolRows', '')] },
  {
    title: 'Event loop, longest delay',
    format: delay,
    fromZero: true,
    lines: [line('eventLoopDelayMs', '')],
  },
  { title: 'Memory', format: bytes, fromZero: false, lines: [line('residentBytes', '')] },
];

/**
 * @param {PointName} name
 * @param {string} label
 * @param {string} tone
 */
function line(name, label, tone = 'chart-one') {
  return { name, label, colour: tone };
}

/** The panel of all charts. */
export class Charts {
  #panel = new Panel('charts', 'The last half hour');
  #charts;
  #time = element('span', { class: 'quiet' });
  #market;
  #points;
  #redraw = () => {
    for (const chart of this.#charts) chart.build();
    this.draw();
  };

  /**
   * @param {string} market
   * @param {PointColumns} points
   */
  constructor(market, points) {
    this.#market = market;
    this.#points = points;
    this.#charts = PLANS.map(plan => new Chart(plan, points, market, index => this.#point(index)));
    this.#panel.aside.append(this.#time);
    this.#panel.body.classList.add('charts');
    this.#panel.body.append(...this.#charts.map(({ node }) => node));
    this.node = this.#panel.node;
    document.addEventListener(APPEARANCE, this.#redraw);
  }

  /** @param {string} problem */
  tell(problem) {
    this.#panel.tell(problem);
  }

  draw() {
    for (const chart of this.#charts) chart.draw();
    if (!this.#charts.some(chart => chart.isPointing)) this.#point(null);
  }

  close() {
    document.removeEventListener(APPEARANCE, this.#redraw);
    for (const chart of this.#charts) chart.close();
  }

  /** @param {number | null | undefined} index of the point under the cursor; none: the newest */
  #point(index) {
    const { times } = this.#points;
    const at = index ?? times.length - 1;
    const zone = shownZone(this.#market);
    setText(this.#time, times.length === 0 ? '' : `${clock(times[at], zone)} ${zone.replace('_', ' ')}`);
    for (const chart of this.#charts) chart.say(at);
  }
}
