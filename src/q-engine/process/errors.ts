import { limitError, QError } from '../values/value.ts';

/**
 * What was thrown as q's own error. Exhausted stack and memory have names in q; anything else is a defect of
 * this engine, of which `report` gets one line.
 */
export function asQError(thrown: unknown, report: (line: string) => void): QError {
  if (thrown instanceof QError) return thrown;
  const limit = limitError(thrown);
  if (limit !== undefined) return limit;
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  report(
    `a defect of the engine, shown to the program as 'nyi: ${detail.split('\n').slice(0, 2).join(' ').trim()}`,
  );
  return new QError('nyi');
}
