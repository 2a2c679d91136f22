/**
 * Numbers, sizes, durations and times as the page writes them. Used by the browser and by what renders the page on the
 * server, so that both write the same.
 */

const NONE = '–';
/** Keeps a number and its unit on one line. */
const GAP = '\u00a0';
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

/**
 * `1,234,567`
 * @param {number | null | undefined} value
 */
export function count(value) {
  return value === null || value === undefined ? NONE : whole.format(value);
}

/**
 * Of three digits where it is long: `98,765`, `1.23 M`, `4.5 G`.
 * @param {number | null | undefined} value
 */
export function short(value) {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size < 100_000)
    return size < 10 && !Number.isInteger(value) ? tenths.format(value) : whole.format(value);
  if (size < 999_500) return `${hundredths.format(value / 1e3)}${GAP}k`;
  if (size < 999.5e6) return `${hundredths.format(value / 1e6)}${GAP}M`;
  return `${hundredths.format(value / 1e9)}${GAP}G`;
}

/**
 * `412 MiB`
 * @param {number | null | undefined} value
 */
export function bytes(value) {
  if (value === null || value === undefined) return NONE;
  if (value < 1024) return `${whole.format(value)}${GAP}B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let scaled = value / 1024;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1024;
    unit++;
  }
  return `${hundredths.format(scaled)}${GAP}${units[unit]}`;
}

/**
 * A short time that was measured: `0.8 ms`, `412 ms`, `1.25 s`, then as `duration`.
 * @param {number | null | undefined} ms
 */
export function delay(ms) {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 10) return `${tenths.format(ms)}${GAP}ms`;
  if (ms < 999.5) return `${whole.format(ms)}${GAP}ms`;
  if (ms < MINUTE_MS) return `${hundredths.format(ms / SECOND_MS)}${GAP}s`;
  return duration(ms);
}

/**
 * A stretch of time in its two largest units: `12 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
 * @param {number | null | undefined} ms
 */
export function duration(ms) {
  if (ms === null || ms === undefined) return NONE;
  const seconds = Math.max(0, Math.round(ms / SECOND_MS)) * SECOND_MS;
  if (seconds < MINUTE_MS) return `${seconds / SECOND_MS}${GAP}s`;
  if (seconds < HOUR_MS) return two(seconds, MINUTE_MS, 'min', SECOND_MS, 's');
  if (seconds < DAY_MS) return two(seconds, HOUR_MS, 'h', MINUTE_MS, 'min');
  return two(seconds, DAY_MS, 'd', HOUR_MS, 'h');
}

/**
 * @param {number} ms
 * @param {number} largeMs
 * @param {string} large
 * @param {number} smallMs
 * @param {string} small
 */
function two(ms, largeMs, large, smallMs, small) {
  const first = Math.floor(ms / largeMs);
  const second = Math.floor((ms % largeMs) / smallMs);
  return second === 0 ? `${first}${GAP}${large}` : `${first}${GAP}${large} ${second}${GAP}${small}`;
}

/**
 * A share of one: `99.7 %`; what is not whole is never written as 100 %.
 * @param {number | null | undefined} share
 */
export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return NONE;
  const rounded = Math.round(share * 1000) / 10;
  return `${tenths.format(share < 1 ? Math.min(rounded, 99.9) : rounded)}${GAP}%`;
}

/** Digits that matter of a price below one. */
const PRICE_DIGITS = 6;

/**
 * With as many decimals as it has, two at least: `187.50`, `0.00278125`.
 * @param {number | null | undefined} value
 */
export function price(value) {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  const isSmall = size > 0 && size < 1;
  const beforeDigits = isSmall ? -Math.floor(Math.log10(size)) - 1 : 0;
  const decimals = isSmall ? Math.min(beforeDigits + PRICE_DIGITS, 15) : size < 10 ? 5 : size < 1_000 ? 4 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: decimals });
}

/** The zone in which a market counts its day. @type {Readonly<Record<string, string>>} */
const SESSION_ZONES = {
  stocks: 'America/New_York',
  options: 'America/New_York',
  indices: 'America/New_York',
  futures: 'America/Chicago',
};

/**
 * @param {string} market
 */
export function zoneOf(market) {
  return SESSION_ZONES[market] ?? 'UTC';
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formatters = new Map();

/**
 * @param {string} zone
 */
function formatterOf(zone) {
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(zone, formatter);
  }
  return formatter;
}

/**
 * `2026-10-02 14:05:09` in a zone.
 * @param {number | null | undefined} ms since 1970
 * @param {string} zone
 */
export function instant(ms, zone) {
  if (ms === null || ms === undefined) return NONE;
  /** @type {Record<string, string>} */
  const parts = {};
  for (const { type, value } of formatterOf(zone).formatToParts(ms)) parts[type] = value;
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}:${parts['second']}`;
}

/**
 * `14:05:09` in a zone.
 * @param {number | null | undefined} ms since 1970
 * @param {string} zone
 */
export function clock(ms, zone) {
  return ms === null || ms === undefined ? NONE : instant(ms, zone).slice(11);
}

/**
 * `14:05` in a zone.
 * @param {number} ms since 1970
 * @param {string} zone
 */
export function minute(ms, zone) {
  return clock(ms, zone).slice(0, 5);
}

/**
 * `2026-10-02 14:00:00 to 14:05:00`
 * @param {number} beginMs
 * @param {number | null | undefined} endMs
 * @param {string} zone
 */
export function interval(beginMs, endMs, zone) {
  const begin = instant(beginMs, zone);
  if (endMs === null || endMs === undefined) return `since ${begin}`;
  const end = instant(endMs, zone);
  return `${begin} to ${begin.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`;
}

/**
 * `1 row`, `2 rows`
 * @param {number} value
 * @param {string} one
 * @param {string} many
 */
export function counted(value, one, many = `${one}s`) {
  return `${count(value)} ${value === 1 ? one : many}`;
}
