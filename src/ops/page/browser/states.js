/** The states as sentences: of the daemon, and of a feed's session, tickerplant and spool. */

import { announce } from './announcer.js';
import { shownZone } from './appearance.js';
import { element, Sign, setAttribute, setText } from './dom.js';
import { clock, counted } from './formats.js';

/** @typedef {import('../../status/report.ts').DaemonStatus} DaemonStatus */
/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */
/** @typedef {import('../../status/report.ts').StatusLine} StatusLine */

/** The state of the daemon in one line. */
export class Banner {
  #severity = new SpokenSeverity();
  #sign = new Sign('good');
  #text = element('span');
  #reasons = element('ul', { class: 'reasons' });
  node = element(
    'section',
    { class: 'banner', 'aria-label': 'State of the daemon' },
    element('h1', {}, ...this.#sign.nodes, this.#text),
    this.#reasons,
  );

  /** @param {DaemonStatus} status */
  update({ line, ready, reasons }) {
    this.#sign.show(line.severity);
    setText(this.#text, line.text);
    this.#severity.show('Daemon', line);
    setAttribute(this.node, 'class', `banner ${line.severity}`);
    // What is said in the line already is not said again.
    const more = ready
      ? []
      : reasons.filter(reason => !line.text.includes(reason) && !reason.startsWith(line.text));
    this.#reasons.hidden = more.length === 0;
    const shown = more.map(reason => `Not ready: ${reason}`).join('\n');
    if (this.#reasons.textContent !== shown.replaceAll('\n', '')) {
      this.#reasons.replaceChildren(...shown.split('\n').map(text => element('li', { text })));
    }
  }
}

/** The three sentences of a feed, each with what belongs to it. */
export class States {
  #session = new StateCard('Session');
  #tickerplant = new StateCard('Tickerplant');
  #spool = new StateCard('Spool');
  node = element('div', { class: 'states' }, this.#session.node, this.#tickerplant.node, this.#spool.node);

  /** @param {FeedStatus} feed */
  update({ lines, session, targets, spool, market, lastDrainMs }) {
    const zone = shownZone(market);
    const since = `${session.state} since ${clock(session.sinceMs, zone)}`;
    const more = beyond(session.error ?? '', lines.session.text);
    this.#session.show(lines.session, more === '' ? since : `${since}. ${more}`);
    const states = targets.map(({ name, state }) => `${name} ${state}`).join(', ');
    this.#tickerplant.show(lines.tickerplant, targets.length === 1 ? (targets[0]?.address ?? '') : states);
    const drained = lastDrainMs === null ? 'nothing drained yet' : `last drain ${clock(lastDrainMs, zone)}`;
    this.#spool.show(lines.spool, `${counted(spool.waitingRows, 'row')} waiting, ${spool.detail ?? drained}`);
  }
}

/**
 * The sentences of an error that are not in another text.
 * @param {string} error
 * @param {string} text
 */
function beyond(error, text) {
  const sentences = error.split(/(?<=[.!?]) /);
  return sentences.filter(sentence => !text.includes(sentence.replace(/[.!?]$/, ''))).join(' ');
}

/** Says a state when it becomes better or worse: its numbers change every second. */
class SpokenSeverity {
  /** @type {string | undefined} */
  #severity;

  /**
   * @param {string} name
   * @param {StatusLine} line
   */
  show(name, { severity, text }) {
    if (this.#severity !== undefined && severity !== this.#severity)
      announce(`${name}, ${severity}: ${text}`);
    this.#severity = severity;
  }
}

class StateCard {
  #name;
  #severity = new SpokenSeverity();
  #sign = new Sign('good');
  #text = element('span');
  #detail = element('div', { class: 'quiet detail' });
  node;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    this.node = element(
      'div',
      { class: 'state', 'data-state': name.toLowerCase() },
      element('h3', { text: name }),
      element('p', {}, ...this.#sign.nodes, this.#text),
      this.#detail,
    );
  }

  /**
   * @param {StatusLine} line
   * @param {string} detail
   */
  show(line, detail) {
    const { severity, text } = line;
    this.#severity.show(this.#name, line);
    this.#sign.show(severity);
    setText(this.#text, text);
    setText(this.#detail, detail);
    setAttribute(this.node, 'class', `state ${severity}`);
  }
}
