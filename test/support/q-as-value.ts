/** Assignments give their value to whoever asks another engine over its port, where it gives null otherwise. */
import { tokenize } from '../../src/q-engine/language/lexer.ts';
import { parseSource } from '../../src/q-engine/language/parser.ts';
import { limitError, QError } from '../../src/q-engine/values/value.ts';

/** An assignment in parentheses, without a remark after it; other text as it is. */
export function asValue(text: string): string {
  try {
    if (!['assign', 'pattern'].includes(parseSource(text, '').kind)) return text;
    return `(${text.slice(0, tokenize(text).at(-2)!.end)})`;
  } catch (thrown) {
    if (thrown instanceof QError || limitError(thrown) !== undefined) return text;
    throw thrown;
  }
}
