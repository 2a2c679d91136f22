/** A canvas that is as large as its place, sharp on every screen, drawn when it or the colours change. */

import { APPEARANCE } from './appearance.js';
import { element } from './dom.js';

export class Canvas {
  #draw;
  #observer;
  #redraw = () => this.draw();
  width = 0;
  height;
  node;

  /**
   * @param {number} height
   * @param {(context: CanvasRenderingContext2D, width: number, height: number) => void} draw in pixels of the page
   * @param {Readonly<Record<string, import('./dom.js').Property>>} properties
   */
  constructor(height, draw, properties) {
    this.height = height;
    this.#draw = draw;
    this.node = element('canvas', { tabindex: '0', role: 'img', ...properties });
    this.#observer = new ResizeObserver(() => {
      if (this.node.clientWidth !== this.width) this.draw();
    });
    this.#observer.observe(this.node);
    document.addEventListener(APPEARANCE, this.#redraw);
  }

  draw() {
    const { node, height } = this;
    const width = node.clientWidth;
    const scale = window.devicePixelRatio || 1;
    this.width = width;
    node.style.height = `${height}px`;
    node.width = Math.round(width * scale);
    node.height = Math.round(height * scale);
    const context = node.getContext('2d');
    if (!context || width === 0) return;
    context.scale(scale, scale);
    context.font = '11px "Liberation Sans", system-ui, sans-serif';
    this.#draw(context, width, height);
  }

  close() {
    this.#observer.disconnect();
    document.removeEventListener(APPEARANCE, this.#redraw);
  }
}

/** A small box of text beside what the pointer is at. */
export class Tooltip {
  #place;
  node = element('div', { class: 'tooltip', hidden: true, 'aria-hidden': 'true' });

  /** @param {HTMLElement} place which it stays within */
  constructor(place) {
    this.#place = place;
    place.classList.add('tooltip-place');
    place.append(this.node);
  }

  /**
   * @param {readonly string[]} lines
   * @param {number} x in the place
   * @param {number} y
   */
  show(lines, x, y) {
    this.node.replaceChildren(...lines.map((text, index) => element(index === 0 ? 'b' : 'span', { text })));
    this.node.hidden = false;
    const { offsetWidth, offsetHeight } = this.node;
    const isTooFar = x + 14 + offsetWidth > this.#place.clientWidth;
    const left = Math.max(0, isTooFar ? x - 14 - offsetWidth : x + 14);
    const top = y - offsetHeight - 10;
    this.node.style.transform = `translate(${left}px, ${top < 0 ? y + 16 : top}px)`;
  }

  hide() {
    this.node.hidden = true;
  }
}
