/** Asks why something is done, before it is done. */

import { element, setText } from './dom.js';

export class ReasonDialog {
  #title = element('h2', { id: 'reason-title' });
  #input = element('input', { id: 'reason', required: true, maxlength: '500', autocomplete: 'off' });
  /** @type {(reason: string | undefined) => void} */
  #answer = () => {};
  node = element(
    'dialog',
    { 'aria-labelledby': 'reason-title', close: () => this.#closed() },
    element(
      'form',
      { method: 'dialog' },
      this.#title,
      element('p', { class: 'quiet', text: 'It is not asked for any more. The reason is kept with it.' }),
      element('label', { for: 'reason', text: 'Reason' }),
      this.#input,
      element(
        'div',
        { class: 'row' },
        element('button', { type: 'submit', class: 'strong', value: 'yes', text: 'Forget it' }),
        element('button', {
          type: 'button',
          class: 'plain',
          text: 'Cancel',
          click: () => this.node.close('no'),
        }),
      ),
    ),
  );

  /**
   * @param {string} question
   * @returns {Promise<string | undefined>} undefined where it is not to be done
   */
  ask(question) {
    setText(this.#title, question);
    this.#input.value = '';
    this.node.returnValue = 'no';
    this.node.showModal();
    this.#input.focus();
    return new Promise(resolve => {
      this.#answer = resolve;
    });
  }

  #closed() {
    const reason = this.#input.value.trim();
    this.#answer(this.node.returnValue === 'yes' && reason !== '' ? reason : undefined);
  }
}
