import { request } from 'node:http';
import type { Gap } from './gaps.ts';

const ANSWER_MS = 5000;

/** Gaps as the control socket of a running daemon tells them. @throws Error where there is no answer */
export async function gapsOf(socketPath: string): Promise<readonly Gap[]> {
  const answer = JSON.parse(await ask(socketPath, 'GET', '/gaps')) as
    | { gaps: readonly RawGap[] }
    | readonly RawGap[];
  return ('gaps' in answer ? answer.gaps : answer).map(({ state, ...gap }) => ({
    ...gap,
    ...(typeof state === 'string' ? { state } : { state: state.name, reason: state.reason ?? '' }),
  }));
}

/** Asks for a gap again at once, whenever it would be its turn. */
export async function fillGap(socketPath: string, { id }: Gap): Promise<void> {
  await ask(socketPath, 'POST', `/gaps/${id}/fill`);
}

type RawGap = Omit<Gap, 'state'> & {
  readonly state: string | { readonly name: string; readonly reason?: string };
};

function ask(socketPath: string, method: 'GET' | 'POST', path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, timeout: ANSWER_MS }, answer => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', part => {
        text += part;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`the daemon answered ${answer.statusCode}: ${text}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('the daemon does not answer')));
    asked.on('error', reject);
    asked.end();
  });
}
