/** Evaluates expressions one after the other in a session and tells which end otherwise than q says. */
import { seededRandom } from '../../src/base/random.ts';
import { decodeMessage, encodeMessage, MessageKind } from '../../src/q-engine/codec/index.ts';
import { Engine } from '../../src/q-engine/engine.ts';
import { functionReader } from '../../src/q-engine/files/function-reader.ts';
import { withTimeLimit } from '../../src/q-engine/values/limits.ts';
import { byteVector } from '../../src/q-engine/values/make.ts';
import { limitError, QError, type Value } from '../../src/q-engine/values/value.ts';
import { MemoryHost } from './q-engine-host.ts';
import { FUZZ_GLOBALS, QExpressions } from './q-expressions.ts';

/** How one expression ended, where that is a defect. */
export interface Finding {
  readonly expression: string;
  readonly what: string;
}

/** Limit of one evaluation, as -T sets it. */
const LIMIT_MS = 300;
/** Expressions of one session, before names that they assign change what the next ones mean too much. */
const SESSION_LENGTH = 200;

/** Evaluates `count` expressions; `before` is told each one. Returns what is wrong, in order. */
export function fuzz(
  seed: number,
  count: number,
  before: (expression: string) => void = () => {},
): Finding[] {
  const expressions = new QExpressions(seededRandom(seed));
  const findings: Finding[] = [];
  let session = newSession();
  for (let i = 0; i < count; i++) {
    if (i % SESSION_LENGTH === SESSION_LENGTH - 1) session = newSession();
    const expression = expressions.next();
    before(expression);
    const what = session(expression);
    if (what !== undefined) findings.push({ expression, what });
  }
  return findings;
}

/** A host that serialises, too, as the process does. */
class FuzzHost extends MemoryHost {
  override internal(code: number, argument: Value): Value | undefined {
    if (Math.abs(code) === 8) return byteVector(4, encodeMessage(argument, MessageKind.async));
    if (Math.abs(code) !== 9) return undefined;
    if (argument.kind !== 'vector' || argument.type !== 4) throw new QError('type');
    const decoded = decodeMessage(argument.data, functionReader);
    if ('error' in decoded) throw new QError(decoded.error);
    return decoded.value;
  }
}

/** A session: gives what is wrong with how an expression ended, or undefined. */
function newSession(): (expression: string) => string | undefined {
  const host = new FuzzHost();
  const engine = new Engine(host);
  engine.loadScript(FUZZ_GLOBALS);
  return expression => {
    host.output = '';
    try {
      withTimeLimit(LIMIT_MS, () => {
        const { value, shown } = engine.evaluateLine(expression);
        if (shown) host.format(value);
      });
      return undefined;
    } catch (error) {
      if (error instanceof QError) return isKnown(error.message) ? undefined : `'${error.message}`;
      if (limitError(error) !== undefined) return undefined;
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
  };
}

/** Not how JavaScript puts it. Any other text may be q's: signals and names without a value are errors, too. */
function isKnown(message: string): boolean {
  return !JAVASCRIPT.test(message);
}

/** How JavaScript puts it. */
const JAVASCRIPT =
  /undefined|is not (a |an |iterable|defined|valid)|[Cc]annot (read|mix|convert|set|destructure|access)|BigInt|Invalid |out of (range|bounds)|\[object |NaN|Unexpected|prototype/;
