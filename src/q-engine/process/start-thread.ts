import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Starts a thread with a program of this package: its URL without the extension, which is that of `from`. */
export function startThread(name: string, from: string, options: WorkerOptions): Worker {
  const extension = extname(from);
  const program = new URL(`${name}${extension}`, from);
  if (extension !== '.ts') return new Worker(program, options);
  // Run from its sources, the thread needs the loader that this thread was given.
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const steps = `import('${loader}').then(({ register }) => { register(); return import('${program}'); })`;
  return new Worker(steps, { ...options, eval: true });
}
