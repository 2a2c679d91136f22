/** The panel of latest bars: search by symbol, a table, and candles of the one that is chosen. */

import { Asked, feedPath } from './api.js';
import { shownZone } from './appearance.js';
import { CandleChart } from './candles.js';
import { element, KeyedChildren, setAttribute, setText } from './dom.js';
import { clock, count, price, short } from './formats.js';
import { Panel, table } from './panel.js';

/** @typedef {import('../../status/report.ts').LatestBar} LatestBar */
/** @typedef {import('../../status/report.ts').LatestBars} LatestBars */
/** @typedef {import('../../status/report.ts').Candles} Candles */

const EVERY_MS = 2_000;
const MOST_ROWS = 50;
const TYPING_MS = 150;

const COLUMNS = [
  { name: 'Symbol' },
  { name: 'Table', minor: true },
  { name: 'Start' },
  { name: 'Open', number: true, minor: true },
  { name: 'High', number: true, minor: true },
  { name: 'Low', number: true, minor: true },
  { name: 'Close', number: true },
  { name: 'Volume', number: true },
  { name: 'Trades', number: true, minor: true },
];

export class BarsPanel {
  #panel = new Panel('bars', 'Latest bars');
  #count = element('span', { class: 'quiet', role: 'status' });
  #search = element('input', {
    id: 'search',
    type: 'search',
    placeholder: 'Symbol',
    autocomplete: 'off',
    spellcheck: 'false',
    maxlength: '40',
    input: () => this.#typed(),
  });
  #title = element('h3');
  #picture = element('div');
  #candles;
  #rows;
  #market;
  /** @type {string | undefined} */
  #chosen;
  #typing = 0;
  /** @type {Asked<LatestBars>} */
  #bars;
  /** @type {Asked<Candles>} */
  #chosenBars;

  /**
   * @param {string} feedName
   * @param {string} market
   */
  constructor(feedName, market) {
    this.#market = market;
    this.#candles = new CandleChart(market, this.#picture);
    const list = table(COLUMNS, 'Latest bars');
    list.node.classList.add('tall');
    this.#rows = new KeyedChildren(
      list.body,
      (/** @type {LatestBar} */ bar) => bar.sym,
      bar => this.#row(bar),
    );
    const search = element(
      'label',
      { class: 'search', for: 'search' },
      element('span', { class: 'heard', text: 'Search by symbol' }),
      this.#search,
    );
    this.#panel.aside.append(this.#count, search);
    this.#panel.body.classList.add('halves');
    this.#panel.body.append(list.node, element('div', {}, this.#title, this.#picture));
    this.node = this.#panel.node;
    const tell = (/** @type {string} */ problem) => this.#panel.tell(problem);
    this.#bars = new Asked({
      path: () =>
        feedPath(
          feedName,
          `/bars?search=${encodeURIComponent(this.#search.value.trim())}&limit=${MOST_ROWS}`,
        ),
      everyMs: EVERY_MS,
      show: answer => this.#show(answer),
      tell,
    });
    this.#chosenBars = new Asked({
      path: () => this.#chosen && feedPath(feedName, `/candles/${encodeURIComponent(this.#chosen)}`),
      everyMs: EVERY_MS,
      show: ({ sym, bars }) => this.#candles.show(sym, bars),
      tell,
    });
  }

  tick() {
    this.#bars.tick();
    this.#chosenBars.tick();
  }

  close() {
    clearTimeout(this.#typing);
    this.#candles.close();
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = window.setTimeout(() => void this.#bars.now(), TYPING_MS);
  }

  /** @param {LatestBars} answer */
  #show({ symbols, bars: ofTables }) {
    // One row a symbol: that of the shortest windows, which comes first.
    const bars = [...new Map([...ofTables].reverse().map(bar => [bar.sym, bar])).values()].reverse();
    const isPart = this.#search.value.trim() !== '';
    const found = ofTables.length < MOST_ROWS ? count(bars.length) : `the first ${bars.length}`;
    if (symbols === 0) setText(this.#count, 'none has come yet');
    else
      setText(
        this.#count,
        isPart || bars.length < symbols ? `${found} of ${count(symbols)}` : `${count(symbols)} symbols`,
      );
    this.#rows.show(bars);
    if (this.#chosen === undefined && bars[0]) this.#choose(bars[0].sym);
    this.#picture.hidden = this.#chosen === undefined;
  }

  /** @param {string} sym */
  #choose(sym) {
    this.#chosen = sym;
    setText(this.#title, sym);
    for (const button of this.node.querySelectorAll('tbody button')) {
      setAttribute(button, 'aria-pressed', String(button.textContent === sym));
    }
    void this.#chosenBars.now();
  }

  /** @param {LatestBar} bar */
  #row({ sym }) {
    const button = element('button', {
      class: 'link',
      type: 'button',
      'aria-pressed': String(sym === this.#chosen),
      text: sym,
      click: () => this.#choose(sym),
    });
    const cells = COLUMNS.slice(1).map(({ number, minor }) =>
      element('td', { class: [number && 'number', minor && 'minor'].filter(Boolean).join(' ') || null }),
    );
    const node = element('tr', {}, element('th', { scope: 'row' }, button), ...cells);
    return {
      node,
      /** @param {LatestBar} bar */
      update: bar => {
        const texts = [
          bar.table,
          clock(bar.startMs, shownZone(this.#market)),
          price(bar.open),
          price(bar.high),
          price(bar.low),
          price(bar.close),
          short(bar.volume),
          count(bar.trades),
        ];
        for (const [index, cell] of cells.entries()) setText(cell, texts[index] ?? '');
        setAttribute(node, 'class', bar.close >= bar.open ? 'rises' : 'falls');
      },
    };
  }
}
