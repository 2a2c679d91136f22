import { UsageError } from './command.ts';

/** Milliseconds of what --for says, such as 15s or 2m. @throws UsageError */
export function durationOf(text: string): number {
  const { amount, unit } = /^(?<amount>\d+(\.\d+)?)(?<unit>ms|s|m|h)$/.exec(text.trim())?.groups ?? {};
  const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ''];
  if (amount === undefined || unitMs === undefined || Number(amount) === 0) {
    throw new UsageError(`--for is not a duration: '${text}'`, 'Give one like 15s, 2m or 1h.');
  }
  return Number(amount) * unitMs;
}
