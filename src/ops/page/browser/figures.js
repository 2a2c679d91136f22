/** The numbers of a feed that are no charts. */

import { shownZone } from './appearance.js';
import { element, setAttribute, setText } from './dom.js';
import { bytes, clock, count, duration, short } from './formats.js';
import { sumOf } from './targets.js';

/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */

/**
 * What is to be told, and how bad it is where it is bad.
 * @typedef {{
 *   readonly meaning: string,
 *   readonly figure: (feed: FeedStatus, nowMs: number) => string,
 *   readonly severity?: (feed: FeedStatus) => 'warning' | 'bad' | false,
 * }} Figure
 */

/** @type {readonly Figure[]} */
const FIGURES = [
  { meaning: 'events received', figure: ({ receivedEvents }) => short(receivedEvents) },
  { meaning: 'rows received', figure: ({ receivedRows }) => short(sumOf(receivedRows)) },
  { meaning: 'rows put in by gap filling', figure: ({ injectedRows }) => short(sumOf(injectedRows)) },
  {
    meaning: 'rows lost',
    figure: ({ lostRows }) => count(lostRows),
    severity: ({ lostRows }) => lostRows > 0 && 'bad',
  },
  {
    meaning: 'gaps not yet filled',
    figure: ({ gaps }) => count(gaps.missing),
    severity: ({ gaps }) => gaps.missing > 0 && 'warning',
  },
  {
    meaning: 'reconnects',
    figure: ({ session }) => count(session.reconnects),
  },
  {
    meaning: 'since the last frame',
    figure: ({ session }, nowMs) =>
      session.lastFrameMs === null ? '–' : duration(nowMs - session.lastFrameMs),
  },
  { meaning: 'market', figure: ({ session }) => (session.marketOpen ? 'open' : 'closed') },
  {
    meaning: "the plan's delay",
    figure: ({ session }) => (session.delayMs === 0 ? 'none' : duration(session.delayMs)),
  },
  { meaning: 'spool used', figure: ({ spool }) => `${bytes(spool.usedBytes)} of ${bytes(spool.maxBytes)}` },
  { meaning: 'waits for the loader', figure: ({ spool }) => bytes(spool.lateBytes) },
];

export class Figures {
  #market;
  #cells = FIGURES.map(() => element('dd'));
  #settled = [element('dd'), element('dd')];
  #boxes;
  node;

  /** @param {string} market */
  constructor(market) {
    this.#market = market;
    const box = (/** @type {string} */ meaning, /** @type {Node | undefined} */ cell) =>
      element('div', {}, element('dt', { text: meaning }), cell);
    this.#boxes = FIGURES.map(({ meaning }, index) => box(meaning, this.#cells[index]));
    this.node = element(
      'dl',
      { class: 'figures panel' },
      ...this.#boxes,
      box('settled until', this.#settled[0]),
      box('corrections over until', this.#settled[1]),
    );
  }

  /**
   * @param {FeedStatus} feed
   * @param {number} nowMs
   */
  update(feed, nowMs) {
    for (const [index, { figure, severity }] of FIGURES.entries()) {
      setText(/** @type {Node} */ (this.#cells[index]), figure(feed, nowMs));
      setAttribute(/** @type {Element} */ (this.#boxes[index]), 'class', severity?.(feed) || null);
    }
    const { settledMs, correctedMs } = feed.settled;
    const zone = shownZone(this.#market);
    for (const [index, ms] of [settledMs, correctedMs].entries()) {
      setText(/** @type {Node} */ (this.#settled[index]), clock(ms, zone));
    }
  }
}
