/** Says aloud what has changed, to those who hear the page. */

import { element } from './dom.js';

const region = element('div', { class: 'heard', role: 'status', 'aria-live': 'polite', id: 'announcer' });
document.body.append(region);

/** @param {string} text */
export function announce(text) {
  region.append(element('p', { text }));
  if (region.childElementCount > 4) region.firstElementChild?.remove();
}
