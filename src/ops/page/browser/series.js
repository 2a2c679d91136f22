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

  /**
   * Takes what a daemon has of the half hour. Points from before stay, which a daemon that was started since does not
   * know, and those that came meanwhile.
   *
   * @param {readonly SeriesPoint[]} points oldest first
   */
  merge(points) {
    const first = points[0];
    const last = points.at(-1);
    if (!first || !last) return;
    const { times, columns } = this;
    this.times = [];
    this.columns = emptyColumns();
    const keep = (/** @type {(time: number) => boolean} */ isKept) => {
      for (const [index, time] of times.entries()) {
        if (isKept(time)) this.#push(time, name => columns[name][index] ?? null);
      }
    };
    keep(time => time < first.atMs);
    for (const point of points) this.append(point);
    keep(time => time > last.atMs);
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
