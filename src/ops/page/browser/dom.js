/** Building and changing elements. Text is only ever set as text, and styles by classes. */

import { SIGN_WORDS, SIGNS } from './signs.js';

/** @typedef {import('./signs.js').Severity} Severity */
/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Property */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * An element. Of its properties `text` is its text, functions are listeners by the name of their event, `true` is an
 * attribute without a value, false and null leave one out.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Readonly<Record<string, Property>>} [properties]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property === 'text') made.textContent = String(value);
    else if (typeof value === 'function') made.addEventListener(property, value);
    else setAttribute(made, property, value);
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/**
 * Changes an attribute where it is another; false and null remove it.
 * @param {Element} of
 * @param {string} name
 * @param {string | number | boolean | null | undefined} value
 */
export function setAttribute(of, name, value) {
  if (value === false || value === null || value === undefined) of.removeAttribute(name);
  else if (of.getAttribute(name) !== String(value))
    of.setAttribute(name, value === true ? '' : String(value));
}

/**
 * Changes a text where it is another, so that nothing is announced or drawn anew without need.
 * @param {Node} of
 * @param {string} text
 */
export function setText(of, text) {
  if (of.textContent !== text) of.textContent = text;
}

/**
 * @param {string} name
 * @param {Readonly<Record<string, string>>} attributes
 * @param {...Node} children
 */
function svgElement(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

/** A sign of severity that can change: a shape for eyes, a word for who hears the page. */
export class Sign {
  /** @type {Severity | undefined} */
  #severity;
  #outline = svgElement('path', { class: 'outline' });
  #mark = svgElement('path', { class: 'mark' });
  #word = element('span', { class: 'heard' });
  /** To be put where it is to stand. */
  nodes = [
    svgElement(
      'svg',
      { class: 'sign', viewBox: '0 0 20 20', 'aria-hidden': 'true' },
      this.#outline,
      this.#mark,
    ),
    this.#word,
  ];

  /** @param {Severity} severity */
  constructor(severity) {
    this.show(severity);
  }

  /** @param {Severity} severity */
  show(severity) {
    if (severity === this.#severity) return;
    this.#severity = severity;
    const [outline, mark] = SIGNS[severity];
    this.#outline.setAttribute('d', outline);
    this.#mark.setAttribute('d', mark);
    this.#word.textContent = `${SIGN_WORDS[severity]}: `;
  }
}

/**
 * A state in a coloured pill.
 * @param {Severity} severity
 * @param {string} text
 */
export function badge(severity, text) {
  return element('span', { class: `badge ${severity}` }, ...new Sign(severity).nodes, text);
}

/**
 * Children of a parent by key: those that stay are changed in their place, so that focus and what is being typed stay.
 * @template Item
 */
export class KeyedChildren {
  #parent;
  #keyOf;
  #make;
  /** @type {Map<string, { node: HTMLElement, update: (item: Item) => void }>} */
  #shown = new Map();

  /**
   * @param {HTMLElement} parent
   * @param {(item: Item) => string} keyOf
   * @param {(item: Item) => { node: HTMLElement, update: (item: Item) => void }} make
   */
  constructor(parent, keyOf, make) {
    this.#parent = parent;
    this.#keyOf = keyOf;
    this.#make = make;
  }

  /** @param {readonly Item[]} items */
  show(items) {
    const keys = new Set(items.map(this.#keyOf));
    for (const [key, { node }] of this.#shown) {
      if (keys.has(key)) continue;
      node.remove();
      this.#shown.delete(key);
    }
    let place = this.#parent.firstElementChild;
    for (const item of items) {
      const key = this.#keyOf(item);
      const child = this.#shown.get(key) ?? this.#make(item);
      this.#shown.set(key, child);
      child.update(item);
      if (child.node === place) place = place.nextElementSibling;
      else this.#parent.insertBefore(child.node, place);
    }
  }
}
