/**
 * Evaluates random and mutated q expressions on the embedded engine. Each must end in a value or a q error, in
 * time: what ends in an error of JavaScript, a crash or a hang is printed, and the exit code is 1.
 *
 *   npx tsx scripts/q-fuzz.ts [--seed N] [--count N]
 */
import { createRequire } from 'node:module';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Finding, fuzz } from '../test/support/q-fuzz.ts';

/** Some primitives are one long step, in which the limit of an evaluation is not looked at. */
const SLOW_MS = 3000;
const HANG_MS = 60_000;
const WATCH_MS = 1000;

interface Task {
  readonly seed: number;
  readonly count: number;
}

type Report = { readonly expression: string } | { readonly findings: readonly Finding[] };

if (isMainThread) await watch({ seed: numberOf('--seed', 1), count: numberOf('--count', 100_000) });
else work(workerData as Task);

function work({ seed, count }: Task): void {
  const tell = (report: Report): void => parentPort!.postMessage(report);
  tell({ findings: fuzz(seed, count, expression => tell({ expression })) });
}

/** Evaluates in a thread of its own, so that a hang or a crash can be told with the expression that did it. */
async function watch(task: Task): Promise<never> {
  const started = performance.now();
  let current = '';
  let since = started;
  let evaluated = 0;
  let slow = 0;
  const worker = startWorker(task);
  const stop = (what: string): never => {
    console.log(`${what}\n  ${shortened(current)}`);
    process.exit(1);
  };
  setInterval(() => {
    if (performance.now() - since > HANG_MS) stop(`hangs after ${evaluated} expressions (seed ${task.seed})`);
  }, WATCH_MS);
  worker.on('error', error => stop(`ends the engine after ${evaluated} expressions: ${error.message}`));
  return new Promise(() => {
    worker.on('message', (report: Report) => {
      const tookMs = performance.now() - since;
      if (evaluated > 0 && tookMs > SLOW_MS) {
        slow += 1;
        console.log(`took ${Math.round(tookMs)} ms\n  ${shortened(current)}`);
      }
      since = performance.now();
      if ('expression' in report) {
        current = report.expression;
        evaluated += 1;
        return;
      }
      for (const { expression, what } of report.findings) console.log(`${shortened(expression)}\n  ${what}`);
      const seconds = ((since - started) / 1000).toFixed(0);
      const { rss } = process.memoryUsage();
      console.log(
        `seed ${task.seed}: ${evaluated} expressions in ${seconds} s, ${report.findings.length} ended otherwise than in a value or a q error, ${slow} took more than ${SLOW_MS / 1000} s; ${Math.round(rss / 2 ** 20)} MiB at the end`,
      );
      process.exit(report.findings.length === 0 ? 0 : 1);
    });
  });
}

function startWorker(task: Task): Worker {
  const loader = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/\.cjs$/, '.mjs');
  const program = `import('${loader}').then(({ register }) => { register(); return import('${import.meta.url}'); })`;
  return new Worker(program, { eval: true, workerData: task });
}

function shortened(expression: string): string {
  return expression.length > 300 ? `${expression.slice(0, 300)} ... (${expression.length})` : expression;
}

function numberOf(option: string, otherwise: number): number {
  const at = process.argv.indexOf(option);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}
