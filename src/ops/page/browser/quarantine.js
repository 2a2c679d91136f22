/** The panel of what was set aside: events that could not be read, batches that a tickerplant refused. */

import { Asked, feedPath } from './api.js';
import { shownZone } from './appearance.js';
import { element, setText } from './dom.js';
import { count, counted, instant } from './formats.js';
import { Panel } from './panel.js';

/** @typedef {import('../../status/report.ts').QuarantineList} QuarantineList */
/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */

const EVERY_MS = 15_000;
const MOST_SHOWN = 20;

export class QuarantinePanel {
  #panel = new Panel('quarantine', 'Quarantine');
  #counts = element('span', { class: 'quiet' });
  #list = element('ul', { class: 'entries' });
  #empty = element('p', { class: 'quiet', text: 'Nothing was set aside.', hidden: true });
  #market;
  #seen = '';
  /** @type {Asked<QuarantineList>} */
  #asked;

  /**
   * @param {string} feedName
   * @param {string} market
   */
  constructor(feedName, market) {
    this.#market = market;
    this.#panel.aside.append(this.#counts);
    this.#panel.body.append(this.#empty, this.#list);
    this.node = this.#panel.node;
    this.#asked = new Asked({
      path: () => feedPath(feedName, '/quarantine'),
      everyMs: EVERY_MS,
      show: list => this.#show(list),
      tell: problem => this.#panel.tell(problem),
    });
  }

  /** @param {FeedStatus} feed */
  update({ quarantine: { events, batches } }) {
    const counts = `${counted(events, 'event')}, ${counted(batches, 'batch', 'batches')} since the start`;
    setText(this.#counts, counts);
    if (counts !== this.#seen) void this.#asked.now();
    else this.#asked.tick();
    this.#seen = counts;
  }

  /** @param {QuarantineList} list */
  #show({ events, batches }) {
    const entries = [
      ...batches.map(({ atMs, target, table, rows, reason }) => ({
        atMs,
        reason,
        text: `${count(rows)} rows of ${table} for ${target}`,
      })),
      ...events,
    ].sort((one, other) => other.atMs - one.atMs);
    this.#empty.hidden = entries.length > 0;
    this.#list.replaceChildren(
      ...entries
        .slice(0, MOST_SHOWN)
        .map(({ atMs, reason, text }) =>
          element(
            'li',
            {},
            element('time', { class: 'quiet', text: instant(atMs, shownZone(this.#market)) }),
            element('b', { text: reason }),
            element('code', { text }),
          ),
        ),
    );
  }
}
