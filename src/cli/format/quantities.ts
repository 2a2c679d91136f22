/** How numbers, sizes and times stand in sentences and tables for people. */

const DAY_MS = 86_400_000;

/** `12,300` */
export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US');
}

/** `1 row`, `12,300 rows` */
export function manyText(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** `0.4 s`, `12 s`, `3 min`, `5 h 10 min` */
export function durationText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.95) return `${(Math.round(seconds * 10) / 10).toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `14:02 UTC` today, else `2026-10-02 14:02 UTC`. */
export function sinceText(ms: number, nowMs: number): string {
  const text = new Date(ms).toISOString();
  const isToday = Math.floor(ms / DAY_MS) === Math.floor(nowMs / DAY_MS);
  return `${isToday ? text.slice(11, 16) : text.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `3.1 MiB` */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return unit === 0
    ? `${value} bytes`
    : `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
