/** The panel of subscriptions: what is subscribed to, and adding and removing symbols by hand. */

import { AskError, Asked, ask, feedPath } from './api.js';
import { element, KeyedChildren, setText } from './dom.js';
import { count, counted } from './formats.js';
import { Panel } from './panel.js';

/** @typedef {import('../../status/report.ts').Subscriptions} Subscriptions */

const EVERY_MS = 15_000;
const MOST_SHOWN = 120;
/** How the whole market is subscribed to; nothing can be taken out of it. */
const ALL = '*';

export class SubscriptionsPanel {
  #panel = new Panel('subscriptions', 'Subscriptions');
  #count = element('span', { class: 'quiet' });
  #outcome = element('p', { class: 'outcome', role: 'status' });
  #failed = element('p', { class: 'problem' });
  #filter = element('input', {
    id: 'filter',
    type: 'search',
    placeholder: 'Find',
    autocomplete: 'off',
    spellcheck: 'false',
    input: () => this.#list(),
  });
  #input = element('input', {
    id: 'add',
    placeholder: 'Symbols to add',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    maxlength: '4000',
  });
  #button = element('button', { type: 'submit', class: 'strong', text: 'Add' });
  #symbols = element('ul', { class: 'chips', 'aria-label': 'Symbols' });
  #rest = element('p', { class: 'quiet' });
  #chips;
  #feedName;
  /** @type {Subscriptions | undefined} */
  #subscriptions;
  /** @type {Asked<Subscriptions>} */
  #asked;

  /** @param {string} feedName */
  constructor(feedName) {
    this.#feedName = feedName;
    this.#chips = new KeyedChildren(
      this.#symbols,
      (/** @type {string} */ symbol) => symbol,
      symbol => this.#chip(symbol),
    );
    const form = element(
      'form',
      { class: 'row', submit: event => this.#submit(event) },
      element('label', { for: 'add', class: 'heard', text: 'Symbols to add' }),
      this.#input,
      this.#button,
      element('label', { for: 'filter', class: 'heard', text: 'Find a symbol' }),
      this.#filter,
    );
    const note = element('p', {
      class: 'quiet',
      text: 'Changes made here hold until the next start or reload of the configuration.',
    });
    this.#panel.aside.append(this.#count);
    this.#panel.body.append(form, this.#outcome, this.#failed, this.#symbols, this.#rest, note);
    this.node = this.#panel.node;
    this.#asked = new Asked({
      path: () => feedPath(feedName, '/subscriptions'),
      everyMs: EVERY_MS,
      show: subscriptions => this.#show(subscriptions),
      tell: problem => this.#panel.tell(problem),
    });
  }

  tick() {
    this.#asked.tick();
  }

  /** @param {Subscriptions} subscriptions */
  #show(subscriptions) {
    this.#subscriptions = subscriptions;
    const { channels, count: all, failedPairs } = subscriptions;
    const what = subscriptions.symbols.includes(ALL) ? 'all symbols' : counted(all, 'symbol');
    setText(this.#count, `${what} on ${channels.join(', ')}`);
    const some = failedPairs.slice(0, 10).join(', ');
    const refused = `Refused by Massive: ${some}${failedPairs.length > 10 ? ` and ${count(failedPairs.length - 10)} more` : ''}.`;
    setText(this.#failed, failedPairs.length === 0 ? '' : refused);
    this.#list();
  }

  #list() {
    const { symbols = [], count: all = 0 } = this.#subscriptions ?? {};
    const wanted = this.#filter.value.trim().toUpperCase();
    const found = wanted === '' ? symbols : symbols.filter(symbol => symbol.toUpperCase().includes(wanted));
    const shown = found.slice(0, MOST_SHOWN);
    this.#chips.show(shown);
    const hidden = (wanted === '' ? all : found.length) - shown.length;
    setText(
      this.#rest,
      hidden > 0 ? `and ${count(hidden)} more` : shown.length === 0 && wanted !== '' ? 'none found' : '',
    );
  }

  /** @param {string} symbol */
  #chip(symbol) {
    const button = element(
      'button',
      {
        type: 'button',
        title: `Remove ${symbol}`,
        click: () => void this.#change('remove', [symbol], button),
      },
      element('span', { 'aria-hidden': 'true', text: '×' }),
      element('span', { class: 'heard', text: `Remove ${symbol}` }),
    );
    const text = element('span', { text: symbol === ALL ? 'all symbols' : symbol });
    return { node: element('li', { 'data-symbol': symbol }, text, symbol !== ALL && button), update() {} };
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    const symbols = this.#input.value.split(/[\s,;]+/).filter(Boolean);
    if (symbols.length > 0) void this.#change('add', symbols, this.#button);
  }

  /**
   * @param {'add' | 'remove'} action
   * @param {readonly string[]} symbols
   * @param {HTMLButtonElement} button
   */
  async #change(action, symbols, button) {
    button.disabled = true;
    try {
      const answer = await ask(feedPath(this.#feedName, `/subscriptions/${action}`), { symbols });
      this.#show(/** @type {Subscriptions} */ (answer));
      setText(
        this.#outcome,
        action === 'add' ? `Asked for ${symbols.join(', ')}.` : `Removed ${symbols.join(', ')}.`,
      );
      if (action === 'add') this.#input.value = '';
      else this.#input.focus();
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      setText(this.#outcome, error.message);
    } finally {
      button.disabled = false;
    }
  }
}
