import { createRequire } from 'node:module';

const ANSWER_MS = 10_000;

/**
 * What a q process on this machine answers to `text`, in node-q's form.
 *
 * @throws Error when it refuses, ends, or does not answer in time
 */
export function ask<Answer>(port: number, text: string, limitMs = ANSWER_MS): Promise<Answer> {
  const nodeQ = createRequire(import.meta.url)('node-q') as typeof import('node-q');
  return new Promise((resolve, reject) => {
    let close = (): void => {};
    const timer = setTimeout(() => {
      close();
      reject(new Error(`no answer on port ${port} within ${limitMs} ms`));
    }, limitMs);
    nodeQ.connect({ host: '127.0.0.1', port }, (error, connection) => {
      if (error || !connection) {
        clearTimeout(timer);
        reject(error ?? new Error('no connection'));
        return;
      }
      // It may break while it waits: the timer tells.
      connection.on('error', () => {});
      close = () => connection.close(() => {});
      connection.k(text, (refused: Error | undefined, answer: unknown) => {
        clearTimeout(timer);
        close();
        if (refused) reject(refused);
        else resolve(answer as Answer);
      });
    });
  });
}
