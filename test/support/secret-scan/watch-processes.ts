import childProcess, { type ChildProcess } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import type { Readable } from 'node:stream';
import type { SecretScanner } from './scanner.ts';

/** It shows a secret on purpose, to a run of its own; its test looks at what comes of that. */
const LEAKS_ON_PURPOSE = 'fixtures/secret-scan/leaks.mjs';

/** Everything that child processes print through pipes, however they are started. */
export function watchProcesses(scanner: SecretScanner): void {
  watchSpawned(scanner);
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) watchSynchronous(name, scanner);
  syncBuiltinESMExports();
}

/** All ways to start a process that do not wait for it come through here. */
function watchSpawned(scanner: SecretScanner): void {
  const prototype = childProcess.ChildProcess.prototype as ChildProcess & {
    spawn(options: { readonly file: string; readonly args?: readonly string[] }): number;
  };
  const { spawn } = prototype;
  prototype.spawn = function (this: ChildProcess, options) {
    const outcome = spawn.call(this, options);
    const line = (options.args ?? [options.file]).join(' ');
    if (line.includes(LEAKS_ON_PURPOSE)) return outcome;
    for (const [name, stream] of [
      ['output', this.stdout],
      ['errors', this.stderr],
    ] as const) {
      if (stream) watchPushed(stream, scanner.stream('process output', `the ${name} of ${line}`));
    }
    return outcome;
  };
}

/** Sees what comes in before anybody reads it, and makes nothing flow. */
export function watchPushed(stream: Readable, look: (piece: Buffer) => void): void {
  const { push } = stream;
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) look(chunk);
    else if (typeof chunk === 'string') look(Buffer.from(chunk, encoding));
    return push.call(stream, chunk, encoding);
  };
}

function watchSynchronous(name: 'spawnSync' | 'execFileSync' | 'execSync', scanner: SecretScanner): void {
  const original = childProcess[name] as (...given: unknown[]) => unknown;
  const watched = (...given: unknown[]): unknown => {
    const line = [given[0], ...(Array.isArray(given[1]) ? given[1] : [])].join(' ');
    const look = (what: unknown): void => {
      if (line.includes(LEAKS_ON_PURPOSE)) return;
      if (typeof what === 'string' || Buffer.isBuffer(what)) {
        scanner.scan('process output', `what ${line} printed`, Buffer.from(what as string));
      }
    };
    const outcome = original(...given);
    if (name === 'spawnSync') {
      const { stdout, stderr } = outcome as { readonly stdout: unknown; readonly stderr: unknown };
      look(stdout);
      look(stderr);
    } else {
      look(outcome);
    }
    return outcome;
  };
  Object.assign(childProcess, { [name]: watched });
}
