/** The internal functions of compressed files. */
import type { Interpreter } from '../evaluator/interpreter.ts';
import { dictionary, float, int, list, long, symbols } from '../values/make.ts';
import { QError, type Value } from '../values/value.ts';
import { readPlain, readZip, writeImage } from './stored-file.ts';
import { filePath } from './text-source.ts';
import { zipParametersOf } from './zip-parameters.ts';
import { zipStatistics } from './zipped-file.ts';

/** -19!(source;target;block size;algorithm;level): writes a file compressed. Answers the percentage saved. */
export function compressFile(x: Value, { host }: Interpreter): Value {
  if (x.kind !== 'list' || x.items.length !== 5) throw new QError('type');
  const [source, target, ...parameters] = x.items as [Value, Value, Value, Value, Value];
  const image = Uint8Array.from(readPlain(pathOf(source), host));
  writeImage(pathOf(target), image, host, zipParametersOf(parameters));
  const written = host.inspectPath(pathOf(target));
  const bytes = written !== undefined && 'size' in written ? written.size : 0;
  return float(100 * (1 - bytes / image.length));
}

/** -21!file: how a file is compressed; an empty dictionary where it is not. */
export function compressionOf(x: Value, { host }: Interpreter): Value {
  const path = pathOf(x);
  if (readZip(path, host) === undefined) return dictionary(symbols([]), list([]));
  const { compressedBytes, plainBytes, algorithm, blockBits, level } = zipStatistics(host.readFile(path));
  return dictionary(
    symbols(['compressedLength', 'uncompressedLength', 'algorithm', 'logicalBlockSize', 'zipLevel']),
    list([long(compressedBytes), long(plainBytes), int(algorithm), int(blockBits), int(level)]),
  );
}

function pathOf(value: Value): string {
  const path = filePath(value);
  if (path === undefined) throw new QError('type');
  return path;
}
