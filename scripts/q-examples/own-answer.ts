/** An answer of the embedded engine as another process receives it. */
import { decodeMessage, encodeMessage, MessageKind } from '../../src/q-engine/codec/index.ts';
import { functionReader } from '../../src/q-engine/files/function-reader.ts';
import type { Value } from '../../src/q-engine/values/value.ts';
import { limitError, QError } from '../../src/q-engine/values/value.ts';
import type { Outcome } from '../../test/support/q-other-engine.ts';

/** Sent and received: an enumeration is its symbols, for example. */
export function answerOf(evaluate: () => Value): Outcome {
  try {
    const sent = decodeMessage(encodeMessage(evaluate(), MessageKind.async), functionReader);
    return 'error' in sent ? { kind: 'error', message: sent.error } : { kind: 'value', value: sent.value };
  } catch (thrown) {
    if (thrown instanceof QError) return { kind: 'error', message: thrown.message };
    const limit = limitError(thrown);
    return { kind: 'error', message: limit?.message ?? `defect: ${thrown}` };
  }
}
