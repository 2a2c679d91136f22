/** Takes the page over: what was rendered gives way to what is live as soon as the daemon has spoken. */

import { APPEARANCE, shownZone, themeSwitch, zoneSwitch } from './appearance.js';
import { ConfigurationPanel } from './configuration.js';
import { Contact } from './contact.js';
import { element, Sign, setAttribute, setText } from './dom.js';
import { FeedView } from './feed-view.js';
import { clock } from './formats.js';
import { HistoryPanel } from './history.js';
import { prefer, preference } from './preferences.js';
import { Banner } from './states.js';
import { Tabs } from './tabs.js';

/** @typedef {import('../../status/report.ts').DaemonStatus} DaemonStatus */

const SIGNS_IN_TITLE = { good: '✓', warning: '!', bad: '✕' };

class Page {
  #live = /** @type {HTMLElement} */ (document.getElementById('live'));
  #banner = new Banner();
  #lostText = element('span');
  #lost = element(
    'p',
    { class: 'lost bad', role: 'alert', hidden: true },
    ...new Sign('bad').nodes,
    this.#lostText,
  );
  #pulse = element('span', { class: 'pulse', text: 'connecting' });
  #tabs = new Tabs(name => this.#choose(name));
  #place = element('div', { id: 'feed' });
  #history = new HistoryPanel();
  #configuration = new ConfigurationPanel();
  /** @type {FeedView | undefined} */
  #view;
  /** @type {DaemonStatus | undefined} */
  #status;
  #isLost = false;

  start() {
    this.#live.before(this.#lost);
    this.#live.append(this.#banner.node, this.#tabs.node, this.#place);
    this.#live.append(element('div', { class: 'pair' }, this.#history.node, this.#configuration.node));
    document.getElementById('tools')?.append(links(), this.#pulse, zoneSwitch(), themeSwitch());
    document.addEventListener('visibilitychange', () => this.#show());
    document.addEventListener(APPEARANCE, () => this.#show());
    new Contact({
      status: status => this.#heard(status),
      lost: why => this.#lose(why),
      ended: () => this.#end(),
    }).start();
  }

  /** @param {DaemonStatus} status */
  #heard(status) {
    // Another release brings other scripts.
    if (this.#status && status.version !== this.#status.version) return location.reload();
    const isOther = this.#isLost || status.pid !== this.#status?.pid;
    this.#status = status;
    this.#isLost = false;
    if (isOther) this.#begin(status);
    this.#show();
  }

  /** @param {DaemonStatus} status */
  #begin({ feeds }) {
    this.#live.hidden = false;
    document.getElementById('essentials')?.remove();
    this.#lost.hidden = true;
    this.#live.classList.remove('stale');
    const wanted = this.#view?.name ?? preference('feed');
    const feed = feeds.find(({ name }) => name === wanted) ?? feeds[0];
    if (feed && feed.name !== this.#view?.name) this.#choose(feed.name);
    else this.#view?.catchUp();
  }

  /** @param {string} name */
  #choose(name) {
    const feed = this.#status?.feeds.find(known => known.name === name);
    if (!feed || name === this.#view?.name) return;
    this.#view?.close();
    this.#view = new FeedView(feed);
    this.#tabs.chosen = name;
    prefer('feed', name);
    const isAlone = this.#status?.feeds.length === 1;
    setAttribute(this.#place, 'role', isAlone ? null : 'tabpanel');
    setAttribute(this.#place, 'aria-labelledby', isAlone ? null : `tab-${name}`);
    this.#place.replaceChildren(this.#view.node);
    this.#view.catchUp();
    this.#show();
  }

  #show() {
    const status = this.#status;
    if (!status || this.#isLost) return;
    const { feeds, nowMs, line } = status;
    const isSeen = !document.hidden;
    const feed = feeds.find(({ name }) => name === this.#view?.name);
    document.title = `${SIGNS_IN_TITLE[line.severity]} ${line.text} – massive-kdb`;
    if (feed) this.#view?.update(feed, nowMs, isSeen);
    if (!isSeen) return;
    this.#banner.update(status);
    this.#tabs.update(feeds);
    this.#history.update(status);
    this.#configuration.update(status);
    setText(this.#pulse, `live ${clock(nowMs, shownZone(feed?.market ?? ''))}`);
    setAttribute(this.#pulse, 'class', 'pulse good');
  }

  /** @param {string} why */
  #lose(why) {
    this.#isLost = true;
    const feed = this.#status?.feeds.find(({ name }) => name === this.#view?.name);
    const since = clock(this.#status?.nowMs ?? Date.now(), shownZone(feed?.market ?? ''));
    const older = this.#status ? ' All that is shown is from then.' : '';
    setText(this.#lostText, `No contact with the daemon since ${since}. ${why}${older} Trying again …`);
    setText(this.#pulse, `no contact since ${since}`);
    setAttribute(this.#pulse, 'class', 'pulse bad');
    document.title = '✕ no contact – massive-kdb';
    this.#live.classList.add('stale');
    this.#lost.hidden = false;
  }

  #end() {
    this.#lostText.replaceChildren(
      'The session has ended. ',
      element('a', { href: '/', text: 'Log in again' }),
      '.',
    );
  }
}

function links() {
  const places = [
    ['charts', 'Charts'],
    ['gaps', 'Gaps'],
    ['coverage', 'Coverage'],
    ['bars', 'Bars'],
    ['subscriptions', 'Subscriptions'],
    ['quarantine', 'Quarantine'],
    ['history', 'Backfills'],
    ['configuration', 'Configuration'],
  ];
  return element(
    'nav',
    { 'aria-label': 'Parts of the page' },
    ...places.map(([id, text]) => element('a', { href: `#${id}`, text })),
  );
}

new Page().start();
