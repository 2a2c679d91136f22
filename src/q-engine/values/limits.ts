/**
 * What an evaluation may take. Code whose work grows with the data tells how much it does; now and then the
 * clock and the memory are looked at. There is one evaluation at a time in a thread, so this is the thread's.
 */
import { totalmem } from 'node:os';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { QError } from './value.ts';

/** The most items of a vector, and of a general list, whose items cost much more: beyond is 'wsfull. */
const MAX_ITEMS = 2 ** 30;
const MAX_LIST_ITEMS = 2 ** 26;
export const BYTES_PER_MEGABYTE = 2 ** 20;
/** Work between two looks at the clock: a millisecond or a few. */
const WORK_BETWEEN_LOOKS = 20_000;
const LOOKS_BETWEEN_MEMORY_LOOKS = 8;
/** Lists that need less are not worth a look at the memory of their own. */
const LARGE_BYTES = 2 ** 24;
/** JavaScript ends the process where its heap is full; a collection must leave room before that. */
const HEAP_SHARE = 0.75;
const HEAP_SHARE_COLLECTED = 0.65;

let workLeft = WORK_BETWEEN_LOOKS;
let looksLeft = LOOKS_BETWEEN_MEMORY_LOOKS;
let deadlineMs = Number.POSITIVE_INFINITY;
let workspace: { readonly bytes: number; readonly abort: () => never } | undefined;

/** Says that about `work` simple steps are done. Signals stop or wsfull where a limit is passed. */
export function spend(work: number): void {
  workLeft -= work;
  if (workLeft < 0) look();
}

/** Evaluates, and signals `stop` when it takes longer than `limitMs`; 0 is no limit. The outermost limit counts. */
export function withTimeLimit<T>(limitMs: number, evaluate: () => T): T {
  if (limitMs <= 0 || deadlineMs !== Number.POSITIVE_INFINITY) return evaluate();
  deadlineMs = performance.now() + limitMs;
  try {
    return evaluate();
  } finally {
    deadlineMs = Number.POSITIVE_INFINITY;
    workLeft = WORK_BETWEEN_LOOKS;
  }
}

/** Limits the memory of the process; `abort` is called where it is passed, after a collection of garbage. */
export function limitWorkspace(bytes: number, abort: () => never): void {
  workspace = { bytes, abort };
}

/** Raises the limit of the workspace; a smaller one than before changes nothing. */
export function raiseWorkspace(bytes: number): void {
  if (workspace !== undefined && bytes > workspace.bytes) workspace = { ...workspace, bytes };
}

/** The limit of the workspace in bytes; 0 where none was set. */
export function workspaceBytes(): number {
  return workspace?.bytes ?? 0;
}

/** Signals wsfull where a list of so many items, `itemBytes` each, would exhaust memory. */
export function checkItems(count: number, kind: 'vector' | 'general', itemBytes = 8): void {
  if (count > (kind === 'vector' ? MAX_ITEMS : MAX_LIST_ITEMS)) throw new QError('wsfull');
  const bytes = count * itemBytes;
  if (bytes <= LARGE_BYTES) return;
  look();
  checkMemory(bytes);
}

function look(): void {
  // Once the time is up every step looks, so that no trap keeps an evaluation going.
  if (performance.now() > deadlineMs) throw new QError('stop');
  workLeft = WORK_BETWEEN_LOOKS;
  looksLeft -= 1;
  if (looksLeft > 0) return;
  looksLeft = LOOKS_BETWEEN_MEMORY_LOOKS;
  checkMemory(0);
}

/** Whether `wanted` bytes more fit; what is garbage is collected before the answer is no. */
function checkMemory(wanted: number): void {
  if (fits(wanted, HEAP_SHARE)) return;
  collectHeap();
  if (fits(wanted, HEAP_SHARE_COLLECTED)) return;
  if (workspace !== undefined && usedBytes() + wanted > workspace.bytes) workspace.abort();
  throw new QError('wsfull');
}

function fits(wanted: number, heapShare: number): boolean {
  const heap = getHeapStatistics();
  if (heap.used_heap_size > heap.heap_size_limit * heapShare) return false;
  return heap.used_heap_size + heap.external_memory + wanted <= (workspace?.bytes ?? totalmem());
}

function usedBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/** V8's own collection, which it gives only to a context that is made after the flag is set. */
export function collectHeap(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
