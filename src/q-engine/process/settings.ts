import type { DisplayOptions } from '../console/index.ts';

/** What backslash commands set. */
export interface Settings {
  /** \c */
  rows: number;
  columns: number;
  /** \P */
  precision: number;
  /** \T, seconds; 0 is none. */
  limitSeconds: number;
  /** \e */
  errorTraps: number;
}

const SMALLEST_SIZE = 10;
const LARGEST_SIZE = 2000;
const LARGEST_PRECISION = 17;

/** kdb+'s defaults; LINES and COLUMNS of the environment count where they are set. */
export function defaultSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return {
    rows: clampSize(Number(environment['LINES'] ?? 25)),
    columns: clampSize(Number(environment['COLUMNS'] ?? 80)),
    precision: 7,
    limitSeconds: 0,
    errorTraps: 0,
  };
}

export function clampSize(size: number): number {
  return Number.isFinite(size)
    ? Math.min(Math.max(Math.trunc(size), SMALLEST_SIZE), LARGEST_SIZE)
    : SMALLEST_SIZE;
}

export function clampPrecision(precision: number): number {
  return Math.min(Math.max(precision, 0), LARGEST_PRECISION);
}

export function displayOptions({ rows, columns, precision }: Settings): DisplayOptions {
  return { rows, columns, precision };
}
