/** The keywords and operators of files; importing this defines them. */
import { define } from '../primitives/registry.ts';
import { list, long, string } from '../values/make.ts';
import { decodeText } from '../values/text.ts';
import { QError, type Value } from '../values/value.ts';
import { fileBinary } from './binary-file.ts';
import { loadNamed, saveNamed, splayNamed } from './named-files.ts';
import { withoutSlash } from './path-values.ts';
import { saveTables } from './save-tables.ts';
import { plainBytes } from './stored-file.ts';
import { fileText } from './text-file.ts';
import { fileBytes, filePath, linesOf } from './text-source.ts';

function pathArgument(value: Value): string {
  const path = filePath(value);
  if (path === undefined) throw new QError('type');
  return withoutSlash(path);
}

/** The handle 0. */
function isConsole(x: Value): boolean {
  return x.kind === 'atom' && (x.type === 6 || x.type === 7) && Number(x.value) === 0;
}

define('0:', { binary: (x, y, interpreter) => fileText(x, y, interpreter) });
define('1:', { binary: (x, y, interpreter) => fileBinary(x, y, interpreter) });
define('read0', {
  unary: (x, { host }) => {
    if (isConsole(x)) return string(host.readLine());
    const bytes = fileBytes(x, host);
    if (bytes === undefined) throw new QError('type');
    return list(linesOf(bytes).map(line => string(decodeText(line))));
  },
});
define('read1', {
  unary: (x, { host }) => {
    const bytes = fileBytes(x, host);
    if (bytes === undefined) throw new QError('type');
    return { kind: 'vector', type: 4, data: new Uint8Array(bytes), attribute: '' };
  },
});
define('hcount', {
  unary: (x, { host }) => {
    const path = pathArgument(x);
    const bytes = plainBytes(path, host);
    if (bytes === undefined) throw new QError(`${path}. OS reports: No such file or directory`);
    return long(bytes);
  },
});
define('hdel', {
  unary: (x, { host }) => {
    host.removeFile(pathArgument(x));
    return x;
  },
});
define('dsave', { binary: (x, y, interpreter) => saveTables(x, y, interpreter) });
define('save', { unary: (x, interpreter) => saveNamed(x, interpreter) });
define('load', { unary: (x, interpreter) => loadNamed(x, interpreter) });
define('rsave', { unary: (x, interpreter) => splayNamed(x, interpreter) });
define('rload', { unary: (x, interpreter) => loadNamed(x, interpreter) });
