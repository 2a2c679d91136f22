/** each, over, scan, prior, peach and the iterators as functions. */
import { each as applyEach } from '../evaluator/iterators.ts';
import type { Iterator, Value } from '../values/value.ts';
import { ITERATORS, QError } from '../values/value.ts';
import { define } from './registry.ts';

function derived(iterator: Iterator, target: Value): Value {
  return { kind: 'derived', iterator, target };
}

for (const iterator of ITERATORS) {
  define(
    iterator,
    {
      unary: target => derived(iterator, target),
      variadic: args => {
        if (iterator !== "'") throw new QError('rank');
        return { kind: 'composition', parts: [...args] };
      },
    },
    { type: 103 },
  );
}

define('each', { binary: (f, x, interpreter) => applyEach(f, [x], interpreter) });
define('peach', { binary: (f, x, interpreter) => applyEach(f, [x], interpreter) });
define('over', { binary: (f, x, interpreter) => interpreter.apply(derived('/', f), [x]) });
define('scan', { binary: (f, x, interpreter) => interpreter.apply(derived('\\', f), [x]) });
define('prior', { binary: (f, x, interpreter) => interpreter.apply(derived("':", f), [x]) });
