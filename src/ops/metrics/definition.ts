import type { DaemonStatus } from '../status/report.ts';

/** One value of a metric. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that is read from the status of the daemon. */
export interface Definition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: (status: DaemonStatus) => readonly Reading[];
}

/** A metric of the daemon as a whole; null where there is no value. */
export function ofDaemon(
  kind: Definition['kind'],
  name: string,
  help: string,
  read: (status: DaemonStatus) => number | boolean | null,
): Definition {
  return { kind, name, help, labels: [], read: status => readingsOf({}, read(status)) };
}

/** None for null: a time that has not come is not 1970. */
export function readingsOf(
  labels: Readonly<Record<string, string>>,
  value: number | boolean | null,
): Reading[] {
  return value === null ? [] : [{ labels, value: Number(value) }];
}

export function inSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
