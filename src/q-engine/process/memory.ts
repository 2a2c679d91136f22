/** \w and .Q.gc: the memory of the process, in kdb+'s terms. */
import { totalmem } from 'node:os';
import { BYTES_PER_MEGABYTE, collectHeap, raiseWorkspace, workspaceBytes } from '../values/limits.ts';
import * as make from '../values/make.ts';
import { symbolBytes, symbolCount } from '../values/symbol-pool.ts';
import { QError, type Value } from '../values/value.ts';

/** \w: used, allocated, peak, limit, mapped and physical bytes; \w 0 and \w 1: symbols and their bytes; \w N raises the limit of -w. */
export function memoryCommand(argument: string): Value {
  if (argument === '0' || argument === '1') return longs(symbolCount(), symbolBytes());
  if (argument !== '') return enlargeWorkspace(argument);
  const { heapUsed, external, rss } = process.memoryUsage();
  const used = heapUsed + external;
  // Pages that were taken but never touched are not resident; what is in use counts as allocated all the same.
  const allocated = Math.max(rss, used);
  const peak = Math.max(process.resourceUsage().maxRSS * 1024, allocated);
  return longs(used, allocated, peak, workspaceBytes(), 0, totalmem());
}

/** More megabytes than before; the limit in bytes. */
function enlargeWorkspace(megabytes: string): Value {
  if (!/^\d{1,9}$/.test(megabytes)) throw new QError('type');
  if (workspaceBytes() === 0) throw new QError('-w init via cmd line');
  raiseWorkspace(Number(megabytes) * BYTES_PER_MEGABYTE);
  return make.long(workspaceBytes());
}

function longs(...values: number[]): Value {
  return make.longs(BigInt64Array.from(values, BigInt));
}

/** Collects garbage; the bytes that went back to the operating system. */
export function collectGarbage(): Value {
  const before = process.memoryUsage.rss();
  collectHeap();
  return make.long(Math.max(0, before - process.memoryUsage.rss()));
}
