/** The stream of events from the daemon: what it says, and whether it still says anything. */

import { AskError, ask } from './api.js';

/** @typedef {import('../../status/report.ts').DaemonStatus} DaemonStatus */

/** The daemon speaks every second. */
const SILENCE_MS = 3_000;
const CHECK_MS = 250;
const RETRY_MS = 1_000;

/**
 * @typedef {{
 *   readonly status: (status: DaemonStatus) => void,
 *   readonly lost: (why: string) => void,
 *   readonly ended: () => void,
 * }} ContactListener `lost` comes at once, and again where the reason is another; `ended` where one has to log in again
 */

export class Contact {
  #listener;
  /** @type {EventSource | undefined} */
  #source;
  #heardMs = performance.now();
  /** Why nothing comes; undefined while something does. @type {string | undefined} */
  #lost;
  /** Whether it answers questions, though it does not stream. */
  #isAnswering = false;

  /** @param {ContactListener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  start() {
    this.#open();
    setInterval(() => this.#check(), CHECK_MS);
  }

  #open() {
    const source = new EventSource('/events');
    this.#source = source;
    source.addEventListener('status', event => {
      this.#heardMs = performance.now();
      this.#lost = undefined;
      this.#isAnswering = false;
      this.#listener.status(JSON.parse(event.data));
    });
    source.addEventListener('error', () => this.#again('The connection has ended.'));
  }

  #check() {
    if (this.#source && performance.now() - this.#heardMs > SILENCE_MS) this.#again('It says nothing.');
  }

  /** @param {string} why */
  #again(why) {
    this.#source?.close();
    this.#source = undefined;
    const reason = this.#isAnswering ? 'It answers, but has no stream left: close another page of it.' : why;
    if (reason !== this.#lost && (this.#isAnswering || this.#lost === undefined)) this.#listener.lost(reason);
    this.#lost = reason;
    setTimeout(() => void this.#retry(), RETRY_MS);
  }

  /** A stream does not say why it was refused; a question does. */
  async #retry() {
    try {
      await ask('/api/status');
      this.#isAnswering = true;
    } catch (error) {
      this.#isAnswering = false;
      // Only a login helps, and it loads the page anew.
      if (error instanceof AskError && error.status === 401) return this.#listener.ended();
    }
    this.#heardMs = performance.now();
    this.#open();
  }
}
