/** The panel of coverage: the picture, what its colours mean, and the same as a table. */

import { Asked, feedPath } from './api.js';
import { shownZone } from './appearance.js';
import { fromFirstBar } from './coverage-span.js';
import { element, KeyedChildren, setText } from './dom.js';
import { count, interval, percent } from './formats.js';
import { coveredShare, HeatMap } from './heat-map.js';
import { Panel, table } from './panel.js';

/** @typedef {import('../../status/report.ts').Coverage} Coverage */
/** @typedef {Coverage['groups'][number]} Group */

const EVERY_MS = 10_000;

export class CoveragePanel {
  #panel = new Panel('coverage', 'Coverage');
  #picture = element('div');
  #empty = element('p', { class: 'quiet', text: 'No bar of this session has come yet.' });
  #date = element('span', { class: 'quiet' });
  #gaps = element('ul', { class: 'plain-list' });
  #map;
  #groups;
  #market;
  /** @type {Asked<Coverage>} */
  #asked;

  /**
   * @param {string} feedName
   * @param {string} market
   */
  constructor(feedName, market) {
    this.#market = market;
    this.#map = new HeatMap(market, this.#picture);
    const text = table(
      [
        { name: 'Symbols' },
        { name: 'How many', number: true },
        { name: 'Had a bar, of a minute with any', number: true },
        { name: 'Minutes without any', number: true },
      ],
      'Coverage by group of symbols',
    );
    this.#groups = new KeyedChildren(text.body, (/** @type {Group} */ group) => group.name, groupRow);
    this.#panel.aside.append(this.#date);
    this.#panel.body.append(
      this.#empty,
      this.#picture,
      this.#key(),
      element('details', {}, element('summary', { text: 'The same as text' }), text.node, this.#gaps),
    );
    this.node = this.#panel.node;
    this.#asked = new Asked({
      path: () => feedPath(feedName, '/coverage'),
      everyMs: EVERY_MS,
      show: coverage => this.#show(coverage),
      tell: problem => this.#panel.tell(problem),
    });
  }

  tick() {
    this.#asked.tick();
  }

  close() {
    this.#map.close();
  }

  #key() {
    const swatches = ['heat-none', 'heat-1', 'heat-2', 'heat-3', 'heat-4', 'heat-5'];
    return element(
      'p',
      { class: 'key quiet' },
      element(
        'span',
        {},
        'no symbol ',
        ...swatches.map(name => element('i', { class: name })),
        ' every symbol had a bar in that minute',
      ),
      element('span', {}, element('i', { class: 'hatched' }), ' gap: no stream'),
    );
  }

  /** @param {Coverage} whole */
  #show(whole) {
    const coverage = fromFirstBar(whole);
    const { groups, date, gaps } = coverage;
    const isEmpty = groups.length === 0;
    this.#empty.hidden = !isEmpty;
    this.#picture.hidden = isEmpty;
    const zone = shownZone(this.#market);
    setText(this.#date, date === null ? '' : `session of ${date}, ${zone.replace('_', ' ')}`);
    this.#groups.show(groups);
    const lines = gaps.map(gap => `Gap, ${gap.state}: ${interval(gap.beginMs, gap.endMs, zone)}`);
    this.#gaps.replaceChildren(...lines.map(text => element('li', { text })));
    if (!isEmpty) this.#map.show(coverage);
  }
}

/** @param {Group} group */
function groupRow({ name }) {
  const cells = [1, 2, 3].map(() => element('td', { class: 'number' }));
  return {
    node: element('tr', {}, element('th', { scope: 'row', text: name }), ...cells),
    /** @param {Group} group */
    update(group) {
      const without = group.seen.filter(seen => seen === 0).length;
      const texts = [count(group.symbols), percent(coveredShare(group)), count(without)];
      for (const [index, cell] of cells.entries()) setText(cell, texts[index] ?? '');
    },
  };
}
