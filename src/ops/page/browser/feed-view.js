/** All that the page shows of one feed. */

import { Asked, feedPath } from './api.js';
import { BarsPanel } from './bars.js';
import { Charts } from './charts.js';
import { CoveragePanel } from './coverage.js';
import { element } from './dom.js';
import { Figures } from './figures.js';
import { GapsPanel } from './gaps.js';
import { QuarantinePanel } from './quarantine.js';
import { PointColumns } from './series.js';
import { States } from './states.js';
import { SubscriptionsPanel } from './subscriptions.js';
import { TargetsPanel } from './targets.js';

/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */
/** @typedef {import('../../status/report.ts').Series} Series */

export class FeedView {
  name;
  #points = new PointColumns();
  #states = new States();
  #figures;
  #charts;
  #coverage;
  #bars;
  #gaps;
  #targets = new TargetsPanel();
  #subscriptions;
  #quarantine;
  /** @type {Asked<Series>} */
  #series;
  node;

  /** @param {FeedStatus} feed */
  constructor({ name, market }) {
    this.name = name;
    this.#figures = new Figures(market);
    this.#charts = new Charts(market, this.#points);
    this.#coverage = new CoveragePanel(name, market);
    this.#bars = new BarsPanel(name, market);
    this.#gaps = new GapsPanel(name, market);
    this.#subscriptions = new SubscriptionsPanel(name);
    this.#quarantine = new QuarantinePanel(name, market);
    this.node = element(
      'div',
      { class: 'feed-view' },
      this.#states.node,
      this.#charts.node,
      this.#figures.node,
      this.#gaps.node,
      this.#coverage.node,
      this.#bars.node,
      this.#targets.node,
      element('div', { class: 'pair' }, this.#subscriptions.node, this.#quarantine.node),
    );
    this.#series = new Asked({
      path: () => feedPath(name, '/series'),
      everyMs: 0,
      show: ({ points }) => {
        this.#points.merge(points);
        this.#charts.draw();
      },
      tell: problem => this.#charts.tell(problem),
    });
  }

  /** Takes what was missed: at the beginning, and after a loss of contact. */
  catchUp() {
    void this.#series.now();
  }

  /**
   * @param {FeedStatus} feed
   * @param {number} nowMs
   * @param {boolean} isSeen whether anybody can see it
   */
  update(feed, nowMs, isSeen) {
    this.#points.append(feed.point);
    if (!isSeen) return;
    this.#states.update(feed);
    this.#figures.update(feed, nowMs);
    this.#charts.draw();
    this.#gaps.update(feed, nowMs);
    this.#targets.update(feed);
    this.#quarantine.update(feed);
    this.#coverage.tick();
    this.#bars.tick();
    this.#subscriptions.tick();
  }

  close() {
    this.#charts.close();
    this.#coverage.close();
    this.#bars.close();
    this.node.remove();
  }
}
