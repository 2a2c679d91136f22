/** The panel of targets: one row for each tickerplant. */

import { element, KeyedChildren, setAttribute, setText } from './dom.js';
import { bytes, count, delay, short } from './formats.js';
import { classOf, Panel, table } from './panel.js';

/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */
/** @typedef {import('../../status/report.ts').TargetStatus} TargetStatus */

/** @type {readonly { readonly name: string, readonly number?: boolean, readonly minor?: boolean, readonly isLoss?: boolean, readonly text: (target: TargetStatus) => string }[]} */
const COLUMNS = [
  { name: 'Address', text: ({ address }) => address, minor: true },
  { name: 'State', text: ({ state, detail }) => (detail ? `${state}: ${detail}` : state) },
  { name: 'Date', text: ({ date }) => date ?? '–', minor: true },
  { name: 'Delivered', number: true, minor: true, text: ({ deliveredRows }) => short(sumOf(deliveredRows)) },
  { name: 'Waiting', number: true, text: ({ waitingRows }) => count(waitingRows) },
  { name: 'Backlog', number: true, minor: true, text: ({ backlogBytes }) => bytes(backlogBytes) },
  { name: 'Lag p50', number: true, minor: true, text: ({ lagMs }) => delay(lagMs.p50) },
  { name: 'Lag p99', number: true, minor: true, text: ({ lagMs }) => delay(lagMs.p99) },
  { name: 'Late', number: true, minor: true, text: ({ lateRows }) => count(lateRows) },
  { name: 'Unverified', number: true, minor: true, text: ({ unverifiedRows }) => count(unverifiedRows) },
  { name: 'Refused', number: true, isLoss: true, text: ({ refusedRows }) => count(refusedRows) },
  { name: 'Lost', number: true, isLoss: true, text: ({ lostRows }) => count(lostRows) },
];

export class TargetsPanel {
  #panel = new Panel('targets', 'Tickerplants');
  #rows;

  constructor() {
    const list = table([{ name: 'Target' }, ...COLUMNS], 'Tickerplants');
    this.#rows = new KeyedChildren(list.body, (/** @type {TargetStatus} */ target) => target.name, targetRow);
    this.#panel.aside.append(element('span', { class: 'quiet', text: 'rows and lag since the start' }));
    this.#panel.body.append(list.node);
    this.node = this.#panel.node;
  }

  /** @param {FeedStatus} feed */
  update({ targets }) {
    this.#rows.show(targets);
  }
}

/** @param {TargetStatus} target */
function targetRow({ name }) {
  const cells = COLUMNS.map(column => element('td', { class: classOf(column) }));
  return {
    node: element('tr', {}, element('th', { scope: 'row', text: name }), ...cells),
    /** @param {TargetStatus} target */
    update(target) {
      for (const [index, cell] of cells.entries()) {
        const column = COLUMNS[index];
        if (!column) continue;
        setText(cell, column.text(target));
        if (column.isLoss) setAttribute(cell, 'data-loss', cell.textContent !== '0');
      }
    },
  };
}

/** @param {Readonly<Record<string, number>>} rows */
export function sumOf(rows) {
  return Object.values(rows).reduce((sum, number) => sum + number, 0);
}
