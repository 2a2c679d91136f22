/** parse, eval, show, set, system, exit and the other keywords that act on the session. */

import { evaluateTree } from '../evaluator/eval-tree.ts';
import { Globals } from '../evaluator/globals.ts';
import { evaluateRestricted } from '../evaluator/restricted.ts';
import { runSystemCommand } from '../evaluator/system-commands.ts';
import { viewNames } from '../evaluator/views.ts';
import { setValue } from '../files/set.ts';
import { parseToTree } from '../language/parse-tree.ts';
import { itemsOf } from '../values/items.ts';
import { string, symbol, symbols, textOf } from '../values/make.ts';
import type { Value } from '../values/value.ts';
import { NULL, QError } from '../values/value.ts';
import { define } from './registry.ts';

function text(x: Value): string {
  if (x.kind === 'vector' && x.type === 10) return textOf(x);
  if (x.kind === 'atom' && x.type === 10) return String.fromCharCode(x.value);
  throw new QError('type');
}

define('parse', {
  unary: (x, interpreter) => {
    const source = text(x);
    return interpreter.during({ kind: 'named', name: '.q.parse' }, () =>
      interpreter.during({ kind: 'text', source }, () => parseToTree(source, interpreter.namespace)),
    );
  },
});
define('eval', { unary: (x, interpreter) => evaluateTree(x, interpreter) });
define('reval', { unary: (x, interpreter) => evaluateRestricted(x, interpreter) });
define('view', {
  unary: (x, interpreter) => {
    if (x.kind !== 'atom' || x.type !== 11) throw new QError('type');
    const stored = interpreter.globals.stored(Globals.qualify(x.value, interpreter.namespace));
    if (stored?.kind !== 'view') throw new QError(x.value);
    return string(stored.source);
  },
});
define('views', { unary: (_x, interpreter) => viewNames('', false, interpreter) });
define('system', { unary: (x, interpreter) => runSystemCommand(text(x), interpreter) });
define('show', {
  unary: (x, interpreter) => {
    interpreter.host.write(1, interpreter.host.format(x));
    return NULL;
  },
});
define('exit', {
  unary: (x, interpreter) => {
    if (x.kind !== 'atom' || (x.type !== 6 && x.type !== 7 && x.type !== 5 && x.type !== 1))
      throw new QError('type');
    return interpreter.host.exit(Number(x.value));
  },
});
define('set', { binary: (x, y, interpreter) => setValue(x, y, interpreter) });
define('hopen', { unary: (x, interpreter) => ({ kind: 'atom', type: 6, value: interpreter.host.open(x) }) });
define('hclose', {
  unary: (x, interpreter) => {
    if (x.kind !== 'atom' || typeof x.value === 'string') throw new QError('type');
    interpreter.host.close(Number(x.value));
    return NULL;
  },
});
define('hsym', {
  unary: x => {
    if ((x.kind !== 'atom' && x.kind !== 'vector') || x.type !== 11) throw new QError('type');
    const handles = itemsOf(x).map(item => (item as { value: string }).value.replace(/^(?!:)/, ':'));
    return x.kind === 'atom' ? symbol(handles[0]!) : symbols(handles);
  },
});
define('getenv', {
  unary: (x, interpreter) => {
    if (x.kind !== 'atom' || x.type !== 11) throw new QError('type');
    return string(interpreter.host.environment(x.value));
  },
});
define('setenv', {
  binary: (x, y, interpreter) => {
    if (x.kind !== 'atom' || x.type !== 11) throw new QError('type');
    interpreter.host.setEnvironment(x.value, text(y));
    return NULL;
  },
});
