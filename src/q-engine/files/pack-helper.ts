import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../process/start-thread.ts';
import { newPackMemory, type PackMemory, packBlocks } from './pack-blocks.ts';

/** Files below this are compressed before a thread is awake. */
const LEAST_BYTES = 2 ** 20;

let team: { readonly memory: PackMemory; readonly thread: Worker } | undefined;

/**
 * Each block of the bytes compressed, or undefined where that is not smaller, by all processors. Undefined as a whole
 * where that would not pay: for few bytes, or on one processor. The thread that helps starts with the first such file
 * and stays; it does not keep the process from ending.
 */
export function packTogether(
  plain: Uint8Array,
  blockBytes: number,
  level: number,
): (Uint8Array | undefined)[] | undefined {
  if (plain.length < LEAST_BYTES || availableParallelism() < 2) return undefined;
  team ??= newTeam();
  const { memory, thread } = team;
  return packBlocks(plain, blockBytes, level, memory, () => thread.postMessage(null));
}

function newTeam(): { memory: PackMemory; thread: Worker } {
  const memory = newPackMemory();
  const thread = startThread('./pack-thread', import.meta.url, { workerData: memory });
  thread.unref();
  // Without it the interpreter does all blocks by itself.
  thread.on('error', () => {});
  return { memory, thread };
}
