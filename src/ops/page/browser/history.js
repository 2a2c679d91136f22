/** The panel of history: requests that are left, and backfills that run on the machine. */

import { element, KeyedChildren, setText } from './dom.js';
import { count, counted, duration, short } from './formats.js';
import { Meter } from './meter.js';
import { Panel } from './panel.js';

/** @typedef {import('../../status/report.ts').DaemonStatus} DaemonStatus */
/** @typedef {import('../../status/report.ts').BackfillStatus} BackfillStatus */

export class HistoryPanel {
  #panel = new Panel('history', 'REST quota and backfills');
  #quota = element('div', { class: 'quota' });
  #none = element('p', { class: 'quiet', text: 'Gaps are not filled over REST.' });
  #minute = new QuotaLine('Requests in the last minute');
  #day = new QuotaLine('Requests today');
  #idle = element('p', { class: 'quiet', text: 'No backfill runs on this machine.' });
  #backfills;

  constructor() {
    const list = element('div', { class: 'backfills' });
    this.#backfills = new KeyedChildren(
      list,
      (/** @type {BackfillStatus} */ backfill) => String(backfill.pid),
      backfillCard,
    );
    this.#quota.append(this.#minute.node, this.#day.node);
    this.#panel.body.append(this.#none, this.#quota, this.#idle, list);
    this.node = this.#panel.node;
  }

  /** @param {DaemonStatus} status */
  update({ quota, backfills }) {
    this.#none.hidden = quota !== null;
    this.#quota.hidden = quota === null;
    if (quota) {
      this.#minute.show(quota.lastMinute, quota.requestsPerMinute);
      this.#day.show(quota.today, quota.dailyRequests);
    }
    this.#idle.hidden = backfills.length > 0;
    this.#backfills.show(backfills);
  }
}

class QuotaLine {
  #text = element('b');
  #meter;
  node;

  /** @param {string} title */
  constructor(title) {
    this.#meter = new Meter(title);
    this.node = element(
      'div',
      {},
      element('p', { class: 'between' }, element('span', { text: title }), this.#text),
      this.#meter.node,
    );
  }

  /**
   * @param {number} used
   * @param {number | null} most
   */
  show(used, most) {
    const text = most === null ? `${count(used)}, no limit` : `${count(used)} of ${count(most)}`;
    setText(this.#text, text);
    this.#meter.node.hidden = most === null;
    this.#meter.show(used, most ?? 0, text);
  }
}

/** @param {BackfillStatus} first */
function backfillCard({ market, table, pid }) {
  const meter = new Meter(`Backfill of ${market} ${table}`);
  const progress = element('b');
  const details = element('p', { class: 'quiet' });
  const list = element('ol', { class: 'days', 'aria-label': 'Dates' });
  const days = new KeyedChildren(
    list,
    (/** @type {BackfillStatus['dates'][number]} */ day) => day.name,
    dayCell,
  );
  return {
    node: element(
      'article',
      {},
      element(
        'p',
        { class: 'between' },
        element('span', { text: `${market} ${table}, process ${pid}` }),
        progress,
      ),
      meter.node,
      details,
      list,
    ),
    /** @param {BackfillStatus} backfill */
    update({ units, rows, rowsPerSecond, remainingMs, dates }) {
      const text = `${count(units.finished)} of ${counted(units.total, 'unit')}`;
      setText(progress, text);
      meter.show(units.finished, units.total, text);
      const remaining =
        remainingMs === null ? 'too early to say how long' : `about ${duration(remainingMs)} to go`;
      const failed = units.failed > 0 ? `, ${count(units.failed)} failed` : '';
      setText(details, `${short(rows)} rows, ${short(rowsPerSecond)} rows a second, ${remaining}${failed}`);
      days.show(dates);
    },
  };
}

/** @param {BackfillStatus['dates'][number]} first */
function dayCell({ name }) {
  const state = element('span', { class: 'day-state' });
  const rows = element('span', { class: 'quiet' });
  const node = element('li', {}, element('span', { text: name.slice(5) }), state, rows);
  node.title = name;
  return {
    node,
    /** @param {BackfillStatus['dates'][number]} day */
    update(day) {
      node.className = day.state;
      setText(state, day.state);
      setText(rows, day.rows === 0 ? '' : short(day.rows));
    },
  };
}
