/** Light or dark, the zone of times, and the colours as canvases need them. */

import { element } from './dom.js';
import { zoneOf } from './formats.js';
import { prefer, preference } from './preferences.js';

/** Told on `document` when colours or the zone are others. */
export const APPEARANCE = 'appearance';

/** @type {Map<string, string>} */
const resolved = new Map();
const probe = element('span', { class: 'heard', 'aria-hidden': 'true' });

/**
 * A colour of the style sheet as it is now.
 * @param {string} name without its dashes
 */
export function colour(name) {
  let found = resolved.get(name);
  if (!found) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(--${name})`;
    found = getComputedStyle(probe).color;
    resolved.set(name, found);
  }
  return found;
}

function changed() {
  resolved.clear();
  document.dispatchEvent(new Event(APPEARANCE));
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);

/** The switch between light, dark and what the system has. */
export function themeSwitch() {
  const chosen = document.documentElement.dataset['theme'] ?? 'system';
  return choice(
    'Theme',
    'theme',
    [
      ['system', 'System'],
      ['light', 'Light'],
      ['dark', 'Dark'],
    ],
    chosen,
    value => {
      if (value === 'system') delete document.documentElement.dataset['theme'];
      else document.documentElement.dataset['theme'] = value;
      prefer('theme', value === 'system' ? null : value);
      changed();
    },
  );
}

let zoneChoice = preference('zone') ?? 'market';

/** The switch between the market's time, this computer's and UTC. */
export function zoneSwitch() {
  const zones = /** @type {const} */ ([
    ['market', 'Market'],
    ['local', 'Local'],
    ['utc', 'UTC'],
  ]);
  return choice('Times', 'zone', zones, zoneChoice, value => {
    zoneChoice = value;
    prefer('zone', value);
    changed();
  });
}

/**
 * The zone in which times are shown.
 * @param {string} market
 */
export function shownZone(market) {
  if (zoneChoice === 'local') return Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zoneChoice === 'utc' ? 'UTC' : zoneOf(market);
}

/**
 * @param {string} title
 * @param {string} id
 * @param {readonly (readonly [string, string])[]} options
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function choice(title, id, options, chosen, choose) {
  const select = element(
    'select',
    { id, change: () => choose(select.value) },
    ...options.map(([value, text]) => element('option', { value, text, selected: value === chosen })),
  );
  return element('label', { class: 'choice', for: id }, element('span', { text: title }), select);
}
