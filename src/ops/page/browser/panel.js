/** A section of the page with a heading, and a line that says when what it shows could not be had. */

import { element, setText } from './dom.js';

export class Panel {
  #problem = element('p', { class: 'problem', role: 'status' });
  aside = element('div', { class: 'aside' });
  body = element('div', { class: 'body' });
  node;

  /**
   * @param {string} id by which links find it
   * @param {string} title
   */
  constructor(id, title) {
    this.node = element(
      'section',
      { class: 'panel', id, 'aria-labelledby': `${id}-title`, tabindex: '-1' },
      element('header', {}, element('h2', { id: `${id}-title`, text: title }), this.aside),
      this.#problem,
      this.body,
    );
  }

  /** @param {string} text empty where all is well */
  tell(text) {
    setText(this.#problem, text);
  }
}

/**
 * A table's head and body; columns that are numbers stand to the right, those of little weight go first where it is
 * narrow.
 *
 * @param {readonly { readonly name: string, readonly number?: boolean, readonly minor?: boolean, readonly heard?: boolean }[]} columns
 * @param {string} label
 */
export function table(columns, label) {
  const body = element('tbody');
  const cells = columns.map(({ name, heard, ...column }) =>
    element(
      'th',
      { scope: 'col', class: classOf(column) },
      heard ? element('span', { class: 'heard', text: name }) : name,
    ),
  );
  const node = element(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': label, tabindex: '0' },
    element('table', {}, element('thead', {}, element('tr', {}, ...cells)), body),
  );
  return { node, body };
}

/**
 * @param {{ readonly number?: boolean, readonly minor?: boolean }} column
 */
export function classOf({ number, minor }) {
  return [number && 'number', minor && 'minor'].filter(Boolean).join(' ') || null;
}
