/** The panel of gaps: what is missing, what becomes of it, and asking for it again. */

import { AskError, Asked, ask, feedPath } from './api.js';
import { shownZone } from './appearance.js';
import { element, KeyedChildren, Sign, setAttribute, setText } from './dom.js';
import { count, duration, interval } from './formats.js';
import { causeText, gapNote, gapSeverity, mayFill, mayForget } from './gap-words.js';
import { Panel, table } from './panel.js';
import { ReasonDialog } from './reason-dialog.js';

/** @typedef {import('./gap-words.js').GapView} GapView */
/** @typedef {import('../../status/report.ts').FeedStatus} FeedStatus */

const EVERY_MS = 5_000;
const MOST_ROWS = 25;
/** Of the cells between state and actions. */
const ROWS_CELL = 4;

export class GapsPanel {
  #panel = new Panel('gaps', 'Gaps');
  #counts = element('span', { class: 'quiet' });
  #outcome = element('p', { class: 'outcome', role: 'status' });
  #empty = element('p', { class: 'quiet', text: 'There are no gaps.', hidden: true });
  #more = element('button', { type: 'button', class: 'plain', hidden: true, click: () => this.#showAll() });
  #dialog = new ReasonDialog();
  #table;
  #rows;
  #feedName;
  #market;
  #isAll = false;
  #nowMs = Date.now();
  #seenCounts = '';
  /** @type {readonly GapView[]} */
  #gaps = [];
  /** @type {Asked<{ readonly gaps: readonly GapView[] }>} */
  #asked;

  /**
   * @param {string} feedName
   * @param {string} market
   */
  constructor(feedName, market) {
    this.#feedName = feedName;
    this.#market = market;
    const columns = [
      { name: 'Gap' },
      { name: 'State' },
      { name: 'Interval' },
      { name: 'Lasted', number: true },
      { name: 'Channels' },
      { name: 'Cause' },
      { name: 'Rows', number: true },
      { name: 'Note' },
      { name: 'Actions', heard: true },
    ];
    this.#table = table(columns, 'Gaps');
    this.#table.node.querySelector('table')?.classList.add('gaps');
    this.#rows = new KeyedChildren(
      this.#table.body,
      (/** @type {GapView} */ gap) => gap.id,
      gap => this.#row(gap),
    );
    this.#panel.aside.append(this.#counts);
    this.#panel.body.append(this.#outcome, this.#empty, this.#table.node, this.#more, this.#dialog.node);
    this.node = this.#panel.node;
    this.#asked = new Asked({
      path: () => feedPath(feedName, '/gaps'),
      everyMs: EVERY_MS,
      show: ({ gaps }) => this.#show(gaps),
      tell: problem => this.#panel.tell(problem),
    });
  }

  /**
   * @param {FeedStatus} feed
   * @param {number} nowMs
   */
  update({ gaps }, nowMs) {
    this.#nowMs = nowMs;
    const told = Object.entries(gaps.counts).filter(([, number]) => number > 0);
    const counts = told.map(([state, number]) => `${count(number)} ${state}`).join(', ');
    setText(this.#counts, counts);
    // What has changed is shown at once.
    if (counts !== this.#seenCounts) void this.#asked.now();
    else this.#asked.tick();
    this.#seenCounts = counts;
  }

  #showAll() {
    this.#isAll = true;
    this.#show(this.#gaps);
  }

  /** @param {readonly GapView[]} gaps */
  #show(gaps) {
    this.#gaps = gaps;
    const newest = [...gaps].sort((one, other) => other.beginMs - one.beginMs);
    const shown = this.#isAll ? newest : newest.slice(0, MOST_ROWS);
    this.#empty.hidden = gaps.length > 0;
    this.#table.node.hidden = gaps.length === 0;
    this.#more.hidden = shown.length === newest.length;
    setText(this.#more, `Show ${count(newest.length - shown.length)} older ones`);
    this.#rows.show(shown);
  }

  /** @param {GapView} first */
  #row({ id }) {
    const sign = new Sign('good');
    const name = element('span');
    const state = element('span', {}, ...sign.nodes, name);
    const cells = ['interval', 'number', '', '', 'number', 'note-cell'].map(kind =>
      element('td', { class: kind || null }),
    );
    setAttribute(/** @type {Element} */ (cells[ROWS_CELL]), 'data-unit', 'rows');
    const fill = element('button', {
      type: 'button',
      click: () => void this.#act(id, 'fill', {}, [fill, forget]),
    });
    const forget = element('button', {
      type: 'button',
      class: 'plain',
      click: () => this.#forget(id, [fill, forget]),
    });
    fill.append('Fill', element('span', { class: 'heard', text: ` ${id}` }));
    forget.append('Forget', element('span', { class: 'heard', text: ` ${id}` }));
    const actions = element('td', { class: 'actions' }, fill, forget);
    const node = element(
      'tr',
      { 'data-gap': id },
      element('th', { scope: 'row', text: id }),
      element('td', {}, state),
      ...cells,
      actions,
    );
    return {
      node,
      /** @param {GapView} gap */
      update: gap => {
        const severity = gapSeverity(gap.state.name, gap.state.reason);
        sign.show(severity);
        setText(name, gap.state.name);
        setAttribute(state, 'class', `badge ${severity}`);
        const texts = [
          interval(gap.beginMs, gap.endMs, shownZone(this.#market)),
          typeof gap.endMs === 'number' ? duration(gap.endMs - gap.beginMs) : 'lasts',
          gap.channels.join(', '),
          causeText(gap.cause),
          count(gap.rows),
          gapNote(gap, this.#nowMs),
        ];
        for (const [index, cell] of cells.entries()) setText(cell, texts[index] ?? '');
        fill.hidden = !mayFill(gap);
        forget.hidden = !mayForget(gap);
      },
    };
  }

  /**
   * @param {string} id
   * @param {readonly HTMLButtonElement[]} buttons
   */
  async #forget(id, buttons) {
    const reason = await this.#dialog.ask(`Give up ${id}?`);
    if (reason !== undefined) await this.#act(id, 'forget', { reason }, buttons);
  }

  /**
   * @param {string} id
   * @param {'fill' | 'forget'} action
   * @param {object} body
   * @param {readonly HTMLButtonElement[]} buttons
   */
  async #act(id, action, body, buttons) {
    for (const button of buttons) button.disabled = true;
    try {
      await ask(feedPath(this.#feedName, `/gaps/${encodeURIComponent(id)}/${action}`), body);
      setText(this.#outcome, action === 'fill' ? `${id} is asked for.` : `${id} is given up.`);
    } catch (error) {
      if (!(error instanceof AskError)) throw error;
      setText(this.#outcome, error.message);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
    await this.#asked.now();
  }
}
