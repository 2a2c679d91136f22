/** \w and .Q.gc: the memory of the process, in kdb+'s terms. */
import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as make from '../values/make.ts';
import { symbolBytes, symbolCount } from '../values/symbol-pool.ts';
import { QError, type Value } from '../values/value.ts';

/** \w: used, allocated, peak, limit, mapped and physical bytes; \w 0 and \w 1: symbols and their bytes. */
export function memoryStatistics(argument: string): Value {
  if (argument === '0' || argument === '1') return longs(symbolCount(), symbolBytes());
  if (argument !== '') throw new QError('nyi \\w');
  const { heapUsed, external, rss } = process.memoryUsage();
  const used = heapUsed + external;
  // Pages that were taken but never touched are not resident; what is in use counts as allocated all the same.
  const allocated = Math.max(rss, used);
  const peak = Math.max(process.resourceUsage().maxRSS * 1024, allocated);
  return longs(used, allocated, peak, 0, 0, totalmem());
}

function longs(...values: number[]): Value {
  return make.longs(BigInt64Array.from(values, BigInt));
}

/** Collects garbage; the bytes that went back to the operating system. */
export function collectGarbage(): Value {
  const before = process.memoryUsage.rss();
  collector()();
  return make.long(Math.max(0, before - process.memoryUsage.rss()));
}

/** V8's own collection, which it gives only to a context that is made after the flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
