/** A tab for each feed; none where there is one feed only. */

import { element, KeyedChildren, Sign, setAttribute } from './dom.js';

/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */
/** @typedef {import('./signs.js').Severity} Severity */

/** @type {readonly Severity[]} */
const ORDER = ['good', 'warning', 'bad'];

export class Tabs {
  #choose;
  /** @type {string | undefined} */
  chosen;
  #tabs;
  node = element('div', {
    class: 'tabs',
    role: 'tablist',
    'aria-label': 'Feeds',
    keydown: event => this.#key(event),
  });

  /** @param {(name: string) => void} choose */
  constructor(choose) {
    this.#choose = choose;
    this.#tabs = new KeyedChildren(
      this.node,
      (/** @type {FeedStatus} */ feed) => feed.name,
      feed => this.#tab(feed),
    );
  }

  /** @param {readonly FeedStatus[]} feeds */
  update(feeds) {
    this.node.hidden = feeds.length < 2;
    this.#tabs.show(feeds);
  }

  /** @param {FeedStatus} first */
  #tab({ name, channels }) {
    const sign = new Sign('good');
    const node = element(
      'button',
      {
        type: 'button',
        role: 'tab',
        id: `tab-${name}`,
        'aria-controls': 'feed',
        click: () => this.#choose(name),
      },
      ...sign.nodes,
      name,
      element('span', { class: 'quiet', text: channels.join(', ') }),
    );
    return {
      node,
      /** @param {FeedStatus} feed */
      update: ({ lines }) => {
        const worst = Math.max(...Object.values(lines).map(({ severity }) => ORDER.indexOf(severity)));
        const severity = ORDER[worst] ?? 'good';
        sign.show(severity);
        setAttribute(node, 'class', severity);
        setAttribute(node, 'aria-selected', String(name === this.chosen));
        setAttribute(node, 'tabindex', name === this.chosen ? '0' : '-1');
      },
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const tabs = [...this.node.children].filter(tab => tab instanceof HTMLElement);
    const at = tabs.findIndex(tab => tab.matches(':focus'));
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    const tab = tabs[(next + tabs.length) % tabs.length];
    tab?.focus();
    tab?.click();
  }
}
