/** The points of the last half hour, in columns as charts want them. */

/** @typedef {import('../../status/report.ts').SeriesPoint} SeriesPoint */
/** @typedef {Exclude<keyof SeriesPoint, 'atMs'>} PointName */

export const SERIES_MS = 30 * 60_000;
/** What is missing for longer than this is shown as missing. */
const HOLE_MS = 2_600;

/** @type {readonly PointName[]} */
const NAMES = [
  'eventsPerSecond',
  'rowsPerSecond',
  'lagP50Ms',
  'lagP99Ms',
  'spoolRows',
  'eventLoopDelayMs',
  'residentBytes',
];

export class PointColumns {
  /** @type {number[]} */
  times = [];
  /** @type {Record<PointName, (number | null)[]>} */
  columns = emptyColumns();

  /** @param {readonly SeriesPoint[]} points oldest first; those that came since stay */
  replace(points) {
    const newest = points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    const { times, columns } = this;
    const from = times.findIndex(time => time > newest);
    this.times = [];
    this.columns = emptyColumns();
    for (const point of points) this.append(point);
    if (from < 0) return;
    for (let index = from; index < times.length; index++) {
      this.#push(/** @type {number} */ (times[index]), name => columns[name][index] ?? null);
    }
  }

  /**
   * @param {SeriesPoint} point
   * @returns whether it was new
   */
  append(point) {
    const lastMs = this.times.at(-1);
    if (lastMs !== undefined) {
      if (point.atMs <= lastMs) return false;
      if (point.atMs - lastMs > HOLE_MS) this.#push(lastMs + 1_000, () => null);
    }
    this.#push(point.atMs, name => point[name]);
    let old = 0;
    while (/** @type {number} */ (this.times[old]) < point.atMs - SERIES_MS) old++;
    if (old > 0)
      for (const values of [this.times, ...NAMES.map(name => this.columns[name])]) values.splice(0, old);
    return true;
  }

  /**
   * @param {number} time
   * @param {(name: PointName) => number | null} take
   */
  #push(time, take) {
    this.times.push(time);
    for (const name of NAMES) this.columns[name].push(take(name));
  }
}

function emptyColumns() {
  const columns = /** @type {Record<PointName, (number | null)[]>} */ ({});
  for (const name of NAMES) columns[name] = [];
  return columns;
}
