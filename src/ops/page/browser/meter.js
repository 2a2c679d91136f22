/** How far something is, as a bar. */

import { element, setAttribute } from './dom.js';

export class Meter {
  #bar = element('span', { class: 'meter-bar' });
  node;

  /** @param {string} label */
  constructor(label) {
    this.node = element(
      'div',
      { class: 'meter', role: 'meter', 'aria-label': label, 'aria-valuemin': '0' },
      this.#bar,
    );
  }

  /**
   * @param {number} value
   * @param {number} most
   * @param {string} text
   */
  show(value, most, text) {
    const share = most > 0 ? Math.min(Math.max(value / most, 0), 1) : 0;
    this.#bar.style.width = `${share * 100}%`;
    setAttribute(this.node, 'aria-valuemax', most);
    setAttribute(this.node, 'aria-valuenow', Math.min(value, most));
    setAttribute(this.node, 'aria-valuetext', text);
  }
}
