import type { Gap } from './gap.ts';

/** An interval for people: `2026-10-02 14:00:00 to 14:05:00 UTC`. */
export function intervalText({ beginMs, endMs }: Pick<Gap, 'beginMs' | 'endMs'>): string {
  const begin = instantText(beginMs);
  if (endMs === undefined) return `since ${begin} UTC`;
  const end = instantText(endMs);
  const sameDate = begin.slice(0, 10) === end.slice(0, 10);
  return `${begin} to ${sameDate ? end.slice(11) : end} UTC`;
}

/** `2026-10-02 14:00:00`, UTC. */
export function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
