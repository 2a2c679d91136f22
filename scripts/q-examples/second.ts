/** What another q engine says to the examples that failed: two engines of one opinion contradict the page. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matches } from '../../src/q-engine/values/compare.ts';
import { type Outcome as Answer, OtherEngine } from '../../test/support/q-other-engine.ts';
import type { Prelude } from './prelude.ts';
import { type Outcome, type PageRun, unshown } from './session.ts';

const LIMIT_MS = 3000;

/** Errors of a value; others may as well come from what neither engine has. */
const ERRORS = new Set(['type', 'length', 'rank', 'domain', 'cast', 'mismatch']);

/**
 * The outcomes, where the verdict of one whose value or error the other engine has too, evaluating the whole page in
 * a session of its own, is `contradicted`. Null says nothing, for it is what assignments and commands give.
 */
export async function withSecondOpinion(
  program: string,
  run: PageRun,
  prelude: Prelude | undefined,
): Promise<Outcome[]> {
  const isOpen = ({ passed, verdict }: Outcome) => !passed && verdict === 'answerable';
  if (!run.outcomes.some(isOpen)) return [...run.outcomes];
  const directory = mkdtempSync(join(tmpdir(), 'q-second-'));
  const other = new OtherEngine([program], directory, LIMIT_MS);
  if (prelude !== undefined) writeFileSync(join(directory, prelude.name), String(prelude));
  const verdicts = new Map<Outcome, Outcome['verdict']>();
  try {
    for (const { text, outcome } of run.steps) {
      const answer = await other.evaluate(unshown(text));
      // The session ended with the engine.
      if (answer.kind === 'lost') break;
      if (outcome !== undefined && isOpen(outcome) && isSame(outcome.own, answer))
        verdicts.set(outcome, 'contradicted');
    }
  } finally {
    other.stop();
    rmSync(directory, { recursive: true });
  }
  return run.outcomes.map(outcome => ({ ...outcome, verdict: verdicts.get(outcome) ?? outcome.verdict }));
}

function isSame(own: Answer, other: Answer): boolean {
  if (own.kind === 'error')
    return other.kind === 'error' && own.message === other.message && ERRORS.has(own.message);
  if (own.kind !== 'value' || other.kind !== 'value' || own.value.kind === 'null') return false;
  return matches(own.value, other.value);
}
