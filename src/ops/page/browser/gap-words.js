/** What the page says of a gap, and what may be done with it. Used by the browser and on the server. */

/**
 * A gap as `GET /gaps` gives it. Times are ms since 1970.
 * @typedef {{
 *   readonly id: string,
 *   readonly channels: readonly string[],
 *   readonly symbols?: readonly string[],
 *   readonly beginMs: number,
 *   readonly endMs?: number | null,
 *   readonly cause: string,
 *   readonly state: {
 *     readonly name: string,
 *     readonly reason?: string,
 *     readonly final?: boolean,
 *     readonly attempts?: number,
 *     readonly retryMs?: number,
 *     readonly byHand?: boolean,
 *   },
 *   readonly rows: number,
 * }} GapView
 */

/** @typedef {'good' | 'warning' | 'bad'} Severity */

/** @type {Readonly<Record<string, Severity>>} */
const SEVERITY = {
  filled: 'good',
  verified: 'good',
  suspected: 'warning',
  filling: 'warning',
  deferred: 'warning',
  open: 'warning',
  unfillable: 'bad',
};

/**
 * @param {string} state
 * @param {string} [reason]
 * @returns {Severity}
 */
export function gapSeverity(state, reason = '') {
  // Given up by somebody, as it was their choice.
  if (reason.startsWith('forgotten')) return 'warning';
  return SEVERITY[state] ?? 'warning';
}

/** @type {Readonly<Record<string, string>>} */
const CAUSES = {
  disconnect: 'the connection was lost',
  silence: 'the connection went quiet',
  restart: 'the daemon was restarted',
  crash: 'the daemon was killed',
  suspended: 'closed on purpose: neither disk nor tickerplant took rows',
  refused: 'Massive refused the subscription',
  overflow: 'rows found no room',
};

/**
 * @param {string} cause
 */
export function causeText(cause) {
  return CAUSES[cause] ?? cause;
}

/**
 * What there is to say beside its state; empty where there is nothing.
 * @param {GapView} gap
 * @param {number} nowMs
 */
export function gapNote({ state, symbols }, nowMs) {
  const notes = [];
  if (symbols)
    notes.push(symbols.length <= 3 ? `only ${symbols.join(', ')}` : `${symbols.length} symbols only`);
  if (state.name === 'filled' && state.final === false)
    notes.push('is asked for once more when corrections are over');
  if (state.name === 'open' && state.byHand) notes.push('asked for by hand');
  if (state.reason) notes.push(state.reason);
  if (state.retryMs !== undefined) {
    const seconds = Math.max(0, Math.ceil((state.retryMs - nowMs) / 1000));
    notes.push(seconds === 0 ? 'tried again now' : `tried again in ${seconds} s`);
  }
  return notes.join('; ');
}

/**
 * Whether it is over and can be asked for.
 * @param {GapView} gap
 */
export function mayFill({ endMs, state }) {
  return typeof endMs === 'number' && !['filling', 'verified'].includes(state.name);
}

/**
 * Whether it can be given up.
 * @param {GapView} gap
 */
export function mayForget({ endMs, state }) {
  return typeof endMs === 'number' && ['suspected', 'open', 'deferred'].includes(state.name);
}
