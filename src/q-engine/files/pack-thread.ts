/** A thread that helps with compressing, started by pack-helper.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PackMemory, takeBlocks } from './pack-blocks.ts';

parentPort!.on('message', () => takeBlocks(workerData as PackMemory));
