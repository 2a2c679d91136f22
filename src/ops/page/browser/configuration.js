/** The panel of the configuration in force; it is asked for when somebody opens it. */

import { AskError, ask } from './api.js';
import { element, setText } from './dom.js';
import { counted, duration, instant } from './formats.js';
import { Panel, table } from './panel.js';

/** @typedef {import('../../status/report.ts').ConfigurationList} ConfigurationList */
/** @typedef {import('../../status/report.ts').DaemonStatus} DaemonStatus */

export class ConfigurationPanel {
  #panel = new Panel('configuration', 'Version and configuration');
  #version = element('p');
  #list = table([{ name: 'Setting' }, { name: 'Value' }, { name: 'From' }], 'Configuration in force');
  #filter = element('input', {
    id: 'setting',
    type: 'search',
    placeholder: 'Find',
    autocomplete: 'off',
    input: () => this.#show(),
  });
  #count = element('span', { class: 'quiet', role: 'status' });
  #details;
  /** @type {ConfigurationList['settings']} */
  #settings = [];

  constructor() {
    this.#details = element(
      'details',
      { toggle: () => this.#details.open && void this.#load() },
      element('summary', { text: 'Configuration in force, secrets hidden' }),
      element(
        'p',
        { class: 'row' },
        element('label', { for: 'setting', class: 'heard', text: 'Find a setting' }),
        this.#filter,
        this.#count,
      ),
      this.#list.node,
    );
    this.#list.node.classList.add('tall', 'settings');
    this.#panel.body.append(this.#version, this.#details);
    this.node = this.#panel.node;
  }

  /** @param {DaemonStatus} status */
  update({ version, nodeVersion, pid, startedMs, nowMs, process }) {
    const started = `${instant(startedMs, 'UTC')} UTC`;
    const cpu = `${duration(process.cpuMs)} of processor time`;
    setText(
      this.#version,
      `massive-kdb ${version} on Node ${nodeVersion.replace(/^v/, '')}, process ${pid}, started ${started}, up for ${duration(nowMs - startedMs)}, ${cpu}.`,
    );
  }

  async #load() {
    try {
      const answer = /** @type {ConfigurationList} */ (await ask('/api/configuration'));
      this.#settings = answer.settings;
      this.#panel.tell('');
      this.#show();
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      this.#panel.tell(error.message);
    }
  }

  #show() {
    const wanted = this.#filter.value.trim().toLowerCase();
    const found = this.#settings.filter(({ path, value }) =>
      `${path} ${value}`.toLowerCase().includes(wanted),
    );
    setText(this.#count, counted(found.length, 'setting'));
    this.#list.body.replaceChildren(
      ...found.map(({ path, value, origin }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, element('code', { text: path })),
          element('td', {}, element('code', { text: value })),
          element('td', { class: 'quiet', text: origin }),
        ),
      ),
    );
  }
}
