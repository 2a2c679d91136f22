/** What a where condition answers. */
import { isTrue } from '../evaluator/truth.ts';
import { collect } from '../values/items.ts';
import { byteVector } from '../values/make.ts';
import type { Value, Vector } from '../values/value.ts';
import { QError } from '../values/value.ts';

/** One answer for all rows, or a boolean for each. Signals 'type for what is not boolean. */
export function truthMask(passed: Value): boolean | Vector {
  switch (passed.kind) {
    case 'atom':
      if (passed.type === 1) return isTrue(passed);
      throw new QError('type');
    case 'vector':
      if (passed.type === 1) return passed;
      throw new QError('type');
    case 'list': {
      if (passed.items.length === 0) return byteVector(1, new Uint8Array(0));
      const flat = collect(passed.items);
      if (flat.kind === 'vector') return truthMask(flat);
      throw new QError('type');
    }
    default:
      throw new QError('type');
  }
}
